"""The site: what joins the rendered pages of all scopes to something a person can walk and search.

Here: the start page, the tree, the search index, the style and scripts in ``html/assets``. Not here: pages
(``render.html``). In reading order: ``gather`` (``words``) → ``shards`` →
``merge`` → ``tree`` · ``search_index`` → ``build``.
"""

"""HTML: every page of a scope as a file that a browser opens from a disk, without a server and without the network.

Here: documents and the link table in, markup out. Not here: what joins the scopes to one site (``render.site``).
In reading order: ``markup`` · ``addresses`` → ``context`` → ``rich_text`` → ``text_blocks`` · ``layout_blocks`` ·
``media_blocks`` · ``reference_blocks`` → ``blocks`` → ``properties`` · ``comments`` → ``pages`` · ``tables`` →
``export``.
Nothing in a page runs or loads anything that its content names: text is escaped where it becomes markup, addresses
pass an allow-list, and what lives elsewhere is linked, never embedded.
"""

"""Markdown: every page as a file people can read anywhere, with front matter and relative links.

Here: pure functions from a document and a slice of the link table to text, CommonMark with GitHub's extensions.
Not here: which file a page is (``link_paths``, ``places``), when it is written (``publish``). In reading order:
``escaping`` → ``pieces`` → ``inline`` → ``page_view`` → ``blocks`` and the modules of its kinds → ``front_matter``
· ``comments`` → ``pages`` · ``data_sources`` → ``export``.

What Markdown cannot say, by decision: colours are dropped in the ``gfm`` dialect (their text never is), columns and
tabs stand one below the other, what is indented under a paragraph follows it, letters and roman numerals of lists
become numbers, spaces at the ends of lines are dropped. Whatever the API or a file withholds is named in place by a
line in italics.
"""

"""Every renderer of pages, and how a reader sees what it makes.

Here: one entry per format and dialect; a new one is one more entry and has to pass every test of this folder. Not
here: documents (``documents``), expectations.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render.html.context import page_context
from notion_sync_assets.core.render.html.pages import page_bytes
from notion_sync_assets.core.render.json_pages import page_json
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.dialects import DIALECTS
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets_tests.core.render.html.reading import read
from notion_sync_assets_tests.core.render.markdown.parsing import visible

_WIKILINK = re.compile(r"\[\[[^\]|]*\|([^\]]*)\]\]")
_BLOCK_MARK = re.compile(r"\^[0-9a-f]{32}")


@dataclass(frozen=True)
class Renderer:
    """A way to show a page: a document and links in, text out; ``read`` gives the words a reader sees."""

    name: str
    render: Callable[[Document, LinkSlice], str]
    read: Callable[[str], str]


def _markdown(name: str, *, footnotes: bool = False) -> Renderer:
    def render(document: Document, links: LinkSlice) -> str:
        return page_markdown(document, "markdown/S/P.md", links, DIALECTS[name], footnotes=footnotes)

    return Renderer(f"markdown-{name}" + ("-footnotes" if footnotes else ""), render, _words)


def _words(markdown: str) -> str:
    # What Obsidian hides: the target of a link by name, the mark of a block.
    return _BLOCK_MARK.sub("", _WIKILINK.sub(r"\1", visible(markdown)))


def _html(document: Document, links: LinkSlice) -> str:
    return page_bytes(document, page_context(document, f"html/{'0' * 32}/page.html", links)).decode()


def _html_words(html: str) -> str:
    return next(each.text for each in read(html).elements if each.tag == "main")


def _json(document: Document, links: LinkSlice) -> str:
    return canonical_bytes(page_json(document, links)).decode()


READABLE = (
    *(_markdown(name) for name in DIALECTS),
    _markdown("gfm", footnotes=True),
    Renderer("html", _html, _html_words),
)
"""The renderers whose output is read from top to bottom."""

RENDERERS = (*READABLE, Renderer("json", _json, str))

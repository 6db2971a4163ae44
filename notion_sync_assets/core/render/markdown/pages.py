"""A page as Markdown.

Here: the parts of a page in their order. Not here: the parts (``front_matter``, ``blocks``, ``comments``).
"""

from notion_sync_assets.core.documents import Document, page_title
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.blocks import block_lines
from notion_sync_assets.core.render.markdown.comments import comments, on_the_page
from notion_sync_assets.core.render.markdown.dialects import GFM, Dialect
from notion_sync_assets.core.render.markdown.escaping import clean, escape, escape_line_end
from notion_sync_assets.core.render.markdown.front_matter import page_front_matter
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined
from notion_sync_assets.core.render.markdown.targets import Targets
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.omitted import described

_NOT_IN_PLACE = ("property", "comments", "file")


def page_markdown(
    document: Document, path: str, links: LinkSlice, dialect: Dialect = GFM, *, footnotes: bool = False
) -> str:
    """Return the text of the file at ``path``; the document is up to date (``overlay_document``)."""
    page = PageView(document, Targets(path, links, document.files), dialect, block_lines, footnotes)
    icon = document.page.get("icon")
    emoji = page.icon(icon) if isinstance(icon, dict) and icon.get("type") == "emoji" else ""
    lines = joined(
        page_front_matter(document.page, page.targets, dialect),
        [title_line(emoji, page_title(document.page), dialect)],
        on_the_page(page),
        block_lines(document.blocks or [], page),
        [] if footnotes else comments(page),
        _left_out(page),
        comments(page) if footnotes else [],
    )
    return "\n".join(lines) + "\n"


def title_line(icon: str, title: str, dialect: Dialect) -> str:
    """Return a title as the first heading of a file."""
    text = escape(" ".join(clean(title).split()) or UNTITLED, dialect.special, ends=True)
    return f"# {icon}{escape_line_end(text)}"


def _left_out(page: PageView) -> Lines:
    """Return what the page lacks and no block shows: values, comments, files."""
    records = [record for record in page.document.omitted if record.get("kind") in _NOT_IN_PLACE]
    return (
        joined(
            ["## Not in this page"],
            [f"- {page.line(described(record, page.document.page))}" for record in records],
        )
        if records
        else []
    )

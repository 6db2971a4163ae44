"""A page as Markdown.

Here: the parts of a page in their order. Not here: the parts (``front_matter``, ``blocks``, ``comments``).
"""

from notion_sync_assets.core.documents import Document, page_title
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.blocks import block_lines
from notion_sync_assets.core.render.markdown.comments import comments
from notion_sync_assets.core.render.markdown.dialects import GFM, Dialect
from notion_sync_assets.core.render.markdown.escaping import clean, escape, escape_line_end
from notion_sync_assets.core.render.markdown.front_matter import page_front_matter
from notion_sync_assets.core.render.markdown.page_view import PageView, joined
from notion_sync_assets.core.render.markdown.targets import Targets
from notion_sync_assets.core.render.names import UNTITLED


def page_markdown(document: Document, path: str, links: LinkSlice, dialect: Dialect = GFM) -> str:
    """Return the text of the file at ``path``; the document is up to date (``overlay_document``)."""
    page = PageView(document, Targets(path, links, document.files), dialect, block_lines)
    title = title_line(page.icon(document.page.get("icon")), page_title(document.page))
    lines = joined(
        page_front_matter(document.page, page.targets),
        [title],
        block_lines(document.blocks or [], page),
        comments(page),
    )
    return "\n".join(lines) + "\n"


def title_line(icon: str, title: str) -> str:
    """Return a title as the first heading of a file."""
    text = escape(" ".join(clean(title).split()) or UNTITLED, ends=True)
    return f"# {icon}{escape_line_end(text)}"

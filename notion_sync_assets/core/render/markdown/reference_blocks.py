"""Blocks that lead to other objects: child pages and databases, links, breadcrumbs, tables of contents.

Here: links with the titles of now. Not here: where they lead (``targets``).
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_title, plain_text
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.markdown.escaping import clean, escape
from notion_sync_assets.core.render.markdown.page_view import HEADING, Lines, PageView
from notion_sync_assets.core.render.names import UNTITLED

_TARGETS = ("page_id", "database_id", "data_source_id", "block_id", "comment_id")


def child(block: Json, page: PageView) -> Lines:
    """Return a child page or child database as a link."""
    identifier = str(block.get("id"))
    title = (block.get(str(block["type"])) or {}).get("title")
    container = page.document.databases.get(identifier)
    if container is not None and page.targets.exported(identifier) is None:
        title = plain_text(container.get("title")) or title
    reason = page.omitted.get(("database", identifier))
    note = " " + page.notice(f"this database is not in the export: {reason}") if reason else ""
    return [link(str(title or ""), identifier, page) + note]


def link_to_page(block: Json, page: PageView) -> Lines:
    """Return a link to a page or database; a target that the export does not hold is named by its id."""
    payload = block.get("link_to_page") or {}
    identifier = str(payload.get(str(payload.get("type"))) or "")
    entry = page.targets.links.entry(identifier)
    if entry is not None:
        return [link(entry.title, identifier, page)]
    kind = str(payload.get("type")).removesuffix("_id")
    if kind in ("page", "database", "data_source"):
        return [link(f"{kind} {identifier}", identifier, page)]
    return [page.notice(f"link to the {kind} {identifier}", block)]


def breadcrumb(_: Json, page: PageView) -> Lines:
    """Return the way to the page: what it lies in, then itself."""
    parent = page.document.page.get("parent") or {}
    identifier = str(parent.get(str(parent.get("type"))) or "")
    above = page.targets.links.entry(identifier)
    own = _shown(page_title(page.document.page))
    return [f"{link(above.title, identifier, page)} / {own}" if above else own]


def table_of_contents(_: Json, page: PageView) -> Lines:
    """Return links to the headings of the page, nested by their levels."""
    lines: Lines = []
    above: list[int] = []
    for heading in page.headings:
        kind = str(heading["type"])
        level = int(kind[-1])
        while above and above[-1] >= level:
            above.pop()
        text = _unlinked(heading.get(kind) or {}, page)
        lines.append(f"{'  ' * len(above)}- [{text}](#{compact_id(str(heading.get('id')))})")
        above.append(level)
    return lines


def link(title: str, identifier: str, page: PageView) -> str:
    """Return a link to one of Notion's objects."""
    return f"[{_shown(title)}]({page.targets.page(identifier)})"


def _shown(title: str) -> str:
    return escape(" ".join(clean(title).split()) or UNTITLED)


def _unlinked(payload: Json, page: PageView) -> str:
    found = [piece._replace(link=None) for piece in page.pieces(payload.get("rich_text"))]
    return HEADING.write(found)

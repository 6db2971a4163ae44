"""Blocks that lead to other objects: child pages and databases, links, breadcrumbs, tables of contents.

Here: links with the titles of now. Not here: where they lead (``targets``).
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_title, plain_text
from notion_sync_assets.core.render.markdown.inline import HEADING
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined, paragraph
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.omitted import reason_text

_TARGETS = ("page_id", "database_id", "data_source_id", "block_id", "comment_id")


def child(block: Json, page: PageView) -> Lines:
    """Return a child page or child database as a link; of a linked database also what describes it."""
    identifier = str(block.get("id"))
    title = plain_text((block.get(str(block["type"])) or {}).get("title"))
    described = page.document.databases.get(identifier) or {}
    container = described.get("database") or {}
    if container and page.targets.exported(identifier) is None:
        title = plain_text(container.get("title")) or title
    record = page.omitted.get(("database", identifier))
    note = " " + page.notice(reason_text(record)) if record else ""
    views = [view for view in described.get("views") or [] if view.get("name")]
    return joined(
        [link(title, identifier, page) + note],
        paragraph(page.inline(container.get("description"))),
        [f"- {page.escape(str(view['name']))} ({page.escape(str(view.get('type')))} view)" for view in views],
    )


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
    own = page.line(_shown(page_title(page.document.page)))
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
        lines.append(f"{'  ' * len(above)}- {_to_heading(heading, kind, page)}")
        above.append(level)
    return lines


def link(title: str, identifier: str, page: PageView) -> str:
    """Return a link to one of Notion's objects."""
    return page.link(_shown(title), page.targets.page(identifier))


def _shown(title: str) -> str:
    return " ".join(title.split()) or UNTITLED


def _to_heading(heading: Json, kind: str, page: PageView) -> str:
    here = page.targets.here(str(heading.get("id")))
    found = page.pieces((heading.get(kind) or {}).get("rich_text"))
    return page.write([piece._replace(link=here, hint="") for piece in found], HEADING)

"""Blocks that lead elsewhere, and blocks whose content the API keeps.

Here: child pages and databases, links to pages, table of contents, breadcrumb, placeholders. Not here: links inside
text (``rich_text``).
"""

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.html.context import PageContext, anchor
from notion_sync_assets.core.render.html.markup import EMPTY, element, joined
from notion_sync_assets.core.render.html.navigation import breadcrumbs, contents
from notion_sync_assets.core.render.html.rich_text import lines, link, rich_text
from notion_sync_assets.core.render.html.text_blocks import Inner, Render
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.omitted import reason_text

_TARGETS = ("page_id", "database_id", "data_source_id")


def child(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a page or database that lies in this page, as a link; in words where the export does not hold it."""
    container = (page.databases.get(str(block["id"])) or {}).get("database") or {}
    title = plain_text(container.get("title")) or plain_text(payload.get("title"))
    title = title or page.title(str(block["id"])) or UNTITLED
    href = page.href(str(block["id"])) or _linked_source(block, page)
    kind = "database" if block["type"] == "child_database" else "page"
    note = EMPTY if href else element("span", _missing(block, page), class_="note")
    card = element(
        "p", link(title, href, class_="child"), " ", note, id=anchor(block["id"]), class_=f"child {kind}"
    )
    return card + _linked(page.databases.get(str(block["id"])), page) + inner(block)


def _linked(described: Json | None, page: PageContext) -> Markup:
    """Return what is known of a database that lies elsewhere: its description and the views shown here."""
    found = described or {}
    about = rich_text((found.get("database") or {}).get("description"), page)
    views = [element("li", str(view["name"])) for view in found.get("views") or [] if view.get("name")]
    return (element("p", about, class_="description") if about else EMPTY) + (
        element("ul", *views) if views else EMPTY
    )


def _linked_source(block: Json, page: PageContext) -> str | None:
    """Return the link to what a linked database shows: the data source of its first view, by that view."""
    linked = page.databases.get(str(block["id"])) or {}
    for view in linked.get("views") or []:
        href = page.href(str(view.get("data_source_id")))
        if href:
            return f"{href}#v-{compact_id(str(view['id']))}"
    return None


def _missing(block: Json, page: PageContext) -> str:
    record = page.reasons.get(str(block["id"]))
    if record:
        return reason_text(record)
    linked = str(block["id"]) in page.databases
    return "shows a database of another place" if linked else "not in this export"


def link_to_page(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a link to another page or database; to a comment, in words."""
    identifier = next((str(payload[key]) for key in _TARGETS if payload.get(key)), None)
    if identifier is None:
        shown = joined(["A comment ", element("code", str(payload.get("comment_id") or ""))])
    else:
        href = page.href(identifier) or f"https://www.notion.so/{compact_id(identifier)}"
        shown = link(
            page.title(identifier) or f"A page outside this export ({identifier})", href, class_="child"
        )
    return element("p", shown, id=anchor(block["id"]), class_="child link") + inner(block)


def table_of_contents(block: Json, _payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return the headings of the page as links."""
    return contents(page, anchor(block["id"])) + inner(block)


def breadcrumb(block: Json, _payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return the way to the page, where the page itself shows it."""
    return breadcrumbs(page, anchor(block["id"]), "Breadcrumb in the page") + inner(block)


def unsupported(block: Json, payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return a mark where Notion's API gives a block's place but not its content."""
    kind = str(payload.get("block_type") or "unknown")
    return placeholder(block, f"Notion's API does not give the content of this block ({kind}).") + inner(
        block
    )


def unknown(block: Json, _payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return a mark for a block type nobody knew when this was written, with all text in it."""
    return placeholder(block, f"A block of the type {block.get('type')}.", block_text(block)) + inner(block)


def flat(block: Json) -> Markup:
    """Return a block whose shape nobody knows with all text in it and below it, however deep."""
    texts, stack = [], [block]
    while stack:
        current = stack.pop()
        texts.append(block_text(current))
        below = current.get("children")
        stack.extend(
            item for item in reversed(below if isinstance(below, list) else []) if isinstance(item, dict)
        )
    text = "\n".join(text for text in texts if text)
    return placeholder(block, f"A block of the type {block.get('type')} in a shape of its own.", text)


def placeholder(block: Json, note: str, text: str = "") -> Markup:
    """Return a visible mark for what cannot be shown as it is."""
    words = element("p", lines(text)) if text else EMPTY
    return element(
        "div", element("p", note, class_="note"), words, id=anchor(block.get("id")), class_="placeholder"
    )


RENDER: dict[str, Render] = {
    "child_page": child,
    "child_database": child,
    "link_to_page": link_to_page,
    "table_of_contents": table_of_contents,
    "breadcrumb": breadcrumb,
    "unsupported": unsupported,
}

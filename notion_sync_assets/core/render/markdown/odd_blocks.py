"""Blocks with a form of their own: tabs, meeting notes, buttons, and what no one knows yet.

Here: everything else that a page can hold, down to types the API's reference does not know. Not here: reasons for
leaving something out (``notion.omissions``), which are shown beside the block they concern.
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined, paragraph
from notion_sync_assets.core.render.values import user_name
from notion_sync_assets.core.spoken import unforeseen


def container(block: Json, page: PageView) -> Lines:
    """Return what is inside of columns, a synced block or any block without text of its own."""
    return page.children(block)


def tab(block: Json, page: PageView) -> Lines:
    """Return tabs one below the other, each under its label in bold."""
    return joined(*(_tab(each, page) for each in block.get("children") or []))


def template(block: Json, page: PageView) -> Lines:
    """Return a button of the old kind: what it says, then what it would add."""
    return joined([page.notice("Button")], paragraph(page.text(block)), page.children(block))


def meeting_notes(block: Json, page: PageView) -> Lines:
    """Return the title of a meeting, its state, when and with whom it was, then its notes."""
    payload = block.get(str(block["type"])) or {}
    title = page.write([piece._replace(bold=True) for piece in page.pieces(payload.get("title"))])
    event = payload.get("calendar_event") or {}
    people = ", ".join(_person(each, page) for each in event.get("attendees") or [])
    facts = {
        "Status": str(payload.get("status") or "").replace("_", " "),
        "Held": _span(event),
        "Recorded": _span(payload.get("recording") or {}),
        "With": people,
    }
    items = [f"- {name}: {page.escape(fact, ends=True)}" for name, fact in facts.items() if fact]
    return joined(paragraph(title), items, page.children(block))


def unsupported(block: Json, page: PageView) -> Lines:
    """Return the line that stands for a block whose content the API does not give."""
    kind = str((block.get("unsupported") or {}).get("block_type") or "unknown")
    notice = page.notice(f"Notion's API does not give this block: {kind}", block)
    return joined([notice], page.children(block))


def unknown(block: Json, page: PageView) -> Lines:
    """Return a block of a type nobody knew: its type, all its text, its children."""
    texts = [page.line(text) for text in unforeseen(block)]
    notice = page.notice(f"Block of an unknown type: {block.get('type')}", block)
    return joined([notice], *([text] for text in texts), page.children(block))


def flat(block: Json, page: PageView) -> Lines:
    """Return a block whose shape nobody knows with all text in it and below it."""
    texts, stack = [], [block]
    while stack:
        current = stack.pop()
        texts += [page.line(text) for text in block_text(current).split("\n") if text.strip()]
        below = current.get("children")
        stack += [
            item for item in reversed(below if isinstance(below, list) else []) if isinstance(item, dict)
        ]
    notice = page.notice(f"Block of the type {block.get('type')} in a shape of its own", block)
    return joined([notice], *([text] for text in texts))


def _span(times: Json) -> str:
    return " → ".join(str(times[end]) for end in ("start_time", "end_time") if times.get(end))


def _tab(block: Json, page: PageView) -> Lines:
    payload = block.get("paragraph")
    if block.get("type") != "paragraph" or not isinstance(payload, dict):
        return page.body([block], page)
    label = page.write([piece._replace(bold=True) for piece in page.pieces(payload.get("rich_text"))])
    text = page.anchored(block, page.after_icon(payload.get("icon"), label) + page.references(block))
    return joined(paragraph(text), page.children(block))


def _person(attendee: object, page: PageView) -> str:
    told = attendee if isinstance(attendee, dict) else {"id": attendee}
    return user_name(page.targets.links.user(str(told.get("id"))) or told)

"""Blocks with a form of their own: tabs, meeting notes, buttons, and what no one knows yet.

Here: everything else that a page can hold, down to types the API's reference does not know. Not here: reasons for
leaving something out (``notion.omissions``), which are shown beside the block they concern.
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import rich_texts
from notion_sync_assets.core.render.markdown.escaping import clean, escape, escape_line_start
from notion_sync_assets.core.render.markdown.page_view import LINE, Lines, PageView, joined, paragraph
from notion_sync_assets.core.render.values import user_name


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
    """Return the title of a meeting, when and with whom it was, then its notes."""
    payload = block.get(str(block["type"])) or {}
    title = LINE.write([piece._replace(bold=True) for piece in page.pieces(payload.get("title"))])
    event = payload.get("calendar_event") or {}
    times = " → ".join(str(event[end]) for end in ("start_time", "end_time") if event.get(end))
    people = ", ".join(_person(each, page) for each in event.get("attendees") or [])
    facts = [_line(fact) for fact in (times, people) if fact]
    return joined(paragraph(title), *([fact] for fact in facts), page.children(block))


def unsupported(block: Json, page: PageView) -> Lines:
    """Return the line that stands for a block whose content the API does not give."""
    kind = str((block.get("unsupported") or {}).get("block_type") or "unknown")
    notice = page.notice(f"Notion's API does not give this block: {kind}", block)
    return joined([notice], page.children(block))


def unknown(block: Json, page: PageView) -> Lines:
    """Return a block of a type nobody knew: its type, all its text, its children."""
    payload = block.get(str(block.get("type")))
    texts = [_line(clean(text).replace("\n", " ")) for text in rich_texts(payload) if text.strip()]
    notice = page.notice(f"Block of an unknown type: {block.get('type')}", block)
    return joined([notice], *([text] for text in texts), page.children(block))


def _tab(block: Json, page: PageView) -> Lines:
    payload = block.get("paragraph")
    if block.get("type") != "paragraph" or not isinstance(payload, dict):
        return page.body([block], page)
    label = LINE.write([piece._replace(bold=True) for piece in page.pieces(payload.get("rich_text"))])
    return joined(
        paragraph(page.icon(payload.get("icon")) + page.anchor(block) + label), page.children(block)
    )


def _person(attendee: object, page: PageView) -> str:
    identifier = str(attendee.get("id") if isinstance(attendee, dict) else attendee)
    return user_name(page.targets.links.user(identifier) or {"id": identifier})


def _line(text: str) -> str:
    return escape_line_start(escape(text.strip(), ends=True))

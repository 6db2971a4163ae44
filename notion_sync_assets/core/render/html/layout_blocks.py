"""Blocks that arrange others: columns, tabs, tables, synced blocks, meeting notes.

Here: one function per block type (notion_api.md §4). Not here: what is inside them.
"""

from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.html.context import PageContext, anchor
from notion_sync_assets.core.render.html.icons import described, icon
from notion_sync_assets.core.render.html.markup import EMPTY, element, joined
from notion_sync_assets.core.render.html.rich_text import rich_text
from notion_sync_assets.core.render.html.text_blocks import Inner, Render
from notion_sync_assets.core.render.html.times import moment
from notion_sync_assets.core.render.values import user_name
from notion_sync_assets.core.spoken import row_cells, rows_and_others

_GRID = 12


def column_list(block: Json, _payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return columns side by side; on a narrow screen they follow each other."""
    return element("div", inner(block), id=anchor(block["id"]), class_="columns")


def column(block: Json, payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return a column; its width is a class, since a strict policy forbids styles in the page."""
    ratio = payload.get("width_ratio")
    width = max(round(min(ratio, 1) * _GRID), 1) if isinstance(ratio, (int, float)) else None
    classes = f"column w-{width}" if width else "column"
    return element("div", inner(block), id=anchor(block["id"]), class_=classes)


def tabs(block: Json, _payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return tabs as sections one after the other: nothing is hidden from a search, a printer or a reader."""
    sections = [_tab(child, page, inner) for child in block.get("children") or []]
    return element("div", *sections, id=anchor(block["id"]), class_="tabs")


def _tab(block: Json, page: PageContext, inner: Inner) -> Markup:
    payload = block.get("paragraph")
    if block.get("type") != "paragraph" or not isinstance(payload, dict):
        return element("section", inner({"children": [block]}))
    label = rich_text(payload.get("rich_text"), page)
    name = anchor(block.get("id"))
    sign = icon(payload.get("icon"), page) or described(payload.get("icon"), page)
    title = element("p", sign, label, class_="label", id=f"{name}-label")
    return element("section", title, inner(block), id=name, aria_labelledby=f"{name}-label")


def table(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a simple table; header cells say what they head."""
    top, left = payload.get("has_column_header") is True, payload.get("has_row_header") is True
    rows, others = rows_and_others(block)
    made = [_row(row, page, head=top and not index, left=left) for index, row in enumerate(rows)]
    head = element("thead", *made[:1]) if top and made else EMPTY
    body = element("tbody", *made[1 if top else 0 :])
    grid = element("table", head, body)
    rest = inner({"children": others}) if others else EMPTY
    return element("div", grid, id=anchor(block["id"]), class_="scroll", tabindex="0") + rest


def _row(block: Json, page: PageContext, *, head: bool, left: bool) -> Markup:
    cells = row_cells(block)
    shown = [
        _cell(cell, page, "col" if head else "row" if left and not i else None)
        for i, cell in enumerate(cells)
    ]
    return element("tr", *shown, id=anchor(block.get("id")))


def _cell(cell: Any, page: PageContext, scope: str | None) -> Markup:
    return element("th" if scope else "td", rich_text(cell, page), scope=scope)


def loose_row(block: Json, _payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a row that stands outside of a table."""
    grid = element("table", element("tbody", _row(block, page, head=False, left=False)))
    return element("div", grid, class_="scroll", tabindex="0") + inner(block)


def synced(block: Json, payload: Json, _page: PageContext, inner: Inner) -> Markup:
    """Return what a synced block shows, original or copy."""
    kind = "copy" if payload.get("synced_from") else "original"
    return element("div", inner(block), id=anchor(block["id"]), class_=f"synced {kind}")


def meeting_notes(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a meeting: title, state, times, people, then summary, notes and transcript."""
    name = f"{anchor(block['id'])}-label"
    title = rich_text(payload.get("title"), page) or plain_text(payload.get("title")) or "Meeting notes"
    facts = [element("li", fact) for fact in _meeting_facts(payload, page)]
    return element(
        "section",
        element("p", title, class_="label", id=name),
        element("ul", *facts, class_="facts") if facts else EMPTY,
        inner(block),
        id=anchor(block["id"]),
        class_="meeting",
        aria_labelledby=name,
    )


def _meeting_facts(payload: Json, page: PageContext) -> list[str | Markup]:
    event, recording = payload.get("calendar_event") or {}, payload.get("recording") or {}
    people = [_attendee(who, page) for who in event.get("attendees") or []]
    facts: list[str | Markup] = [
        str(payload.get("status") or "").replace("_", " "),
        _span("Held", event),
        _span("Recorded", recording),
        f"With {', '.join(people)}" if people else "",
    ]
    return [fact for fact in facts if fact]


def _attendee(who: Any, page: PageContext) -> str:
    told = who if isinstance(who, dict) else {"id": who}
    return user_name(page.links.user(str(told.get("id"))) or told)


def _span(label: str, times: Json) -> Markup:
    ends = [moment(times[end]) for end in ("start_time", "end_time") if times.get(end)]
    return joined([label, " ", joined(ends, " → ")]) if ends else EMPTY


RENDER: dict[str, Render] = {
    "column_list": column_list,
    "column": column,
    "tab": tabs,
    "table": table,
    "table_row": loose_row,
    "synced_block": synced,
    "meeting_notes": meeting_notes,
    "transcription": meeting_notes,
}

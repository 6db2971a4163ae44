"""Search, data source queries and view queries (reference §2, §12)."""

import json
from typing import Any

from notion_sync_assets.emulator.calls import Call
from notion_sync_assets.emulator.errors import invalid, not_found
from notion_sync_assets.emulator.filters import row_order, row_test, time_span
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.listing import Part, Scan, envelope, sequence_scan
from notion_sync_assets.emulator.listings import SEARCH_KINDS, RowOrder
from notion_sync_assets.emulator.stamps import second_stamp

INCOMPLETE = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
VIEW_QUERY_LIFE = 900


def search(call: Call) -> Json:
    """`POST search`: pages and data sources by title; lags, omits, and its cursors expire."""
    kinds, in_trash = _search_filter(call.body.get("filter"))
    descending = _search_sort(call.body.get("sort"))
    title = str(call.body.get("query") or "")
    scan = call.engine.listings.search(kinds, descending=descending, in_trash=in_trash, title=title)
    name = search_name(kinds, descending=descending, in_trash=in_trash, title=title)
    habits = call.engine.pager.habits
    part, cursor = call.listing(name, scan, habits.search_cursor_ttl, habits.search_cap)
    results = [_found(call, object_id) for object_id in part.ids]
    return _marked(envelope(results, cursor, "page_or_data_source"), part)


def search_name(kinds: tuple[str, ...], *, descending: bool, in_trash: bool = False, title: str = "") -> str:
    """The name of a search listing, which decides where its short pages fall."""
    return f"search:{kinds}:{descending}:{in_trash}:{title}"


def query_data_source(call: Call) -> Json:
    """`POST data_sources/{id}/query`: rows with all properties, at most 10,000 of one query."""
    source_id = call.object_id("data_source_id")
    call.fetch("data_source", source_id)
    scan = query_scan(call, source_id, call.body)
    part, cursor = call.listing(f"query:{source_id}", scan, cap=call.engine.pager.habits.cap)
    results = [_found(call, row_id) for row_id in part.ids]
    return _marked(envelope(results, cursor, "page_or_data_source"), part)


def query_scan(call: Call, source_id: str, body: Json) -> Scan:
    """The stream of rows a query body asks for."""
    listings, workspace = call.engine.listings, call.engine.workspace
    order = row_order(body.get("sorts"))
    passes = row_test(listings, body.get("filter"))
    in_trash = bool(body.get("in_trash", body.get("archived", False)))
    wanted = body.get("result_type")

    def test(kind: str, row_id: str) -> bool:
        flagged = row_id in workspace.trashed
        return flagged == in_trash and wanted in (None, kind) and passes(kind, row_id)

    return listings.rows(source_id, order, test, time_span(body.get("filter"), order))


def start_view_query(call: Call) -> Json:
    """`POST views/{id}/queries`: the rows of a view as ids; the answer lives 15 minutes."""
    view = call.fetch("view", call.object_id("view_id"))
    rows = _view_rows(call, view)
    query_id = named_id("view query", view["id"])
    part, cursor = call.listing(f"view:{view['id']}:{query_id}", sequence_scan(rows))
    head = {
        "object": "view_query",
        "id": query_id,
        "view_id": view["id"],
        "expires_at": second_stamp(call.engine.clock.now() + VIEW_QUERY_LIFE),
        "total_count": len(rows),
        "results": [{"object": "page", "id": row_id} for row_id in part.ids],
    }
    return {**head, "next_cursor": cursor, "has_more": cursor is not None}


def read_view_query(call: Call) -> Json:
    """`GET views/{id}/queries/{id}`: further pages of a view query."""
    view = call.fetch("view", call.object_id("view_id"))
    query_id = call.object_id("query_id")
    if query_id != named_id("view query", view["id"]):
        raise not_found("view_query", query_id, call.engine.workspace.world.bot_id)
    scan = sequence_scan(_view_rows(call, view))
    name = f"view:{view['id']}:{query_id}"
    part, cursor = call.listing(name, scan, VIEW_QUERY_LIFE)
    return envelope([{"object": "page", "id": row_id} for row_id in part.ids], cursor, "page")


def _view_rows(call: Call, view: Json) -> list[str]:
    source_id = view.get("data_source_id")
    if source_id is None:
        raise invalid(f"Unsupported view type: {view['type']}")
    listings, trashed = call.engine.listings, call.engine.workspace.trashed
    scan = listings.rows(source_id, RowOrder(), lambda _kind, row_id: row_id not in trashed)
    rows = [row_id for (_, row_id), _ in zip(scan(None), range(call.engine.pager.habits.cap), strict=False)]
    return rows[::-1] if view["type"] == "board" else rows


def _found(call: Call, object_id: str) -> Json:
    workspace = call.engine.workspace
    return call.shown(call.fetch(workspace.row_kind(object_id), object_id))


def _marked(answer: Json, part: Part) -> Json:
    return {**answer, "request_status": INCOMPLETE} if part.capped else answer


def _search_filter(asked: Any) -> tuple[tuple[str, ...], bool]:
    if asked is None:
        return SEARCH_KINDS, False
    if not isinstance(asked, dict) or not asked:
        raise invalid("body failed validation: body.filter should be an object.")
    in_trash = bool(asked.get("in_trash", False))
    if "property" not in asked and "in_trash" in asked:
        return SEARCH_KINDS, in_trash
    if asked.get("property") != "object":
        shown = json.dumps(asked.get("property"))
        raise invalid(
            f'body failed validation: body.filter.property should be `"object"`, instead was `{shown}`.'
        )
    if asked.get("value") not in SEARCH_KINDS:
        shown = json.dumps(asked.get("value"))
        raise invalid(
            f'body failed validation: body.filter.value should be `"page"` or `"data_source"`, instead was `{shown}`.'
        )
    return (asked["value"],), in_trash


def _search_sort(asked: Any) -> bool:
    """Whether the newest come first, which is also the default (reference §12)."""
    if asked is None or (isinstance(asked, dict) and asked.get("property") == "relevance"):
        return True
    if not isinstance(asked, dict) or asked.get("timestamp", "last_edited_time") != "last_edited_time":
        raise invalid('body failed validation: body.sort.timestamp should be `"last_edited_time"`.')
    if asked.get("direction") not in (None, "ascending", "descending"):
        shown = json.dumps(asked.get("direction"))
        raise invalid(
            'body failed validation: body.sort.direction should be `"ascending"` or `"descending"`, '
            f"instead was `{shown}`."
        )
    return asked.get("direction") != "ascending"

"""Property values to their end: the API cuts long ones in page objects (notion_api.md §5).

Here: which values may be cut, and the property endpoint that gives them whole. Not here: what a value means
(``render.values``).
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.pagination import collect

_LIMIT = 25
_AGGREGATES = ("number", "date")


def may_be_cut(value: Json) -> bool:
    """Tell whether a page object's property value may lack some of its items."""
    kind = value.get("type")
    content = value.get(str(kind))
    if kind == "relation":
        return bool(value.get("has_more"))
    if kind == "people":
        return isinstance(content, list) and len(content) >= _LIMIT
    if kind in ("title", "rich_text"):
        return isinstance(content, list) and _mentions(content) >= _LIMIT
    if kind == "rollup" and isinstance(content, dict):
        array = content.get("array")
        return isinstance(array, list) and len(array) >= _LIMIT
    return False


def incomplete_values(properties: Json) -> list[str]:
    """Return the names of a page object's values that may be less than the whole.

    Beside those that are cut: numbers and dates rolled up on a page with a cut relation, which the page object computes
    from the first 25 related pages.
    """
    values = {name: value for name, value in properties.items() if isinstance(value, dict)}
    cut = {name for name, value in values.items() if may_be_cut(value)}
    if any(values[name]["type"] == "relation" for name in cut):
        cut.update(name for name, value in values.items() if _is_aggregate(value))
    return [name for name in values if name in cut]


def _is_aggregate(value: Json) -> bool:
    content = value.get("rollup") if value.get("type") == "rollup" else None
    return isinstance(content, dict) and content.get("type") in _AGGREGATES


async def complete_value(client: NotionClient, page_id: str, value: Json) -> Json:
    """Return the value with all its items, read page by page from the property endpoint."""
    kind = str(value["type"])
    last: Json = {}

    async def ask(cursor: str | None) -> Json:
        last.clear()
        last.update(await client.page_property(page_id, str(value["id"]), cursor))
        return last

    items = [dict(item) for item in await collect(ask)]
    if _is_aggregate(value):
        return _aggregated(value, last)
    if kind == "rollup":
        return {**value, "rollup": {**value["rollup"], "array": [_rollup_item(item) for item in items]}}
    whole = {**value, kind: [item[kind] for item in items if kind in item]}
    if "has_more" in whole:
        whole["has_more"] = False
    return whole


def _aggregated(value: Json, last: Json) -> Json:
    """Return the value with what the last page of its items says: pages before it call the sum incomplete."""
    head = last.get("property_item")
    found = head.get("rollup") if isinstance(head, dict) else None
    if not isinstance(found, dict) or found.get("type") not in _AGGREGATES:
        return value
    return {**value, "rollup": {**value["rollup"], **found}}


def _rollup_item(item: Json) -> Json:
    return {
        name: content
        for name, content in item.items()
        if name not in ("object", "id", "next_url", "request_id")
    }


def _mentions(rich_text: list[Json]) -> int:
    return sum(1 for item in rich_text if isinstance(item, dict) and item.get("type") == "mention")

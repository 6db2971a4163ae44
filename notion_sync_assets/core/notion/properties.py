"""Property values to their end: the API cuts long ones in page objects (notion_api.md §5).

Here: which values may be cut, and the property endpoint that gives them whole. Not here: what a value means
(``render.values``).
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.pagination import collect

_LIMIT = 25


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


async def complete_value(client: NotionClient, page_id: str, value: Json) -> Json:
    """Return the value with all its items, read page by page from the property endpoint."""
    kind = str(value["type"])
    items = await collect(lambda cursor: client.page_property(page_id, str(value["id"]), cursor))
    if kind == "rollup":
        return {**value, "rollup": {**value["rollup"], "array": [_rollup_item(item) for item in items]}}
    whole = {**value, kind: [item[kind] for item in items if kind in item]}
    if "has_more" in whole:
        whole["has_more"] = False
    return whole


def _rollup_item(item: Json) -> Json:
    return {
        name: content
        for name, content in item.items()
        if name not in ("object", "id", "next_url", "request_id")
    }


def _mentions(rich_text: list[Json]) -> int:
    return sum(1 for item in rich_text if isinstance(item, dict) and item.get("type") == "mention")

"""The property endpoint (reference §5): one value whole, or its items to be paged. No HTTP here."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from notion_sync_assets.emulator.columns import LIST_TYPES
from notion_sync_assets.emulator.errors import ApiError
from notion_sync_assets.emulator.json_types import Json


@dataclass(frozen=True)
class Items:
    """A list value: its items and the `property_item` beside them."""

    items: Sequence[Json]
    head: Json


def find_value(page: Json, property_id: str) -> Json | None:
    """The value with that id, written encoded or not."""
    wanted = unquote(property_id)
    for value in page["properties"].values():
        if isinstance(value, dict) and unquote(str(value.get("id"))) == wanted:
            return value
    return None


def unknown_property(property_id: str) -> ApiError:
    """404 for a property the page does not have."""
    return ApiError(404, "object_not_found", f"Could not find property with name or id: {property_id}")


def property_item(value: Json) -> Json | Items:
    """The whole value as `{object: property_item, …}`, or the items of a list type."""
    kind = value["type"]
    if kind == "rollup":
        return _rollup(value)
    if kind not in LIST_TYPES:
        return {"object": "property_item", "type": kind, "id": value["id"], kind: value.get(kind)}
    items = [_item(value["id"], kind, held) for held in value.get(kind) or []]
    return Items(items, {"id": value["id"], "next_url": None, "type": kind, kind: {}})


def _item(property_id: str, kind: str, held: object) -> Json:
    return {"object": "property_item", "type": kind, "id": property_id, kind: held}


def _flat(entry: Json) -> list[tuple[str, object]]:
    """The parts of one rolled-up value: list types come apart, as they do on their own."""
    kind = entry["type"]
    return [(kind, part) for part in entry[kind] or []] if kind in LIST_TYPES else [(kind, entry[kind])]


def _rollup(value: Json) -> Items:
    held = value["rollup"]
    head = {"id": value["id"], "next_url": None, "type": "rollup"}
    if held["type"] != "array":
        return Items([], {**head, "rollup": held})
    items = [_item(value["id"], kind, part) for entry in held["array"] for kind, part in _flat(entry)]
    return Items(items, {**head, "rollup": {**held, "array": []}})

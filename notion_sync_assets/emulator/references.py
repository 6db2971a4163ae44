"""What a JSON object of the API points at: pages, databases, data sources, blocks, comments and users by id."""

from collections.abc import Iterator
from typing import Any

from notion_sync_assets.emulator.json_types import Json

Reference = tuple[str, str]
NAMED = {
    "page_id": "page",
    "database_id": "database",
    "data_source_id": "data_source",
    "comment_id": "comment",
}
MENTIONED = ("page", "database")


def references(obj: Json) -> Iterator[Reference]:
    """(kind, id) of everything an object names: mentions, links, relations, copied blocks, its parent."""
    yield from _named(obj)
    for key, value in obj.items():
        if key == "relation" and isinstance(value, list):
            yield from (("page", item["id"]) for item in value)
        elif key in MENTIONED and isinstance(value, dict) and set(value) == {"id"}:
            yield key, value["id"]
        elif key == "synced_from" and value:
            yield "block", value["block_id"]
        else:
            yield from _inside(value)


def users(obj: Any) -> Iterator[str]:
    """Ids of all people and bots an object names, full or partial."""
    if isinstance(obj, dict):
        if obj.get("object") == "user":
            yield obj["id"]
        for value in obj.values():
            yield from users(value)
    elif isinstance(obj, list):
        for value in obj:
            yield from users(value)


def _named(obj: Json) -> Iterator[Reference]:
    for key, kind in NAMED.items():
        if isinstance(obj.get(key), str):
            yield kind, obj[key]


def _inside(value: Any) -> Iterator[Reference]:
    if isinstance(value, dict):
        yield from references(value)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item)

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
    """(kind, id) of everything an object names: mentions, links, relations, copied blocks, its parent, people."""
    held: list[Any] = [obj]
    while held:
        value = held.pop()
        if isinstance(value, list):
            held += [item for item in value if isinstance(item, dict | list)]
            continue
        if value.get("object") == "user":
            yield "user", value["id"]
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _pointed(key, inner)
                held.append(inner)
            elif key in NAMED and inner is not None:
                yield NAMED[key], inner


def _pointed(key: str, value: Any) -> Iterator[Reference]:
    """What a value says by the key it stands under."""
    if key == "relation" and isinstance(value, list):
        yield from (("page", item["id"]) for item in value)
    elif key in MENTIONED and isinstance(value, dict) and set(value) == {"id"}:
        yield key, value["id"]
    elif key == "synced_from":
        yield "block", value["block_id"]

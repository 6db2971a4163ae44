"""What a scope's syncs discovered for the index: data sources of child databases, and databases without any.

Here: the file beside the scope's commits. Not here: who reads it (``indexing``).
"""

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage


def write_found(storage: Storage, key: str, found: Json) -> None:
    """Add ``{"sources": {id: database id}, "databases": {id: verdict}}``; nothing is written when it is there.

    A sync that reads few pages again meets few databases again; what earlier ones met stays.
    """
    before = read_found(storage, key)
    after = {name: {**before.get(name, {}), **new} for name, new in found.items()}
    if after != before:
        storage.write(_path(key), canonical_bytes(after))


def read_found(storage: Storage, key: str) -> Json:
    """Return what a scope's syncs discovered, empty when there was nothing."""
    try:
        found: Json = orjson.loads(storage.read(_path(key)))
    except FileNotFoundError:
        return {}
    return found


def _path(key: str) -> str:
    return f"{layout.scope(key)}/found.json"

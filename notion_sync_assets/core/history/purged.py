"""Pages that were purged: their ids, which no sync, index or receipt takes up again.

Here: the record (``state/purged.json``). Not here: the purge (``purge``). Only ids are kept: they say nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage.base import Storage

PATH = "state/purged.json"


@dataclass(frozen=True, slots=True)
class PurgeRecord:
    """``pages``: ids. ``documents``: hashes that an unfinished purge still has to delete."""

    pages: frozenset[str] = frozenset()
    documents: frozenset[str] = field(default_factory=frozenset)


def read_purged(storage: Storage) -> PurgeRecord:
    """Return the record, empty when nothing was ever purged."""
    try:
        found = orjson.loads(storage.read(PATH))
    except FileNotFoundError:
        return PurgeRecord()
    return PurgeRecord(frozenset(found["pages"]), frozenset(found["documents"]))


def write_purged(storage: Storage, pages: Iterable[str], documents: Iterable[str]) -> None:
    """Store the record."""
    storage.write(PATH, canonical_bytes({"pages": sorted(pages), "documents": sorted(documents)}))

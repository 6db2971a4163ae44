"""What changed in the columns of data sources lately, in ways that break what people built on them.

Here: the comparison of two committed schemas. Not here: single changes as events (``core.sync.details``). A column that
came breaks nothing; one that went, was renamed or has another type does.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_properties
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commit, Commits

LOOKED_BACK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SchemaDrift:
    """What changed in the columns of one data source; ``breaking`` and ``added``: one phrase a column."""

    scope: str
    title: str
    breaking: tuple[str, ...]
    added: tuple[str, ...]


def schema_drifts(storage: Storage, now: dt.datetime) -> Iterator[SchemaDrift]:
    """Yield the data sources whose columns are not those of a week ago (or of their oldest state that is kept)."""
    commits, documents = Commits(storage), DocumentStore(storage)
    for key in commits.committed_scopes():
        head = commits.head(key)
        if head is None or head.head is None:
            continue
        before = _schema_of_old(documents, commits, head, (now - LOOKED_BACK).isoformat())
        after = _columns(documents.read(head.head))
        breaking, added = tuple(_breaking(before, after)), tuple(_added(before, after))
        if breaking or added:
            yield SchemaDrift(key, head.title, breaking, added)


def _schema_of_old(documents: DocumentStore, commits: Commits, head: Commit, since: str) -> dict[str, Json]:
    """Return the columns at ``since``; ``gc`` may have removed what was committed then: the first that is kept."""
    numbers = range(1, head.seq + 1)
    at = max(0, bisect_right(numbers, since, key=lambda seq: commits.read(head.scope, seq).committed_at) - 1)
    for seq in numbers[at:]:
        name = commits.read(head.scope, seq).head
        with suppress(StorageError):
            if name is not None:
                return _columns(documents.read(name))
    return {}


def _columns(head: Json) -> dict[str, Json]:
    """Return the columns of a stored head by id; a name is no identity."""
    named = [{"name": name, **value} for name, value in page_properties(head["data_source"]).items()]
    return {str(value.get("id") or value["name"]): value for value in named}


def _breaking(before: dict[str, Json], after: dict[str, Json]) -> Iterator[str]:
    for identifier, old in before.items():
        new = after.get(identifier)
        if new is None:
            yield f"{old['name']}: removed"
        elif new.get("type") != old.get("type"):
            yield f"{new['name']}: {old.get('type')} became {new.get('type')}"
        elif new["name"] != old["name"]:
            yield f"{old['name']}: renamed to {new['name']}"


def _added(before: dict[str, Json], after: dict[str, Json]) -> Iterator[str]:
    if before:
        yield from (str(new["name"]) for identifier, new in after.items() if identifier not in before)

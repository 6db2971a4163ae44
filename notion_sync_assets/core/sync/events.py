"""Events: what a commit changed, as stored in the outbox segment of that commit.

Here: the row, its Parquet schema, read and write. Not here: which events a commit has (``plan``, ``details``), publishing
them to an event log (``outbox``), reading them across commits (``core.history.stream``).
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa

from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet, write_parquet

EventObject = Literal["page", "data_source", "property", "file", "comment"]
Change = Literal[
    "created", "edited", "restored", "trashed", "not_found", "moved", "removed", "added", "renamed"
]
GONE: tuple[Change, ...] = ("trashed", "not_found", "removed")
"""After one of these the object is no longer part of the scope."""

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("scope", pa.string(), nullable=False),
    pa.field("seq", pa.int64(), nullable=False),
    pa.field("object", pa.string(), nullable=False),
    pa.field("object_id", pa.string(), nullable=False),
    pa.field("page_id", pa.string()),
    pa.field("change", pa.string(), nullable=False),
    pa.field("title", pa.string(), nullable=False),
    pa.field("url", pa.string()),
    pa.field("document", pa.string()),
    pa.field("previous_document", pa.string()),
    pa.field("last_edited_time", pa.string()),
    pa.field("edited_by", pa.string()),
    pa.field("committed_at", pa.string(), nullable=False),
]
SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one object; (scope, seq, object, object_id, change) is its identity.

    ``object``: ``page``, ``data_source`` (its head: title, description, views, …), ``property`` (a column of its schema),
    ``file`` and ``comment`` (of a page that was there before). ``page_id``: the page, None for what belongs to a data
    source. ``title``: what the object is called: a page's or data source's title, a column's or file's name, a comment's
    text is not told. ``document`` and ``previous_document``: hashes of the page's document, or of the data source's head.
    ``edited_by``: id of the user who last edited it, as Notion tells.
    """

    scope: str
    seq: int
    object: EventObject
    object_id: str
    change: Change
    title: str
    committed_at: str
    page_id: str | None = None
    url: str | None = None
    document: str | None = None
    previous_document: str | None = None
    last_edited_time: str | None = None
    edited_by: str | None = None


def write_events(events: Iterable[Event], target: Path) -> int:
    """Write the events of a commit as Parquet; return how many."""
    return write_parquet(target, SCHEMA, events, _table)


def read_events(source: BinaryIO) -> Iterator[Event]:
    """Yield the events of a segment in the order written."""
    with opened_parquet(source) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS):
            for row in batch.to_pylist():
                yield Event(**row)


def _table(events: list[Event]) -> pa.Table:
    return pa.Table.from_pylist([dataclasses.asdict(event) for event in events], schema=SCHEMA)

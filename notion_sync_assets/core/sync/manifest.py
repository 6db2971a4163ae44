"""The manifest: the committed state of a scope at a sequence number, one row per page.

Here: the row, its Parquet schema, streaming reads and writes. Not here: when a manifest becomes the truth
(``commit``).
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet, write_parquet

PageState = Literal["exported", "failed", "gone"]

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("page_id", pa.string(), nullable=False),
    pa.field("state", pa.string(), nullable=False),
    pa.field("reason", pa.string()),
    pa.field("title", pa.string(), nullable=False),
    pa.field("parent_type", pa.string(), nullable=False),
    pa.field("parent_id", pa.string()),
    pa.field("parent_page", pa.string()),
    pa.field("url", pa.string()),
    pa.field("created_time", pa.string()),
    pa.field("last_edited_time", pa.string()),
    pa.field("edited_by", pa.string()),
    pa.field("listing_hash", pa.string(), nullable=False),
    pa.field("document", pa.string()),
    pa.field("document_bytes", pa.int64(), nullable=False),
    pa.field("document_seq", pa.int64(), nullable=False),
    pa.field("read_at", pa.string()),
    pa.field("blocks", pa.int64(), nullable=False),
    pa.field("files", pa.int64(), nullable=False),
    pa.field("omitted", pa.int64(), nullable=False),
]
SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One page of a scope.

    ``state``: ``exported`` (its document is current), ``failed`` (``reason`` says why; ``document`` is the last
    good or the partial one, if any), ``gone`` (a tombstone; ``reason`` is ``trashed``, ``not_found``,
    ``rolled_back`` or ``moved_to <scope>``). ``parent_page``: the page it is shown under inside its scope, None for a root or a
    row. ``edited_by``: id of the user who last edited it. ``listing_hash``: SHA-256 of the normalised page object as listed. ``document_seq``: the commit whose
    tables hold this page's rows. ``read_at``: when the content was read (UTC ISO).
    """

    page_id: str
    state: PageState
    title: str
    parent_type: str
    listing_hash: str
    document_seq: int
    reason: str | None = None
    parent_id: str | None = None
    parent_page: str | None = None
    url: str | None = None
    created_time: str | None = None
    last_edited_time: str | None = None
    edited_by: str | None = None
    document: str | None = None
    document_bytes: int = 0
    read_at: str | None = None
    blocks: int = 0
    files: int = 0
    omitted: int = 0

    def to_json(self) -> Json:
        """Return the row by field name."""
        return {name: getattr(self, name) for name in _NAMES}

    @property
    def present(self) -> bool:
        """Whether the page belongs into rendered output: it is not gone and there is a document."""
        return self.state != "gone" and self.document is not None


_NAMES = tuple(field.name for field in dataclasses.fields(ManifestRow))


def write_manifest(rows: Iterable[ManifestRow], target: Path) -> int:
    """Write rows (sorted by page id by the caller) as Parquet; return how many."""
    return write_parquet(target, SCHEMA, rows, _table)


def read_manifest(source: BinaryIO) -> Iterator[ManifestRow]:
    """Yield the rows of a manifest in page id order, a batch in memory at a time."""
    with opened_parquet(source) as parquet:
        for batch in parquet.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
            known = set(batch.schema.names)
            # By columns: a dictionary for each row takes three times as long.
            columns = [
                batch.column(field.name).to_pylist() if field.name in known else repeat(field.default)
                for field in dataclasses.fields(ManifestRow)
            ]
            yield from map(ManifestRow, *columns)


def read_present(source: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield page id and document of the rows that are ``present``, in page id order."""
    with opened_parquet(source) as parquet:
        columns = ["page_id", "state", "document"]
        for batch in parquet.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
            held = (batch.column(name).to_pylist() for name in columns)
            for page_id, state, document in zip(*held, strict=True):
                if state != "gone" and document is not None:
                    yield page_id, document


def _table(rows: list[ManifestRow]) -> pa.Table:
    return pa.Table.from_pylist([row.to_json() for row in rows], schema=SCHEMA)

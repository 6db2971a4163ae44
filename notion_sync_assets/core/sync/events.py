"""Page events: what a commit changed on one page, as stored in the outbox segment of that commit.

Here: the row, its Parquet schema, read and write. Not here: publishing to an event log (``outbox``).
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq

Change = Literal["created", "edited", "restored", "trashed", "not_found", "moved"]

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("scope", pa.string(), nullable=False),
    pa.field("seq", pa.int64(), nullable=False),
    pa.field("page_id", pa.string(), nullable=False),
    pa.field("change", pa.string(), nullable=False),
    pa.field("title", pa.string(), nullable=False),
    pa.field("url", pa.string()),
    pa.field("document", pa.string()),
    pa.field("previous_document", pa.string()),
    pa.field("last_edited_time", pa.string()),
    pa.field("committed_at", pa.string(), nullable=False),
]
SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class PageEvent:
    """One change of one page; (scope, seq, page_id) is its identity."""

    scope: str
    seq: int
    page_id: str
    change: Change
    title: str
    committed_at: str
    url: str | None = None
    document: str | None = None
    previous_document: str | None = None
    last_edited_time: str | None = None


def write_events(events: Iterable[PageEvent], target: Path) -> int:
    """Write the events of a commit as Parquet; return how many."""
    count = 0
    with pq.ParquetWriter(target, SCHEMA, compression="zstd") as writer:
        batch: list[dict[str, object]] = []
        for event in events:
            batch.append(dataclasses.asdict(event))
            count += 1
            if len(batch) == 1024:  # noqa: PLR2004 - a batch size
                writer.write_table(pa.Table.from_pylist(batch, schema=SCHEMA))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema=SCHEMA))
    return count


def read_events(source: BinaryIO) -> Iterator[PageEvent]:
    """Yield the events of a segment in the order written."""
    with pq.ParquetFile(source) as parquet:
        for batch in parquet.iter_batches():
            for row in batch.to_pylist():
                yield PageEvent(**row)

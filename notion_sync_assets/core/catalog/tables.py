"""A commit's tables as Parquet files: bounded memory, the same input gives the same bytes.

Here: batching and writing. Not here: what the rows are (``extract``, ``head``), when a commit is made
(``sync.engine``), who reads the files (``builder``, ``render.links``).
"""

from collections.abc import Iterable
from contextlib import ExitStack
from math import isqrt
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.extract import page_rows
from notion_sync_assets.core.catalog.head import head_rows
from notion_sync_assets.core.catalog.schema import SCHEMAS, file_name
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.storage.parquet import stored_as
from notion_sync_assets.core.sync.manifest import ManifestRow

# Rows of a table wait as Python values until there are this many, then as Arrow's, until all tables hold too much.
_ROWS = 512
# A writer keeps a description of every column of every row group until it is closed, in all some 20 KB a group; what
# waits costs three times its size while it is written. Both together are least when the groups grow with the root of
# what there is.
_LEAST_BYTES = 1024 * 1024
_COST_BYTES = 4 * 1024
# Columns with few distinct values; for the others a dictionary costs more time than it saves space.
_DICTIONARY = ["page_id", "parent_id", "type", "kind", "target_type", "name", "created_by", "last_edited_by"]


def write_commit_tables(
    pages: Iterable[tuple[ManifestRow, Document]], head: Json | None, folder: Path
) -> dict[str, int]:
    """Write ``<table>.parquet`` for every table of a commit into ``folder``; return the rows of each.

    ``pages``: what the commit changed, in page id order (the order is that of the rows). ``head``: the head of a
    data source (``{"data_source", "database", "views", "templates"}``), given at each of its commits, changed or
    not; None for a page tree. Every file is written, empty ones too. At most 512 rows of each table and a mebibyte of
    row groups are in memory at a time, two when half a gigabyte is written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(_TableWriter(name, folder)) for name in SCHEMAS}
        if head is not None:
            _add(writers, head_rows(head))
        for row, document in pages:
            _add(writers, page_rows(row, document))
    return {name: writer.count for name, writer in writers.items()}


def _add(writers: "dict[str, _TableWriter]", rows: Any) -> None:
    gathered = False
    for name in rows._fields:
        gathered |= writers[name].add(getattr(rows, name))
    if gathered and sum(writer.waiting_bytes for writer in writers.values()) >= _room(writers):
        max(writers.values(), key=lambda writer: writer.waiting_bytes).write()


def _room(writers: "dict[str, _TableWriter]") -> int:
    written = sum(writer.written_bytes for writer in writers.values())
    return max(_LEAST_BYTES, isqrt(written * _COST_BYTES))


class _TableWriter:
    """One table's file, written a row group at a time."""

    def __init__(self, table: str, folder: Path) -> None:
        self.count = 0
        self.waiting_bytes = 0
        self.written_bytes = 0
        self._schema = SCHEMAS[table]
        self._rows: list[tuple[Any, ...]] = []
        self._group: list[pa.Table] = []
        self._target = folder / file_name(table)
        self._open: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            self._gather()
            self.write()
            self._writer().close()
        elif self._open is not None:
            self._open.close()

    def add(self, rows: list[tuple[Any, ...]]) -> bool:
        """Add rows; tell whether there is more that waits to be written."""
        self._rows.extend(rows)
        if len(self._rows) < _ROWS:
            return False
        self._gather()
        return True

    def write(self) -> None:
        """Write what waits as a row group."""
        if self._group:
            self._writer().write_table(pa.concat_tables(self._group))
        self._group = []
        self.written_bytes += self.waiting_bytes
        self.waiting_bytes = 0

    def _writer(self) -> pq.ParquetWriter:
        """Return what writes the file, opened when the first row group (or none) is there."""
        if self._open is None:
            repeated = [name for name in self._schema.names if name in _DICTIONARY]
            options = {
                "use_dictionary": repeated,
                # Those of a text are as long as the text.
                "write_statistics": repeated,
                **stored_as(self.waiting_bytes),
            }
            self._open = pq.ParquetWriter(self._target, self._schema, **options)
        return self._open

    def _gather(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._group.append(table)
        self.waiting_bytes += table.nbytes
        self.count += len(self._rows)
        self._rows = []

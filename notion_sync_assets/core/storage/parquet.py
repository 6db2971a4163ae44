"""Parquet files read and written a few rows at a time: how large one is costs no memory.

Here: opening one, the size of a batch and of a row group, how they are stored. Not here: what the rows are.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 512
"""How many rows are Python objects at a time; they are ten times as large as Arrow's."""

_GROUP_BYTES = 1024 * 1024
_SMALL_BYTES = 64 * 1024

Row = TypeVar("Row")


def opened_parquet(source: BinaryIO) -> pq.ParquetFile:
    """Return a reader of a file, to be closed by its ``with``.

    Arrow reads ahead by default, which means all row groups of the wanted columns: the whole file.
    """
    return pq.ParquetFile(source, pre_buffer=False)


def stored_as(first_group_bytes: int) -> dict[str, Any]:
    """Return how a file whose first row group is that large is stored, as options of a ``ParquetWriter``.

    Zstandard makes a context for each column, and a dictionary is another page of it: in a small file that costs more
    time than all the rest, and saves less than a block of the disk.
    """
    if first_group_bytes < _SMALL_BYTES:
        return {"compression": "snappy", "use_dictionary": False}
    return {"compression": "zstd"}


def write_parquet(
    target: Path,
    schema: pa.Schema,
    rows: Iterable[Row],
    table_of: Callable[[list[Row]], pa.Table],
    *,
    at_a_time: int = BATCH_ROWS,
) -> int:
    """Write rows to a file, made tables a few at a time, in row groups of a mebibyte; return how many rows."""
    groups = _row_groups(rows, table_of, at_a_time)
    first = next(groups, None)
    count = 0
    with pq.ParquetWriter(target, schema, **stored_as(first.nbytes if first else 0)) as writer:
        for group in chain([first] if first else [], groups):
            writer.write_table(group)
            count += group.num_rows
    return count


def _row_groups(
    rows: Iterable[Row], table_of: Callable[[list[Row]], pa.Table], at_a_time: int
) -> Iterator[pa.Table]:
    """Yield rows as row groups.

    A row group is in memory as a whole while it is written or read; each costs its description, so they are not tiny.
    """
    group: list[pa.Table] = []
    size = 0
    left = iter(rows)
    while batch := list(islice(left, at_a_time)):
        table = table_of(batch)
        group.append(table)
        size += table.nbytes
        if size >= _GROUP_BYTES:
            whole, group, size = pa.concat_tables(group), [], 0
            yield whole
    if group:
        yield pa.concat_tables(group)

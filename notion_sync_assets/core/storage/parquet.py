"""Parquet files read and written a few rows at a time: how large one is costs no memory.

Here: opening one, the size of a batch, and that of a row group. Not here: what the rows are.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import BinaryIO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 512
"""How many rows are Python objects at a time; they are ten times as large as Arrow's."""

_GROUP_BYTES = 1024 * 1024

Row = TypeVar("Row")


def opened_parquet(source: BinaryIO) -> pq.ParquetFile:
    """Return a reader of a file, to be closed by its ``with``.

    Arrow reads ahead by default, which means all row groups of the wanted columns: the whole file.
    """
    return pq.ParquetFile(source, pre_buffer=False)


def write_rows(
    writer: pq.ParquetWriter,
    rows: Iterable[Row],
    table_of: Callable[[list[Row]], pa.Table],
    *,
    at_a_time: int = BATCH_ROWS,
) -> int:
    """Write rows, made tables a few at a time, in row groups of a mebibyte; return how many rows.

    A row group is in memory as a whole while it is written or read; each costs its description, so they are not tiny.
    """
    group: list[pa.Table] = []
    size = count = 0
    left = iter(rows)
    while batch := list(islice(left, at_a_time)):
        table = table_of(batch)
        group.append(table)
        size += table.nbytes
        count += table.num_rows
        if size >= _GROUP_BYTES:
            writer.write_table(pa.concat_tables(group))
            group, size = [], 0
    if group:
        writer.write_table(pa.concat_tables(group))
    return count

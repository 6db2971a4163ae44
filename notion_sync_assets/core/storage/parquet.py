"""Parquet files read and written a few rows at a time: how large one is costs no memory.

Here: opening one, the size of a batch, and that of a row group. Not here: what the rows are.
"""

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 512
"""How many rows are Python objects at a time; they are ten times as large as Arrow's."""

_GROUP_BYTES = 1024 * 1024


def opened_parquet(source: BinaryIO) -> pq.ParquetFile:
    """Return a reader of a file, to be closed by its ``with``.

    Arrow reads ahead by default, which means all row groups of the wanted columns: the whole file.
    """
    return pq.ParquetFile(source, pre_buffer=False)


def write_in_groups(writer: pq.ParquetWriter, tables: Iterable[pa.Table]) -> int:
    """Write small tables, gathered into row groups of a mebibyte; return the number of rows.

    A row group is in memory as a whole while it is written or read; each costs its description, so they are not tiny.
    """
    group: list[pa.Table] = []
    size = count = 0
    for table in tables:
        group.append(table)
        size += table.nbytes
        count += table.num_rows
        if size >= _GROUP_BYTES:
            writer.write_table(pa.concat_tables(group))
            group, size = [], 0
    if group:
        writer.write_table(pa.concat_tables(group))
    return count

"""Parquet files read a few rows at a time: how large one is costs no memory.

Here: opening one, and the size of a batch. Not here: what the rows are.
"""

from typing import BinaryIO

import pyarrow.parquet as pq

BATCH_ROWS = 2048
"""How many rows are made Python objects at a time."""


def opened_parquet(source: BinaryIO) -> pq.ParquetFile:
    """Return a reader of a file, to be closed by its ``with``.

    Arrow reads ahead by default, which means all row groups of the wanted columns: the whole file.
    """
    return pq.ParquetFile(source, pre_buffer=False)

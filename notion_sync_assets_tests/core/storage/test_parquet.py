"""Parquet files are read a few rows at a time."""

import io
import random

import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet


class Counting(io.BytesIO):
    """A file that knows how many bytes were read of it."""

    taken = 0

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


def test_the_first_rows_of_a_file_do_not_cost_all_of_it():
    made = io.BytesIO()
    schema = pa.schema([pa.field("noise", pa.binary())])
    with pq.ParquetWriter(made, schema) as writer:
        for _ in range(20):
            noise = [random.randbytes(64) for _ in range(BATCH_ROWS)]
            writer.write_table(pa.table({"noise": noise}, schema=schema))
    source = Counting(made.getvalue())
    with opened_parquet(source) as parquet:
        first = next(parquet.iter_batches(BATCH_ROWS))
    assert first.num_rows == BATCH_ROWS
    assert source.taken < len(made.getvalue()) / 4

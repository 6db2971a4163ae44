"""Parquet files are read a few rows at a time."""

import io
import random

import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet, write_parquet


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


def test_rows_are_written_a_few_at_a_time_in_row_groups_of_a_mebibyte(tmp_path):
    schema = pa.schema([pa.field("noise", pa.binary())])
    sizes = []

    def table_of(rows):
        sizes.append(len(rows))
        return pa.table({"noise": rows}, schema=schema)

    made = tmp_path / "large.parquet"
    assert write_parquet(made, schema, [bytes(64 * 1024)] * 50, table_of, at_a_time=5) == 50
    assert sizes == [5] * 10
    found = pq.read_metadata(made)
    assert stored(found) == ("ZSTD", True)
    assert [found.row_group(number).num_rows for number in range(found.num_row_groups)] == [20, 20, 10]


def stored(metadata):
    column = metadata.row_group(0).column(0)
    return column.compression, column.has_dictionary_page


def test_a_small_file_is_stored_in_the_quickest_way(tmp_path):
    schema = pa.schema([pa.field("noise", pa.binary())])
    made = tmp_path / "small.parquet"
    assert (
        write_parquet(made, schema, [b"a"] * 50, lambda rows: pa.table({"noise": rows}, schema=schema)) == 50
    )
    assert stored(pq.read_metadata(made)) == ("SNAPPY", False)
    assert pq.read_table(made).column("noise").to_pylist() == [b"a"] * 50


def test_no_rows_are_a_file_without_row_groups(tmp_path):
    made = tmp_path / "empty.parquet"
    assert write_parquet(made, pa.schema([pa.field("noise", pa.binary())]), (), pa.table) == 0
    with made.open("rb") as source, opened_parquet(source) as parquet:
        assert list(parquet.iter_batches(BATCH_ROWS)) == []

"""Paths as DuckDB reads them."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.catalog.sources import glob_free


def test_a_path_is_no_pattern(tmp_path):
    for name, value in (("[1]*?.parquet", 1), ("1xy.parquet", 2)):
        pq.write_table(pa.table({"a": [value]}), tmp_path / name)
    path = str(tmp_path / "[1]*?.parquet")
    assert glob_free(path) == str(tmp_path / "[[]1][*][?].parquet")
    found = duckdb.execute("SELECT a, filename FROM read_parquet(?)", [[glob_free(path)]]).fetchall()
    assert found == [(1, path)]

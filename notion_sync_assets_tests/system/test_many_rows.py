"""A data source far beyond what Notion lists in one query, exported whole."""

import csv

import pytest

from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.slow

ROWS, CROWD = 25_000, 12_000
ROW_ONLY = ("--no-blocks", "--no-comments", "--no-files")


def test_25_000_rows_of_which_12_000_were_made_in_one_minute_are_all_exported(start_emulator, tmp_path):
    notion = start_emulator(
        world="generated", pages=0, rows=ROWS, databases=1, crowd=CROWD, search_lag=0, short_page_rate=0
    )
    settings = {"OUTPUT__FORMATS": "csv", "DAGSTER__PAGE_EVENTS": "false"}
    exporter = Exporter(tmp_path / "export", notion.url, settings=settings)
    done = exporter.call("export", "--quiet", "--json", *ROW_ONLY)
    assert done.code == 0, done.err
    assert exporter.receipt["counts"]["page"] == {"exported": ROWS}
    (table,) = (exporter.folder / "csv").glob("*.csv")
    with table.open(newline="", encoding="utf-8-sig") as rows:
        names = [row["Name"] for row in csv.DictReader(rows)]
    assert sorted(names) == [f"Row {number:06}" for number in range(ROWS)]
    queries = sum(notion.control.stats()["by_route"]["POST /v1/data_sources/{id}/query"].values())
    needed = notion.control.oracle()["requests"]["queries"]
    assert ROWS // 100 < queries <= 1.02 * needed

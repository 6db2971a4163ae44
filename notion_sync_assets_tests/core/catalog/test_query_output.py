"""Results as text: nothing is lost for programs, nothing steers a terminal."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from notion_sync_assets.core.catalog.queries import QueryResult
from notion_sync_assets.core.catalog.query_output import FORMATTERS, format_csv, format_json, format_table


def result(*rows, columns=("a", "b"), types=("VARCHAR", "VARCHAR")):
    return QueryResult(columns, types, list(rows))


def test_a_table_is_aligned_and_counted():
    assert format_table(result(("x", 1), ("longer", None))) == (
        "a       b\n------  -\nx       1\nlonger\n(2 rows)\n"
    )


def test_a_table_without_rows_says_so():
    assert format_table(result()) == "a  b\n-  -\n(0 rows)\n"


def test_a_value_cannot_steer_the_terminal_or_break_the_lines():
    text = format_table(result(("\x1b[31mred\n", "tab\there")))
    assert "\x1b" not in text
    assert "\\x1b[31mred\\n" in text
    assert text.count("\n") == 4


def test_long_values_are_cut_in_tables_only():
    long = "x" * 500
    assert max(len(line) for line in format_table(result((long, ""))).splitlines()) < 100
    assert json.loads(format_json(result((long, ""))))[0]["a"] == long


def test_json_nests_json_columns_and_keeps_the_order_of_columns():
    shown = format_json(result(('{"k":[1]}', '{"k":[1]}'), columns=("z", "a"), types=("JSON", "VARCHAR")))
    assert shown == '[{"z": {"k": [1]}, "a": "{\\"k\\":[1]}"}]\n'


def test_columns_of_one_name_are_all_kept():
    assert json.loads(format_json(result((1, 2), columns=("a", "a")))) == [{"a": 1, "a_2": 2}]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (datetime(2026, 5, 3, 14, 0), "2026-05-03T14:00:00"),  # noqa: DTZ001 - the catalog's times are UTC
        (date(2026, 5, 3), "2026-05-03"),
        (float("nan"), None),
        ([1.5, float("inf")], [1.5, None]),
        ({"when": date(2026, 5, 3)}, {"when": "2026-05-03"}),
        (2**70, 2**70),
        (Decimal("1.10"), "1.10"),
        ("naïve 💡", "naïve 💡"),
    ],
)
def test_json_can_say_every_value(value, shown):
    assert json.loads(format_json(result((value, "")))) == [{"a": shown, "b": ""}]


def test_csv_can_be_read_back():
    rows = [('quote " and, comma', "line\nbreak"), (None, True), ([1, {"x": None}], date(2026, 5, 3))]
    read = list(csv.reader(io.StringIO(format_csv(result(*rows)), newline="")))
    assert read == [
        ["a", "b"],
        ['quote " and, comma', "line\nbreak"],
        ["", "true"],
        ['[1, {"x": null}]', "2026-05-03"],
    ]


def test_there_is_a_formatter_for_people_and_for_programs():
    assert set(FORMATTERS) == {"table", "json", "csv"}
    assert all(isinstance(show(result(("x", 1))), str) for show in FORMATTERS.values())

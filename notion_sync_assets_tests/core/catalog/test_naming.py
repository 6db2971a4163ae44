"""Names in SQL: what people wrote, without quotes, the same every time, never two alike."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notion_sync_assets.core.catalog.naming import distinct_names, reserved_words, sql_name

RESERVED = reserved_words(duckdb.connect())


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Tasks", "tasks"),
        ("Reading list", "reading_list"),
        ("  R&D — Q3/2026! ", "r_d_q3_2026"),
        ("2026 goals", "_2026_goals"),
        ("Größe", "größe"),
        ("Задачи", "задачи"),
        ("作業 一覧", "作業_一覧"),
        ("\uff26\uff35ll width", "full_width"),
        ("🚀🚀", "table_1"),
        ("", "table_1"),
        ("a__b", "a_b"),
    ],
)
def test_a_title_becomes_a_name_that_needs_no_quotes(title, name):
    assert sql_name(title, "table_1") == name
    assert duckdb.sql(f"SELECT {name} FROM (SELECT 1 AS {name})").fetchall() == [(1,)]


def names(*titles, taken=()):
    found = distinct_names(
        [(str(number), title) for number, title in enumerate(titles)],
        {*RESERVED, *taken},
        "rows",
        lambda key: f"x{key}",
    )
    return list(found.values())


def test_a_reserved_word_or_a_table_of_the_catalog_steps_aside():
    assert names("Order", "Users", "Left", taken={"users"}) == ["order_rows", "users_rows", "left_rows"]


def test_the_first_of_two_keeps_the_plain_name():
    assert names("Tasks", "tasks!", "TASKS") == ["tasks", "tasks_x1", "tasks_x2"]
    assert names("Order", "Order rows") == ["order_rows", "order_rows_x1"]


@settings(max_examples=30)
@given(st.lists(st.text(max_size=12), max_size=8))
def test_whatever_people_write_names_differ_and_can_be_asked_for(titles):
    found = names(*titles)
    assert len({name.lower() for name in found}) == len(titles)
    with duckdb.connect() as connection:
        for number, name in enumerate(found):
            connection.execute(f"CREATE TABLE {name} AS SELECT {number} AS value")
        values = [connection.execute(f"SELECT value FROM {name}").fetchall() for name in found]
    assert values == [[(number,)] for number in range(len(found))]

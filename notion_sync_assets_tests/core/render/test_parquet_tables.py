import datetime as dt

import duckdb
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from notion_sync_assets.core.render.typed_values import arrow_type
from notion_sync_assets_tests.core.render.rendering import render_all
from notion_sync_assets_tests.corpus import (
    document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    page,
    person,
    text,
)

FOLDER = f"parquet/Tasks {identifier('Tasks')[-8:]}"
STORED = "files/e7/e74802dd92c7421316b3a3f023197ec08cffd054cb1c91cdb70c9a7eda7fa864.txt"


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def computed(kind, text=None, **values):
    empty = {"number": None, "boolean": None, "start": None, "end": None, "json": None}
    return {"type": kind, "text": text, **empty, **values}


ROLLED = every_property_page().page["properties"]["Rollup array"]["rollup"]["array"]
EXPECTED = {
    "Name": "Every property",
    "Notes": "Some notes",
    "Amount": 12.5,
    "Nothing": None,
    "Kind": "Feature",
    "No kind": None,
    "Tags": ["red", "green, or so"],
    "State": "In progress",
    "Due": {
        "start": utc(2026, 5, 3),
        "end": None,
        "start_text": "2026-05-03",
        "end_text": None,
        "time_zone": None,
    },
    "Span": {
        "start": utc(2026, 5, 3, 14),
        "end": utc(2026, 5, 4, 15, 30),
        "start_text": "2026-05-03T10:00:00.000-04:00",
        "end_text": "2026-05-04T11:30:00.000-04:00",
        "time_zone": None,
    },
    "No date": None,
    "People": [
        {"id": identifier("Cleo"), "name": "Cleo"},
        {"id": identifier("Dan"), "name": "Dan"},
        {"id": identifier("Editors"), "name": "Editors"},
    ],
    "Files": [
        {"name": "plan.txt", "location": STORED},
        {"name": "site", "location": "https://example.com/s"},
    ],
    "Done": True,
    "Link": "https://example.com/link",
    "Mail": "ada@example.com",
    "Phone": "+49 30 1234",
    "Created": utc(2026, 5, 1, 8),
    "Edited": utc(2026, 5, 2, 9, 30),
    "Creator": {"id": identifier("Ada"), "name": "Ada"},
    "Editor": {"id": identifier("Bob"), "name": None},
    "Formula text": computed("string", "=1+1"),
    "Formula number": computed("number", "3", number=3.0),
    "Formula boolean": computed("boolean", "false", boolean=False),
    "Formula date": computed("date", "2026-01-01", start=utc(2026, 1, 1)),
    "Formula deep": computed("unsupported"),
    "Related": [
        {"id": identifier("Linked page"), "title": "Linked page"},
        {"id": identifier("Hidden page"), "title": None},
    ],
    "Rollup number": computed("number", "7", number=7.0),
    "Rollup date": computed("date", "2026-02-01", start=utc(2026, 2, 1)),
    "Rollup incomplete": computed("incomplete"),
    "Number of": "TASK-42",
    "Verified": {
        "state": "verified",
        "start": utc(2026, 5, 1),
        "end": None,
        "verified_by": {"id": identifier("Ada"), "name": "Ada"},
    },
    "Press": None,
    "Where": {"name": "Berlin", "address": "Berlin, Germany", "lat": 52.52, "lon": 13.405},
    "notion_id": identifier("Every property"),
    "notion_url": f"https://app.notion.com/p/{identifier('Every property').replace('-', '')}",
    "created_time": utc(2026, 5, 1, 8),
    "last_edited_time": utc(2026, 5, 2, 9, 30),
    "notion_other_values": None,
}


@pytest.fixture
def tables(storage):
    """Return the folder with the tables of a data source that has a row with every type."""
    rows = [every_property_page(), document(page("Empty row"), [])]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())
    make_scope(storage, [document(page("Linked page"), [])], title="Linked page")
    render_all(storage, [person("Dan")])
    return storage.path(FOLDER)


def read_with_pyarrow(file):
    return pq.read_table(file).to_pylist()


def read_with_pandas(file):
    frame = pd.read_parquet(file, dtype_backend="pyarrow")
    return pa.Table.from_pandas(frame, preserve_index=False).to_pylist()


def read_with_duckdb(file):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@pytest.mark.parametrize("read", [read_with_pyarrow, read_with_pandas, read_with_duckdb])
def test_every_property_type_has_the_same_value_in_every_reader(tables, read):
    (row,) = [row for row in read(tables / "rows.parquet") if row["Name"] == "Every property"]

    assert "unknown value" in row.pop("Later")
    rollup = row.pop("Rollup array")
    assert orjson.loads(rollup.pop("json")) == ROLLED
    assert rollup["text"] == f"First item, {identifier('Rolled page')}, Fay"
    assert row == EXPECTED


def test_a_row_without_values_has_nulls(tables):
    (row,) = [
        row
        for row in read_with_pyarrow(tables / "rows.parquet")
        if row["notion_id"] == identifier("Empty row")
    ]

    assert {name for name, value in row.items() if value is not None} == {
        "Name",
        "notion_id",
        "notion_url",
        "created_time",
        "last_edited_time",
    }


def test_relations_are_a_table_of_edges(tables):
    edges = read_with_pyarrow(tables / "relations.parquet")

    related = every_property_page().page["properties"]["Related"]["id"]
    shared = {"page_id": identifier("Every property"), "property_id": related, "property": "Related"}
    assert edges == [
        {**shared, "position": 0, "target_id": identifier("Linked page"), "target_title": "Linked page"},
        {**shared, "position": 1, "target_id": identifier("Hidden page"), "target_title": None},
    ]


def test_the_schema_is_a_table_too(tables):
    rows = {row["name"]: row for row in read_with_pyarrow(tables / "schema.parquet")}

    assert set(rows) == set(every_property_head()["data_source"]["properties"])
    assert orjson.loads(rows["Amount"]["config"]) == {"format": "euro"}
    assert rows["Kind"]["options"][0] == {
        "id": identifier("option Feature"),
        "name": "Feature",
        "color": "blue",
        "group": None,
    }
    assert [option["group"] for option in rows["State"]["options"]] == ["Waiting", None, "Active"]
    assert [row["column"] for row in rows.values()] == pq.read_schema(tables / "rows.parquet").names[:-5]


def test_the_type_of_a_column_follows_from_the_schema_alone(storage):
    make_scope(storage, [], kind="data_source", title="Tasks", head=every_property_head())
    render_all(storage)

    schema = pq.read_schema(storage.path(FOLDER) / "rows.parquet")

    for name, value in every_property_head()["data_source"]["properties"].items():
        assert schema.field(name).type == arrow_type(value["type"])
    assert pq.read_table(storage.path(FOLDER) / "relations.parquet").num_rows == 0


def test_many_rows_are_in_row_groups(storage, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.core.render.parquet_tables._ROW_GROUP", 2)
    rows = [every_property_page(str(number)) for number in range(5)]
    make_scope(storage, rows, kind="data_source", title="Tasks", head=every_property_head())
    render_all(storage)

    file = pq.ParquetFile(storage.path(FOLDER) / "rows.parquet")

    assert (file.num_row_groups, file.metadata.num_rows) == (3, 5)


def test_values_that_fit_no_column_are_kept_as_json(storage):
    gone = {"id": "g", "type": "url", "url": "https://example.com"}
    odd = {**every_property_page().page["properties"]["Amount"], "number": "many"}
    make_scope(
        storage,
        [document(page("Odd row", properties={"Gone": gone, "Amount": odd}), [])],
        kind="data_source",
        title="Tasks",
        head=every_property_head(),
    )
    render_all(storage)

    (row,) = read_with_pyarrow(storage.path(FOLDER) / "rows.parquet")

    assert row["Amount"] is None
    assert orjson.loads(row["notion_other_values"]) == {"Gone": gone, "Amount": odd}


def odd_head(**properties):
    head = every_property_head()
    head["data_source"]["properties"] = properties
    return head


def test_a_data_source_without_properties_has_all_its_files(storage):
    make_scope(storage, [document(page("Row"), [])], kind="data_source", title="Tasks", head=odd_head())

    render_all(storage)

    assert pq.read_table(storage.path(FOLDER) / "schema.parquet").num_rows == 0
    assert pq.read_table(storage.path(FOLDER) / "rows.parquet").num_rows == 1


def test_an_odd_schema_costs_no_table(storage):
    odd = odd_head(
        Kind={"id": "k", "type": "select", "select": {"options": [None, {"id": 7, "name": "Odd"}]}},
        Described={"id": "d", "type": "url", "url": {}, "description": [text("in rich text")]},
        Nothing={"id": "n", "type": "status", "status": {"options": None, "groups": [{"name": "G"}]}},
    )
    make_scope(storage, [], kind="data_source", title="Tasks", head=odd)

    render_all(storage)

    rows = {row["name"]: row for row in pq.read_table(storage.path(FOLDER) / "schema.parquet").to_pylist()}
    assert [option["name"] for option in rows["Kind"]["options"]] == ["Odd"]
    assert rows["Described"]["description"] == "in rich text"

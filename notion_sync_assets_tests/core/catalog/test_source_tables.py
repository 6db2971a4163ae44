"""A typed table per data source: its name, its types, its rows, and when it is made again."""

import copy
import datetime as dt

import pytest

from notion_sync_assets.core.catalog import builder, source_tables
from notion_sync_assets_tests.corpus import (
    document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    page,
    text,
)

DATE = 'STRUCT("start" TIMESTAMP, "end" TIMESTAMP, has_time BOOLEAN, time_zone VARCHAR)'
PEOPLE = 'STRUCT(id VARCHAR, "name" VARCHAR)'


def source(catalog, title, *rows, properties=None, created="2026-01-01T00:00:00.000Z", templates=()):
    """Commit a data source with columns ``name → (kind, config)``; rows are ``(title, name → value)``."""
    head = copy.deepcopy(every_property_head())
    schema = {"Name": {"id": "title", "name": "Name", "type": "title", "title": {}}}
    for name, (kind, config) in (properties or {}).items():
        schema[name] = {"id": name[:4], "name": name, "type": kind, kind: config}
    head["data_source"] |= {
        "id": identifier(title),
        "title": [text(title)],
        "created_time": created,
        "properties": schema,
    }
    head |= {"views": [], "templates": [{"id": identifier(each), "name": each} for each in templates]}
    made = [row(title, name, values, schema) for name, values in rows]
    return make_scope(catalog.storage, made, kind="data_source", title=title, head=head)


def row(source_title, title, values, schema):
    parent = {"type": "data_source_id", "data_source_id": identifier(source_title)}
    properties = {
        name: {"id": schema[name]["id"], "type": schema[name]["type"], schema[name]["type"]: value}
        for name, value in values.items()
    }
    return document(page(title, parent=parent, properties=properties), [])


def tables(catalog):
    return [name for (name,) in catalog.ask("SELECT DISTINCT table_name FROM source_columns ORDER BY 1")]


def test_every_kind_of_property_has_the_type_it_deserves(catalog):
    make_scope(
        catalog.storage,
        [every_property_page("One")],
        kind="data_source",
        title="Tasks",
        head=every_property_head(),
    )
    catalog.build()
    types = catalog.types("tasks")
    wanted = {
        "amount": "DOUBLE",
        "kind": "VARCHAR",
        "tags": "VARCHAR[]",
        "due": DATE,
        "people": f"{PEOPLE}[]",
        "creator": PEOPLE,
        "files": 'STRUCT("name" VARCHAR, url VARCHAR)[]',
        "done": "BOOLEAN",
        "created": "TIMESTAMP",
        "formula_text": "VARCHAR",
        "formula_number": "DOUBLE",
        "formula_boolean": "BOOLEAN",
        "formula_date": DATE,
        "related": "VARCHAR[]",
        "rollup_number": "DOUBLE",
        "rollup_date": DATE,
        "rollup_array": "VARCHAR[]",
        "later": "VARCHAR",
    }
    assert types.items() >= wanted.items()
    assert types["where_value"] == "VARCHAR"


def test_values_are_those_people_see_and_nothing_is_null(catalog):
    make_scope(
        catalog.storage,
        [every_property_page("One")],
        kind="data_source",
        title="Tasks",
        head=every_property_head(),
    )
    catalog.build()
    ((amount, nothing, kind, no_kind, tags, state, done),) = catalog.ask(
        "SELECT amount, nothing, kind, no_kind, tags, state, done FROM tasks"
    )
    assert (amount, nothing, kind, no_kind) == (12.5, None, "Feature", None)
    assert (tags, state, done) == (["red", "green, or so"], "In progress", True)
    ((due, span, no_date),) = catalog.ask("SELECT due, span, no_date FROM tasks")
    assert due == {"start": dt.datetime(2026, 5, 3), "end": None, "has_time": False, "time_zone": None}  # noqa: DTZ001
    assert (span["start"].hour, span["end"].hour, span["has_time"], no_date) == (14, 15, True, None)
    ((people, files, number, array),) = catalog.ask(
        "SELECT [p.name FOR p IN people], files, number_of, rollup_array FROM tasks"
    )
    assert people[:2] == ["Cleo", None]
    assert all(each["url"] for each in files)
    assert (number, len(array)) == ("TASK-42", 3)


def test_formulas_whose_results_disagree_are_text(catalog):
    rows = [
        ("a", {"Sum": {"type": "number", "number": 3}}),
        ("b", {"Sum": {"type": "string", "string": "many"}}),
    ]
    source(catalog, "Odd", *rows, properties={"Sum": ("formula", {})})
    catalog.build()
    assert catalog.types("odd")["sum"] == "VARCHAR"
    assert catalog.ask("SELECT sum FROM odd ORDER BY page_title") == [("3",), ("many",)]


def test_rollups_of_numbers_and_of_texts_are_lists(catalog):
    numbers = {"type": "array", "array": [{"type": "number", "number": 1}, {"type": "number", "number": 2.5}]}
    pieces = {"type": "array", "array": [{"type": "title", "title": [text("a"), text("b")]}]}
    single = {"type": "array", "array": [{"type": "title", "title": text("one piece")}]}
    columns = {"Nums": ("rollup", {}), "Text": ("rollup", {})}
    source(
        catalog,
        "R",
        ("a", {"Nums": numbers, "Text": pieces}),
        ("b", {"Nums": numbers, "Text": single}),
        properties=columns,
    )
    catalog.build()
    assert catalog.ask("SELECT nums, text FROM r ORDER BY page_title") == [
        ([1, 2.5], ["ab"]),
        ([1, 2.5], ["one piece"]),
    ]


def test_a_relation_is_joined_from_either_side(catalog):
    related = {"Project": ("relation", {"data_source_id": identifier("Projects"), "single_property": {}})}
    source(catalog, "Projects", ("Garden", {}), ("House", {}))
    both = [{"id": identifier("Garden")}, {"id": identifier("House")}]
    source(
        catalog,
        "Tasks",
        ("Dig", {"Project": both[:1]}),
        ("Both", {"Project": both}),
        ("None", {}),
        properties=related,
    )
    catalog.build()
    forth = "SELECT t.name, p.name FROM tasks t JOIN relations r USING (page_id) JOIN projects p ON p.page_id = r.target_id"
    back = "SELECT t.name, p.name FROM projects p JOIN relations r ON r.target_id = p.page_id JOIN tasks t ON t.page_id = r.page_id"
    assert sorted(catalog.ask(forth)) == [("Both", "Garden"), ("Both", "House"), ("Dig", "Garden")]
    assert sorted(catalog.ask(back)) == sorted(catalog.ask(forth))
    comment = catalog.ask("SELECT comment FROM source_columns WHERE column_name = 'project'")[0][0]
    assert "rows of projects" in comment


def test_what_is_no_row_is_in_no_table(catalog):
    source(catalog, "T", ("Row", {}), ("Template", {}), templates=["Template"])
    catalog.build()
    assert catalog.ask("SELECT page_title FROM t") == [("Row",)]


@pytest.mark.parametrize(
    ("title", "name"),
    [("Pages", "pages_rows"), ("Order", "order_rows"), ("pg_tables", "pg_tables_rows"), ("仕事", "仕事")],
)
def test_a_title_that_means_something_else_in_sql_steps_aside(catalog, title, name):
    source(catalog, title, ("a", {}))
    catalog.build()
    assert catalog.ask(f"SELECT page_title FROM {name}") == [("a",)]


def test_of_two_data_sources_of_one_title_the_older_keeps_the_name(catalog):
    source(catalog, "Tasks", ("new", {}), created="2026-02-01T00:00:00.000Z")
    catalog.build()
    source(catalog, "tasks ", ("old", {}), created="2026-01-01T00:00:00.000Z")
    catalog.build()
    other = f"tasks_{identifier('Tasks')[-8:]}"
    assert tables(catalog) == ["tasks", other]
    assert catalog.ask("SELECT page_title FROM tasks") == [("old",)]
    assert catalog.ask(f"SELECT page_title FROM {other}") == [("new",)]
    increment = catalog.content()
    catalog.build(anew=True)
    assert catalog.content() == increment


def test_columns_of_one_name_and_of_the_table_itself_are_told_apart(catalog):
    columns = {
        "Page ID": ("number", {}),
        "Due": ("number", {}),
        "due!": ("checkbox", {}),
        "From": ("number", {}),
        "🚀": ("number", {}),
    }
    source(catalog, "T", properties=columns)
    catalog.build()
    types = catalog.types("t")
    assert [name for name in types if not name.startswith("page_")] == [
        "name",
        "due",
        "from_value",
        "due_column_5",
        "column_6",
    ]
    assert types["page_id_value"] == "DOUBLE"


def test_only_tables_that_moved_are_made_again(catalog):
    source(catalog, "Stays", ("a", {}))
    source(catalog, "Moves", ("b", {}))
    catalog.build()
    identity = "SELECT table_name, table_oid FROM duckdb_tables() WHERE table_name IN ('stays', 'moves')"
    before = dict(catalog.ask(identity))
    source(catalog, "Moves", ("b", {}), ("c", {}))
    catalog.build()
    after = dict(catalog.ask(identity))
    assert after["stays"] == before["stays"]
    assert catalog.ask("SELECT count(*) FROM moves") == [(2,)]


@pytest.mark.parametrize("large_from", [1, 1000], ids=["all large", "all small"])
def test_many_tables_are_made_a_few_in_a_transaction(catalog, monkeypatch, large_from):
    monkeypatch.setattr(builder, "_TABLES_AT_ONCE", 2)
    monkeypatch.setattr(builder, "_ROWS_WORTH_FSST", large_from)
    created, create = [], source_tables.create
    monkeypatch.setattr(
        source_tables,
        "create",
        lambda connection, some: created.append(len(some)) or create(connection, some),
    )
    for number in range(5):
        source(catalog, f"T{number}", (f"row {number}", {}))
    catalog.build()
    assert sorted(created) == [1, 2, 2]
    assert tables(catalog) == ["t0", "t1", "t2", "t3", "t4"]
    assert catalog.ask("SELECT page_title FROM t4") == [("row 4",)]
    source(catalog, "T1", ("another", {}))
    catalog.build()
    assert created[3:] == [1]
    assert catalog.ask("SELECT page_title FROM t1") == [("another",)]


def test_a_data_source_that_is_gone_takes_its_table_along(catalog):
    source(catalog, "Stays", ("a", {}))
    gone = source(catalog, "Goes", ("b", {}))
    catalog.build()
    catalog.storage.delete_tree(f"state/scopes/{gone.commit.scope}")
    catalog.build()
    assert tables(catalog) == ["stays"]
    assert catalog.ask("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'goes'") == [(0,)]


def test_tables_and_columns_of_data_sources_say_what_they_are(catalog):
    source(catalog, "It's", ("a", {}), properties={"Who's": ("people", {})})
    catalog.build()
    ((about,),) = catalog.ask("SELECT comment FROM duckdb_tables() WHERE table_name = 'it_s'")
    assert "It's" in about
    columns = dict(catalog.ask("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'it_s'"))
    assert "Who's" in columns["who_s"]
    assert all(columns.values())


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        *((kind, {"name": "odd"}) for kind in ("files", "relation", "multi_select", "people", "rollup")),
        *((kind, "odd") for kind in ("files", "relation", "multi_select", "people", "date", "number")),
        ("rollup", {"type": "array", "array": {"odd": 1}}),
        ("rollup", {"type": "array", "array": [{"type": "odd one", "odd one": "x"}, None]}),
        ("rollup", {"type": "array", "array": [{"type": "number", "number": "many"}]}),
    ],
)
def test_an_odd_value_costs_no_table(catalog, kind, odd):
    source(catalog, "R", ("a", {"Odd": odd}), ("b", {"Odd": None}), properties={"Odd": (kind, {})})
    catalog.build()
    assert catalog.ask("SELECT count(*) FROM r") == [(2,)]

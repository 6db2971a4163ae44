import csv
import dataclasses
import io
import re

import duckdb
import pandas as pd
import pytest

from notion_sync_assets.core.render.csv_cells import unguard
from notion_sync_assets_tests import corpus_scopes
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.core.render.test_values import EXPECTED
from notion_sync_assets_tests.corpus import (
    document,
    every_property_head,
    every_property_page,
    identifier,
    make_scope,
    page,
    text,
)

PATH = f"csv/Tasks {identifier('Tasks')[-8:]}.csv"


def head(**properties):
    schema = {
        name: {"id": key, "name": name, "type": kind, kind: {}} for name, (key, kind) in properties.items()
    }
    value = every_property_head()
    return {**value, "data_source": {**value["data_source"], "properties": schema}}


def row(title, notes="", created="2026-05-01T08:00:00.000Z"):
    properties = {"Notes": {"id": "n", "type": "rich_text", "rich_text": [text(notes)]}}
    return document(page(title, properties=properties, created_time=created), [])


def rendered(storage, rows, schema, **options):
    make_scope(storage, rows, kind="data_source", title="Tasks", head=schema)
    render_all(storage, **options)
    return storage.read(PATH)


NOTES = head(Name=("title", "title"), Notes=("n", "rich_text"))


def test_a_golden_table(storage):
    rows = [
        row("B", 'say "hi"\nnow', "2026-01-02"),
        row("A", "=1+1", "2026-01-03"),
        row("C", "-5", "2026-01-01"),
    ]

    text_of = rendered(storage, rows, NOTES).decode()

    ids = {
        name: f"{identifier(name)},https://app.notion.com/p/{identifier(name).replace('-', '')}"
        for name in "ABC"
    }
    assert text_of == (
        "Name,Notes,notion_id,notion_url,created_time,last_edited_time,notion_other_values\r\n"
        f"C,-5,{ids['C']},2026-01-01,2026-05-02T09:30:00.000Z,\r\n"
        f'B,"say ""hi""\nnow",{ids["B"]},2026-01-02,2026-05-02T09:30:00.000Z,\r\n'
        f"A,'=1+1,{ids['A']},2026-01-03,2026-05-02T09:30:00.000Z,\r\n"
    )


def test_every_property_type_has_its_text(storage):
    make_scope(storage, [document(page("Linked page"), [])], title="Linked page")
    data = rendered(storage, [every_property_page()], every_property_head()).decode()

    (read,) = csv.DictReader(io.StringIO(data, newline=""))

    assert "unknown value" in read["Later"]
    assert {name: unguard(read[name]) for name in EXPECTED} == EXPECTED
    assert read["notion_id"] == identifier("Every property")


def test_rows_are_ordered_by_creation_then_id(storage):
    rows = [row(str(number), created=f"2026-01-0{1 + number % 3}") for number in range(9)]

    read = list(csv.DictReader(io.StringIO(rendered(storage, rows, NOTES).decode(), newline="")))

    assert len(read) == 9
    assert read == sorted(read, key=lambda item: (item["created_time"], item["notion_id"]))


def test_headers_are_guarded_too(storage):
    data = rendered(storage, [], head(**{"=cmd": ("x", "number")}))

    assert data.decode().split(",")[0] == "'=cmd"


def test_the_guard_can_be_left_out(storage):
    data = rendered(storage, [row("A", "=1+1")], NOTES, csv_guard_formulas=False)

    assert b"A,=1+1," in data


def test_the_byte_order_mark_is_there_when_asked_for(storage):
    assert not rendered(storage, [row("A")], NOTES).startswith(b"\xef\xbb\xbf")
    assert rendered(storage, [row("A")], NOTES, csv_byte_order_mark=True).startswith(b"\xef\xbb\xbfName,")


@pytest.mark.parametrize("reader", ["pandas", "duckdb"])
def test_common_readers_find_every_row_and_column(storage, reader):
    rendered(storage, [every_property_page(name) for name in ("A", "B", "C")], every_property_head())
    file = storage.path(PATH)

    if reader == "pandas":
        frame = pd.read_csv(file)
        shape, amounts = frame.shape, frame["Amount"].tolist()
    else:
        relation = duckdb.connect().read_csv(str(file), header=True)
        shape, amounts = relation.shape, [value for (value,) in relation.select('"Amount"').fetchall()]

    assert shape == (3, len(every_property_head()["data_source"]["properties"]) + 5)
    assert amounts == [12.5] * 3


@pytest.mark.parametrize("reader", ["csv", "pandas", "duckdb"])
def test_every_value_comes_back_from_every_reader_after_the_documented_unescape(storage, reader):
    make_scope(storage, [document(page("Linked page"), [])], title="Linked page")
    rendered(storage, [every_property_page()], every_property_head())
    file = storage.path(PATH)

    if reader == "csv":
        with file.open(encoding="utf-8", newline="") as lines:
            (read,) = csv.DictReader(lines)
    elif reader == "pandas":
        (read,) = pd.read_csv(file, dtype=str, keep_default_na=False).to_dict("records")
    else:
        relation = duckdb.connect().read_csv(str(file), header=True, all_varchar=True)
        read = dict(zip(relation.columns, relation.fetchall()[0], strict=True))

    assert {name: re.sub(r"^'(?='*[=+\-@\t\r])", "", read[name] or "") for name in EXPECTED} == EXPECTED
    assert read["Amount"] == "12.5"


def test_a_page_tree_has_no_csv(storage):
    make_scope(storage, [document(page("Tree"), [])], title="Tree")
    render_all(storage)

    assert [path for path in tree(storage) if path.startswith("csv/")] == []


def test_templates_and_pages_inside_rows_are_no_rows(storage):
    template = document(page("Template page"), [])
    inside = document(page("Inside", parent={"type": "page_id", "page_id": identifier("A")}), [])
    data = rendered(storage, [row("A"), template, inside], NOTES).decode()

    assert [each["Name"] for each in csv.DictReader(io.StringIO(data, newline=""))] == ["A"]


def test_a_renamed_property_renames_its_column_though_rows_are_older(storage):
    data = rendered(storage, [row("A", "kept")], head(Name=("title", "title"), Remarks=("n", "rich_text")))

    assert data.decode().splitlines()[0].startswith("Name,Remarks,")
    assert b"A,kept," in data


def test_pages_that_failed_before_they_were_read_have_no_row(storage, monkeypatch):
    make_row = corpus_scopes._row

    def unread(*arguments):
        return dataclasses.replace(make_row(*arguments), state="failed", document=None)

    monkeypatch.setattr(corpus_scopes, "_row", unread)

    assert rendered(storage, [row("A")], NOTES).count(b"\r\n") == 1

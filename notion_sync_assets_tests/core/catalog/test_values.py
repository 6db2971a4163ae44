"""Single values: what is not of the documented type is nothing, never an error."""

import pytest

from notion_sync_assets.core.catalog.text import block_text, property_text
from notion_sync_assets.core.catalog.values import TypedValue, number_or_none, parent_of, typed_value
from notion_sync_assets_tests.corpus import identifier, text


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1.0), (2.5, 2.5), (True, None), ("3", None), (10**400, None)]
)
def test_numbers_are_doubles_or_nothing(value, number):
    assert number_or_none(value) == number


@pytest.mark.parametrize(
    ("value", "parent"),
    [
        ({"parent": {"type": "page_id", "page_id": identifier("p")}}, ("page_id", identifier("p"))),
        ({"parent": {"type": "workspace", "workspace": True}}, ("workspace", None)),
        ({"parent": {}}, (None, None)),
        ({"parent": None}, (None, None)),
    ],
)
def test_a_parent_is_its_type_and_its_id(value, parent):
    assert parent_of(value) == parent


@pytest.mark.parametrize(
    "value",
    [
        {"type": "number", "number": "12"},
        {"type": "date", "date": None},
        {"type": "date", "date": "2026-05-03"},
        {"type": "formula", "formula": None},
        {"type": "rollup", "rollup": {"type": "array", "array": []}},
        {"type": "unique_id", "unique_id": None},
        {},
    ],
)
def test_a_value_that_is_none_of_the_types_has_no_typed_side(value):
    assert typed_value(value) == TypedValue()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"type": "number", "number": 10**400}, "1" + "0" * 400),
        ({"type": "number", "number": -0.5}, "-0.5"),
        ({"type": "unique_id", "unique_id": {"prefix": None, "number": 7}}, "7"),
        ({"type": "formula", "formula": None}, ""),
        (
            {"type": "rollup", "rollup": {"type": "array", "array": [{"type": "number", "number": 1}, None]}},
            "1",
        ),
        ({"type": "select", "select": {"name": None, "color": "red"}}, '{"color":"red","name":null}'),
        ({"type": "place", "place": {"lat": 1, "lon": 2, "name": None}}, "1 2"),
        ({"type": "rich_text", "rich_text": []}, ""),
        ({"type": "new", "new": [text("a"), text("b")]}, "ab"),
        ({"type": "new", "new": [{"name": "x"}, 3, None]}, "x, 3, "),
    ],
)
def test_every_value_has_a_text(value, shown):
    assert property_text(value) == shown


@pytest.mark.parametrize("payload", [None, [], {"cells": None}, {"rich_text": None}, {"rich_text": [None]}])
def test_an_odd_payload_has_no_text(payload):
    assert block_text({"type": "table_row", "table_row": payload}) == ""

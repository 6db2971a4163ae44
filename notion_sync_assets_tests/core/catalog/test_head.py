"""Rows of heads: schema, options, views, database."""

import orjson
import pytest

from notion_sync_assets.core.catalog.head import head_rows
from notion_sync_assets_tests.corpus import HOSTED, every_property_head, identifier
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_heads


def test_properties_are_ordered_by_name_behind_the_title():
    found = head_rows(every_property_head()).schema_properties
    names = [row.name for row in found]
    assert names[0] == "Name"
    assert names[1:] == sorted(names[1:])
    assert [row.position for row in found] == list(range(len(names)))


def test_the_order_of_the_api_does_not_matter():
    head, turned = every_property_head(), every_property_head()
    source = turned["data_source"]
    source["properties"] = dict(reversed(source["properties"].items()))
    assert head_rows(head) == head_rows(turned)


def test_a_property_keeps_its_configuration():
    found = {row.name: row for row in head_rows(every_property_head()).schema_properties}
    assert orjson.loads(found["Amount"].config) == {"format": "euro"}
    assert orjson.loads(found["Related"].config)["data_source_id"] == identifier("Related source")


def test_options_keep_the_order_people_gave_them_and_know_their_group():
    found = head_rows(every_property_head()).options
    kinds = {row.name: row for row in head_rows(every_property_head()).schema_properties}
    states = [row for row in found if row.property_id == kinds["State"].property_id]
    assert [(row.name, row.option_group, row.position) for row in states] == [
        ("Feature", "Waiting", 0),
        ("red", None, 1),
        ("In progress", "Active", 2),
    ]


def test_the_data_source_and_its_database_know_each_other():
    found = head_rows(every_property_head())
    (source,), (database,) = found.data_sources, found.databases
    assert (source.data_source_id, source.database_id) == (identifier("Tasks"), identifier("Tasks database"))
    assert (source.title, source.description) == ("Tasks", "What is to be done, see Guide")
    assert "properties" not in orjson.loads(source.raw)
    assert (database.database_id, database.page_id, database.data_sources) == (source.database_id, None, 2)


def test_views_tell_what_they_show_and_where():
    found = {row.name: row for row in head_rows(every_property_head()).views}
    assert found["Board"].database_id == identifier("Tasks database")
    assert found["Elsewhere"].data_source_id == identifier("Other source")


def test_files_of_a_head_have_no_page():
    (row,) = head_rows(every_property_head()).files
    assert (row.page_id, row.kind, row.carrier_id) == (None, "cover", identifier("Tasks"))
    assert row.url == f"{HOSTED}/cover.png"


@pytest.mark.parametrize(
    "head", [{}, {"data_source": None, "database": None, "views": None, "templates": None}]
)
def test_what_a_head_lacks_gives_no_rows(head):
    assert not any(head_rows(head))


@NEEDS_RECORDINGS
def test_recorded_heads_give_a_row_for_every_property():
    for head in recorded_heads():
        assert len(head_rows(head).schema_properties) == len(head["data_source"]["properties"])


@pytest.mark.parametrize(
    "odd", [None, "odd", {"options": [None]}, {"options": [{"id": "x"}], "groups": [None]}]
)
def test_an_odd_schema_costs_no_other_property(odd):
    head = every_property_head()
    head["data_source"]["properties"]["State"]["status"] = odd
    assert next(row.name for row in head_rows(head).schema_properties) == "Name"

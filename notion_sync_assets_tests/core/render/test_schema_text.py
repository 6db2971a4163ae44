import pytest

from notion_sync_assets.core.render.schema_text import property_details
from notion_sync_assets_tests.corpus import every_property_source


def details(name):
    return property_details(every_property_source()["properties"][name])


def test_options_are_told_with_their_groups_and_descriptions():
    assert details("State") == "Feature (Waiting), red, In progress (Active)"
    described = {
        "type": "select",
        "select": {"options": [{"id": "1", "name": "A", "description": "the first"}]},
    }
    assert property_details(described) == "A (the first)"


def test_what_is_set_is_told_in_words():
    assert details("Amount") == "format euro"
    assert details("Formula text") == "= 1 + 1"
    assert details("Rollup number") == "function sum; over Related; of Amount"
    assert details("Related").endswith("; both ways with Back")
    assert details("Done") == ""


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (None, ""),
        ([], ""),
        (7, "7"),
        ({"options": 7}, '{"options":7}'),
        ({"options": [{}]}, '{"options":[{}]}'),
        ({"depth": 3}, '{"depth":3}'),
    ],
)
def test_a_shape_nobody_knows_is_shown_as_it_is(config, told):
    assert property_details({"type": "hologram", "hologram": config}) == told

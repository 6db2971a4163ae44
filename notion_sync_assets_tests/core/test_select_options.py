"""Options of a property: what has their shape is kept with its group, whatever stands beside it."""

import pytest

from notion_sync_assets.core.select_options import options_of


def test_options_come_in_order_with_their_groups():
    config = {"options": [{"id": "b"}, {"id": "a"}], "groups": [{"name": "G", "option_ids": ["a"]}]}

    assert options_of({"type": "status", "status": config}) == [({"id": "b"}, None), ({"id": "a"}, "G")]


@pytest.mark.parametrize(
    "config",
    [
        {
            "options": [None, {"id": "a"}, "x"],
            "groups": [None, {"id": "g"}, {"name": "G", "option_ids": None}],
        },
        {"options": [{"id": "a"}], "groups": "x"},
    ],
)
def test_odd_options_and_groups_cost_no_other(config):
    assert options_of({"type": "status", "status": config}) == [({"id": "a"}, None)]


@pytest.mark.parametrize("config", [None, "x", {}, {"options": None}])
def test_a_schema_of_another_shape_has_no_options(config):
    assert options_of({"type": "select", "select": config}) == []

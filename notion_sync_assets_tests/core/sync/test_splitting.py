"""What a tally of rows counts: values of the shape the reference gives them, whatever else rows hold."""

import pytest

from notion_sync_assets.core.sync.splitting import Tally


def rows(kind, *values):
    tally = Tally()
    for value in values:
        tally.add({"properties": {"P": {"id": "p", "type": kind, kind: value}}})
    return tally


@pytest.mark.parametrize(
    "kind", ["select", "status", "number", "unique_id", "checkbox", "url", "rich_text", "title"]
)
@pytest.mark.parametrize("odd", [{"name": {"a": 1}, "number": "x"}, ["x"], "many", 7, True, {"number": [1]}])
def test_odd_values_cost_no_listing(kind, odd):
    tally = rows(kind, odd, None, {"name": "a", "number": 1}, odd, {"name": "b", "number": 2})

    assert isinstance(tally.divisions(), list)


def test_options_still_divide_rows():
    (division,) = rows("select", {"name": "a"}, {"name": "b"}).divisions()

    assert division.parts[0]["select"] == {"equals": "a"}

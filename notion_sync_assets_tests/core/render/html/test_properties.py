"""Properties: every type shows what it holds, with links, tags and keys to sort by."""

import pytest

from notion_sync_assets.core.render.html.context import page_context
from notion_sync_assets.core.render.html.properties import sort_key, value_markup
from notion_sync_assets.core.render.link_slice import titles
from notion_sync_assets.core.render.values import display_text
from notion_sync_assets_tests.core.render.html.conftest import PATH
from notion_sync_assets_tests.core.render.html.reading import read, squeezed
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import every_property_page, identifier, option

ROW = every_property_page()
SPELLED_DIFFERENTLY = {
    "Created": "2026-05-01 08:00 UTC",
    "Edited": "2026-05-02 09:30 UTC",
    "Done": "Yes",
    "Formula boolean": "No",
    "Files": "plan.txt 8 bytes, site (https://example.com/s)",
    "Tags": "red green, or so",
}


@pytest.mark.parametrize("name", sorted(ROW.page["properties"]))
def test_a_value_shows_the_text_it_has_everywhere(name, known):
    links = known(entry(identifier("Linked page"), "Linked page"), entry(identifier("Rolled page"), "Rolled"))
    value = ROW.page["properties"][name]
    made = read(f"<p>{value_markup(value, page_context(ROW, PATH, links))}</p>").elements[0].text
    expected = SPELLED_DIFFERENTLY.get(name, display_text(value, titles(links), ROW.files))
    assert squeezed(made) == squeezed(expected)


def shown(value, page):
    return read(f"<p>{value_markup(value, page)}</p>")


def test_a_relation_links_to_the_rows_of_the_export(context):
    page = context(entry(identifier("Linked page"), "Linked page"))
    found = shown(ROW.page["properties"]["Related"], page)
    assert found.links == [f"{identifier('Linked page').replace('-', '')}.html"]
    assert identifier("Hidden page") in found.elements[0].text


def test_addresses_are_links_where_they_are_allowed(context):
    assert shown({"type": "url", "url": "https://a.b/"}, context()).links == ["https://a.b/"]
    assert shown({"type": "url", "url": "javascript:alert(1)"}, context()).links == []
    assert shown({"type": "email", "email": "ada@example.com"}, context()).links == ["mailto:ada@example.com"]
    assert shown({"type": "email", "email": "x y"}, context()).links == []
    assert shown({"type": "phone_number", "phone_number": "+49 30 12"}, context()).links == ["tel:+493012"]


def test_options_are_tags_in_their_colour(context):
    tag = shown({"type": "select", "select": {"name": "<A>", "color": "red"}}, context()).one("span")
    assert (tag.text, tag.attributes["class"]) == ("<A>", "tag bg-red")


@pytest.mark.parametrize(
    "odd", [{"type": "people", "people": 3}, {"type": "date", "date": []}, {"type": "select", "select": {}}]
)
def test_a_value_of_an_odd_shape_is_shown_as_it_came(odd, context):
    assert value_markup(odd, context()) in (display_text(odd), "3")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"type": "number", "number": 2.5}, "2.5"),
        ({"type": "checkbox", "checkbox": True}, "1"),
        ({"type": "date", "date": {"start": "2026-01-02"}}, "2026-01-02"),
        ({"type": "formula", "formula": {"type": "number", "number": 3}}, "3"),
        ({"type": "unique_id", "unique_id": {"prefix": "T", "number": 7}}, "7"),
        ({"type": "created_time", "created_time": "2026-01-02T03:04:00.000Z"}, "2026-01-02T03:04:00.000Z"),
        ({"type": "title", "title": []}, None),
    ],
)
def test_values_are_sorted_by_what_they_mean(value, key):
    assert sort_key(value, {}) == key


def test_an_option_is_sorted_by_its_place_in_the_schema():
    schema = {"select": {"options": [option("later"), option("first")]}}
    assert sort_key({"type": "select", "select": option("first")}, schema) == "1"
    assert sort_key({"type": "select", "select": option("gone")}, schema) is None

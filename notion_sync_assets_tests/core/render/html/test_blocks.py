"""Blocks: every kind is shown, in order, with all its text, in the element that its meaning asks for."""

import pytest

from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.render.html.blocks import render_blocks
from notion_sync_assets.core.render.html.context import anchor
from notion_sync_assets_tests.core.render.conformance.expected import shown as said_by_blocks
from notion_sync_assets_tests.core.render.html.reading import read, squeezed
from notion_sync_assets_tests.core.render.rendering import entry
from notion_sync_assets_tests.corpus import (
    block,
    document,
    every_block_document,
    every_mention_document,
    identifier,
    page,
    paragraph,
    text,
)
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents


def one_page(*blocks):
    return document(page("Blocks"), list(blocks))


def item(kind, words, children=None, **values):
    return block(kind, {"rich_text": [text(words)], "color": "default", **values}, children, name=words)


def assert_all_text_is_shown_in_order(value, shown):
    walked = [each for each, _ in value.walk()]
    names = [anchor(each["id"]) for each in walked]
    found = [each for each in shown.elements if each.attributes.get("id") in set(names)]
    assert [each.attributes["id"] for each in found] == names
    texts = {each["id"]: said for each, said in said_by_blocks(value)}
    for each, element in zip(walked, found, strict=True):
        words = squeezed(element.text)
        for part in texts.get(each["id"], block_text(each)).splitlines():
            assert squeezed(part) in words, f"{each['type']}: {part!r} is not in {words!r}"


@pytest.mark.parametrize(
    "value", [every_block_document(), every_mention_document()], ids=["blocks", "mentions"]
)
def test_the_text_of_every_block_is_shown_in_order(value, shown):
    assert_all_text_is_shown_in_order(value, shown(value))


@NEEDS_RECORDINGS
def test_the_text_of_every_recorded_block_is_shown_in_order(shown):
    for value in recorded_documents():
        assert_all_text_is_shown_in_order(value, shown(value))


def test_neighbouring_items_share_a_list_and_other_blocks_end_it(shown):
    found = shown(
        one_page(
            item("bulleted_list_item", "one"),
            item("bulleted_list_item", "two"),
            paragraph("between"),
            item("bulleted_list_item", "three"),
        )
    )
    assert [squeezed(each.text) for each in found.all("ul")] == ["onetwo", "three"]


def test_lists_nest_as_deep_as_notion_lets_them(shown):
    nested = item("bulleted_list_item", "level 12")
    for level in range(11, 0, -1):
        nested = item("numbered_list_item" if level % 2 else "to_do", f"level {level}", [nested])
    deepest = shown(one_page(nested)).by_id[anchor(identifier("level 12"))]
    assert deepest.parents.count("li") == 11
    assert deepest.parents.count("ol") == 6


def test_a_numbered_list_starts_and_counts_as_in_notion(shown):
    found = shown(
        one_page(
            item("numbered_list_item", "third", list_start_index=3, list_format="letters"),
            item("numbered_list_item", "fourth"),
            item("numbered_list_item", "again", list_start_index=1, list_format="roman"),
        )
    )
    lists = [each.attributes for each in found.all("ol") if "start" in each.attributes]
    assert lists == [{"start": "3", "type": "a"}, {"start": "1", "type": "i"}]


def test_a_to_do_is_a_box_that_cannot_be_clicked(shown):
    found = shown(one_page(item("to_do", "done", checked=True), item("to_do", "open", checked=False)))
    boxes = [each.attributes for each in found.all("input", type="checkbox")]
    assert ["checked" in box for box in boxes] == [True, False]
    assert all("disabled" in box for box in boxes)
    assert found.all("input", type="checkbox")[0].parents[-1] == "label"


def test_headings_keep_their_order_below_the_title(shown):
    found = shown(every_block_document())
    assert [found.by_id[anchor(identifier(f"heading_{level}"))].tag for level in (1, 2, 3, 4)] == [
        "h2",
        "h3",
        "h4",
        "h5",
    ]
    assert found.one("h1").text == "📦Every block"


def test_what_folds_in_notion_folds_here(shown):
    found = shown(every_block_document())
    for name in ("toggle", "template"):
        assert found.by_id[anchor(identifier(name))].tag == "details"
    assert found.by_id[anchor(identifier("heading_4"))].parents[-2:] == ("details", "summary")
    assert "details" in found.by_id[anchor(identifier("paragraph inside the toggle"))].parents


def test_a_table_says_what_its_header_cells_head(shown):
    rows = [
        block("table_row", {"cells": [[text("")], [text("A")]]}, name="head"),
        block("table_row", {"cells": [[text("r")], [text("1\n2")]]}, name="row"),
    ]
    payload = {"table_width": 2, "has_column_header": True, "has_row_header": True}
    found = shown(one_page(block("table", payload, rows)))
    assert [(each.attributes["scope"], each.text) for each in found.all("th")] == [
        ("col", ""),
        ("col", "A"),
        ("row", "r"),
    ]
    assert [each.text for each in found.all("td")] == ["1\n2"]
    assert found.all("td")[0].parents[-2:] == ("tbody", "tr")


def test_columns_tell_their_width_by_a_class(shown):
    found = shown(every_block_document())
    widths = [each.attributes["class"] for each in found.all("div", class_="column")]
    assert widths == ["column w-3", "column"]


def test_tabs_are_sections_with_a_name(shown):
    found = shown(every_block_document())
    tab = found.by_id[anchor(identifier("tab one"))]
    assert tab.tag == "section"
    assert found.by_id[tab.attributes["aria-labelledby"]].text == "Tab one"
    assert "content of the tab" in tab.text


def test_the_table_of_contents_leads_to_every_heading(shown):
    found = shown(every_block_document())
    contents = [href for href in found.links if href.startswith("#b-")]
    assert [found.by_id[href[1:]].text for href in contents[:4]] == [
        "Heading 1",
        "Heading 2",
        "Heading 3",
        "Toggle heading",
    ]


def test_child_pages_and_links_lead_to_files_of_the_export(shown):
    child = entry(identifier("Child page"), "Renamed child")
    linked = entry(identifier("Linked page"), "Linked")
    found = shown(every_block_document(), child, linked)
    links = {each.text: each.attributes["href"] for each in found.all("a", class_="child")}
    assert links["Renamed child"] == f"{child.id.replace('-', '')}.html"
    assert links["Linked"] == f"{linked.id.replace('-', '')}.html"


def test_what_the_export_does_not_hold_says_so(shown):
    found = shown(every_block_document())
    assert "not in this export" in found.by_id[anchor(identifier("Child page"))].text
    assert "shows a database of another place" in found.by_id[anchor(identifier("Linked database"))].text
    assert "not in this export" in found.by_id[anchor(identifier("audio"))].text
    assert "button" in found.by_id[anchor(identifier("unsupported"))].text


def test_an_unknown_block_shows_its_type_its_text_and_its_children(shown):
    odd = block("hologram", {"a": [{"rich_text": [text("deep words")]}]}, [paragraph("below")])
    found = shown(one_page(odd))
    assert "hologram" in found.by_id[anchor(identifier("hologram"))].text
    assert "deep words" in found.by_id[anchor(identifier("hologram"))].text


@pytest.mark.parametrize(
    "odd",
    [
        block("table", {"has_column_header": True}, [block("table_row", {"cells": 3})]),
        block("column", {"width_ratio": "wide"}, [paragraph("below")]),
        block("numbered_list_item", {"rich_text": "no list", "list_start_index": "x"}, [paragraph("below")]),
        block("meeting_notes", {"calendar_event": [1]}, [paragraph("below")]),
        block("image", {"type": "file", "file": None, "caption": [text("words")]}),
        {"type": "paragraph", "paragraph": {"rich_text": [text("without an id")]}},
    ],
    ids=lambda odd: odd["type"],
)
def test_a_block_of_an_odd_shape_costs_nothing_else(odd, context):
    made = read(render_blocks([paragraph("before"), odd, paragraph("after")], context()))
    words = " ".join(each.text for each in made.elements)
    assert words.index("before") < words.index("after")
    for part in [block_text(odd), *map(block_text, odd.get("children") or [])]:
        assert part in words


def test_a_reason_stands_where_something_is_missing(context):
    copy = block("synced_block", {"synced_from": {"type": "block_id", "block_id": identifier("x")}})
    omitted = [{"kind": "block", "id": copy["id"], "reason": "synced_original_not_shared", "detail": ""}]
    value = document(page("Here"), [copy], omitted=omitted)
    made = read(render_blocks(value.blocks, context(of=value)))
    assert (
        made.one("span", class_="note").text
        == "The original of this synced block is not shared with the connection"
    )


def test_what_folds_is_open_so_that_a_printer_and_a_search_find_it(shown):
    found = shown(
        one_page(
            item("toggle", "toggle", [paragraph("in the toggle")]),
            item("heading_1", "heading", [paragraph("in the heading")], is_toggleable=True),
            item("template", "button", [paragraph("in the button")]),
        )
    )
    folding = [each for each in found.elements if each.tag == "details"]
    assert len(folding) == 3
    assert all("open" in each.attributes for each in folding)

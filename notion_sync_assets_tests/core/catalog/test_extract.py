"""Rows of pages: positions, texts, and every value a document may hold."""

import orjson
import pytest

from notion_sync_assets.core.catalog import rows
from notion_sync_assets.core.catalog.extract import PageRows, page_rows
from notion_sync_assets.core.catalog.schema import SCHEMAS, TABLES
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets_tests.corpus import (
    HOSTED,
    block,
    document,
    every_block_document,
    every_mention_document,
    every_property_page,
    identifier,
    page,
    paragraph,
)
from notion_sync_assets_tests.corpus_recorded import recorded_documents


def extracted(item: Document) -> PageRows:
    row = ManifestRow(
        page_id=item.page_id, state="exported", title="", parent_type="", listing_hash="", document_seq=1
    )
    return page_rows(row, item)


def block_rows(item):
    return {row.block_id: row for row in extracted(item).blocks}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paragraph", "Bold and codee=mc^2"),
        ("heading_4", "Toggle heading"),
        ("code", "print('```')\nListing"),
        ("equation", "\\sqrt{x}"),
        ("table head", "Head A\tHead B"),
        ("table_row", "a|b\tline\nbreak"),
        ("image", "Caption"),
        ("file", "Caption\nnote.txt"),
        ("bookmark", "Worth reading\nhttps://example.com/bookmark"),
        ("embed", "https://example.com/embed"),
        ("link_preview", "https://github.com/example/repo/pull/1"),
        ("Child page", "Child page"),
        ("meeting_notes", "Weekly meeting"),
        ("hologram", "From the future"),
        ("divider", ""),
        ("unsupported", ""),
    ],
)
def test_a_block_row_holds_the_text_a_reader_sees(name, text):
    assert block_rows(every_block_document())[identifier(name)].plain_text == text


def test_every_text_of_a_document_is_in_some_block_row():
    """Independent of the code under test: every plain_text in the JSON of the blocks."""

    def texts(value):
        if isinstance(value, dict):
            if "plain_text" in value:
                yield value["plain_text"]
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, list):
            for item in value:
                yield from texts(item)

    for item in (every_block_document(), every_mention_document(), *recorded_documents()):
        rows_of = {row.block_id: row.plain_text for row in extracted(item).blocks}
        for value, _ in item.walk():
            own = {name: content for name, content in value.items() if name != "children"}
            assert all(text in rows_of[value["id"]] for text in texts(own)), value["id"]


def test_blocks_are_numbered_in_document_order_and_know_their_place():
    tree = [
        block("toggle", {}, [block("quote", {}, [paragraph("deep", name="deep")])]),
        paragraph("last", name="last"),
    ]
    found = block_rows(document(page("Tree"), tree))
    toggle, quote, deep, last = (found[identifier(name)] for name in ("toggle", "quote", "deep", "last"))
    assert [row.position for row in (toggle, quote, deep, last)] == [0, 1, 2, 3]
    assert [row.depth for row in (toggle, quote, deep, last)] == [0, 1, 2, 0]
    assert deep.path == f"{identifier('toggle')}/{identifier('quote')}"
    assert (deep.parent_id, last.parent_id) == (identifier("quote"), identifier("Tree"))


def test_raw_json_of_a_block_lacks_only_its_children():
    item = every_block_document()
    values = {value["id"]: value for value, _ in item.walk()}
    for row in extracted(item).blocks:
        value = {name: content for name, content in values[row.block_id].items() if name != "children"}
        assert orjson.loads(row.raw) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Name", "Every property"),
        ("Notes", "Some notes"),
        ("Amount", "12.5"),
        ("Nothing", ""),
        ("Kind", "Feature"),
        ("No kind", ""),
        ("Tags", "red, green, or so"),
        ("State", "In progress"),
        ("Due", "2026-05-03"),
        ("Span", "2026-05-03T10:00:00.000-04:00 → 2026-05-04T11:30:00.000-04:00"),
        ("People", f"Cleo, {identifier('Dan')}, Editors"),
        ("Files", "plan.txt, site"),
        ("Done", "true"),
        ("Link", "https://example.com/link"),
        ("Creator", "Ada"),
        ("Formula text", "=1+1"),
        ("Formula number", "3"),
        ("Formula boolean", "false"),
        ("Formula deep", ""),
        ("Related", f"{identifier('Linked page')}, {identifier('Hidden page')}"),
        ("Rollup number", "7"),
        ("Rollup array", f"First item, {identifier('Rolled page')}, Fay"),
        ("Rollup incomplete", ""),
        ("Number of", "TASK-42"),
        ("Verified", "verified"),
        ("Press", ""),
        ("Where", "Berlin, Berlin, Germany, 52.52 13.405"),
    ],
)
def test_a_property_row_holds_the_value_as_text(name, text):
    found = {row.name: row for row in extracted(every_property_page()).properties}
    assert found[name].text == text


def test_an_unknown_property_type_keeps_its_text():
    found = {row.name: row for row in extracted(every_property_page()).properties}
    assert "unknown value" in found["Later"].text


def test_typed_columns_hold_numbers_booleans_and_dates_whatever_computes_them():
    found = {row.name: row for row in extracted(every_property_page()).properties}
    numbers = {name: row.number for name, row in found.items() if row.number is not None}
    booleans = {name: row.boolean for name, row in found.items() if row.boolean is not None}
    dates = {name: (row.date_start, row.date_end) for name, row in found.items() if row.date_start}
    assert numbers == {"Amount": 12.5, "Formula number": 3, "Rollup number": 7, "Number of": 42}
    assert booleans == {"Done": True, "Formula boolean": False}
    assert dates["Span"] == ("2026-05-03T10:00:00.000-04:00", "2026-05-04T11:30:00.000-04:00")
    assert dates.keys() == {"Created", "Due", "Edited", "Formula date", "Rollup date", "Span", "Verified"}


def test_property_ids_are_decoded_so_that_rollups_and_views_can_be_joined():
    value = {"Odd": {"id": "v_%5D%3C", "type": "checkbox", "checkbox": True}}
    found = extracted(document(page("Row", properties=value)))
    assert [row.property_id for row in found.properties] == ["title", "v_]<"]


def test_files_tell_where_they_are_used_and_where_they_lie():
    found = {(row.kind, row.name): row for row in extracted(every_block_document()).files}
    picture = found["block", "picture.png"]
    assert (picture.hosted, picture.media_type, picture.size) == (True, "image/png", 11)
    assert picture.path == f"files/{picture.sha256[:2]}/{picture.sha256}.png"
    assert found["block", "missing.mp3"].path is None
    assert found["comment", "picture.png"].sha256 == picture.sha256
    assert not found["cover", "woodcuts_1.jpg"].hosted
    assert found["block", "a.png"].url == "https://example.com/a.png"


def test_files_of_properties_icons_and_emoji_are_found():
    of_row = {(row.kind, row.url) for row in extracted(every_property_page()).files}
    assert of_row == {
        ("property", f"{HOSTED}/plan.txt"),
        ("property", "https://example.com/s"),
        ("icon", f"{HOSTED}/icon.png"),
    }
    of_text = {(row.kind, row.name) for row in extracted(every_mention_document()).files}
    assert of_text == {("custom_emoji", "party")}


def test_comments_keep_their_place_and_words():
    first, second = extracted(every_block_document()).comments
    assert (first.parent_type, first.parent_id, first.text) == (
        "page_id",
        identifier("Every block"),
        "Well done",
    )
    assert (second.parent_type, second.parent_id, second.text) == (
        "block_id",
        identifier("quote"),
        "See @Cleo",
    )


def test_only_users_told_in_full_become_users():
    found = extracted(every_property_page()).users
    assert {row.name for row in found} == {"Ada", "Cleo", "Fay"}
    assert {row.email for row in found} == {"ada@example.com", "cleo@example.com", "fay@example.com"}


def test_what_a_document_omits_is_carried_over():
    (row,) = extracted(every_block_document()).omitted
    expected = ("block", identifier("unsupported"), "unsupported_by_api", "button")
    assert (row.kind, row.id, row.reason, row.detail) == expected


def test_a_linked_database_is_a_database_without_data_sources():
    (row,) = extracted(every_block_document()).databases
    assert (row.page_id, row.database_id) == (identifier("Every block"), identifier("Linked database"))
    assert (row.title, row.data_sources, row.parent_id) == ("Linked database", 0, identifier("Every block"))


@pytest.mark.parametrize(
    "odd",
    [
        {"object": "block", "id": "odd"},
        {"object": "block", "id": "odd", "type": "paragraph", "paragraph": None},
        {"object": "block", "id": "odd", "type": "paragraph", "paragraph": {"rich_text": [None, 7, {}, "x"]}},
        {
            "object": "block",
            "id": "odd",
            "type": "paragraph",
            "paragraph": {"rich_text": [{"plain_text": None}]},
        },
        {"object": "block", "id": "odd", "type": "table_row", "table_row": {"cells": [None, ["x"]]}},
        {"object": "block", "id": "odd", "type": "embed", "embed": {"url": "https://[broken"}},
        {"object": "block", "id": "odd", "type": "image", "image": {"type": "file", "file": None}},
        {"object": "block", "id": "odd", "type": "x", "x": [], "parent": None, "created_by": "me"},
    ],
)
def test_an_odd_block_is_a_row_like_any_other(odd):
    found = extracted(Document(page=page("Odd"), blocks=[odd, paragraph("next")]))
    assert [row.block_id for row in found.blocks] == ["odd", identifier("paragraph next")]


def test_a_page_without_properties_blocks_or_comments_is_still_a_page():
    found = extracted(Document(page={"object": "page", "id": "bare", "properties": None}))
    assert [row.page_id for row in found.pages] == ["bare"]
    assert (found.blocks, found.properties, found.comments) == ([], [], [])


def test_every_table_has_a_row_class_with_the_columns_of_its_schema():
    classes = [
        value for value in vars(rows).values() if hasattr(value, "_fields") and value is not rows.Column
    ]
    assert {tuple(row._fields) for row in classes} == {tuple(schema.names) for schema in SCHEMAS.values()}
    assert len(classes) == len(TABLES)

"""No renderer loses text that stands where the API's reference has none: extra fields, children, cells, comments."""

import pytest

from notion_sync_assets_tests.core.render.conformance.renderers import READABLE
from notion_sync_assets_tests.corpus import block, comment, document, identifier, page, paragraph, text

every_renderer = pytest.mark.parametrize("renderer", READABLE, ids=lambda renderer: renderer.name)
PLAIN = (
    "paragraph heading_2 bulleted_list_item numbered_list_item to_do toggle quote callout code template video tab table "
    "divider breadcrumb table_of_contents column_list meeting_notes hologram"
)
TYPES = {
    **{kind: {} for kind in PLAIN.split()},
    "equation": {"expression": "x"},
    "bookmark": {"url": "https://example.com/a"},
    "image": {"type": "external", "external": {"url": "https://example.com/a.png"}},
    "link_to_page": {"type": "page_id", "page_id": identifier("P")},
    "synced_block": {"synced_from": None},
    "table_row": {"cells": []},
    "unsupported": {"block_type": "button"},
}
every_type = pytest.mark.parametrize("kind", TYPES)


def seen(renderer, links, *blocks, **values):
    return renderer.read(renderer.render(document(page("P"), list(blocks), **values), links))


@every_renderer
@every_type
def test_text_in_a_field_that_a_type_is_not_known_to_have_is_seen_once(renderer, kind, known):
    odd = {**block(kind, {**TYPES[kind], "subtitle": [text("odd words")]}), "note": "beside it"}

    words = seen(renderer, known(), odd)

    assert (words.count("odd words"), words.count("beside it")) == (1, 1)


@every_renderer
@every_type
@pytest.mark.parametrize("payload", ["odd words", [text("odd words")]], ids=["text", "rich text"])
def test_a_block_that_is_nothing_but_text_is_seen(renderer, kind, payload, known):
    assert seen(renderer, known(), {**block(kind, {}), kind: payload}).count("odd words") == 1


@every_renderer
@every_type
def test_what_is_inside_of_a_block_of_any_type_is_seen_once(renderer, kind, known):
    whole = block(kind, TYPES[kind], [paragraph("inside")])

    assert seen(renderer, known(), whole).count("inside") == 1


@every_renderer
@pytest.mark.parametrize(
    "odd", ["odd words", text("odd words"), [{"type": "text", "text": {"content": "odd words"}}]]
)
@pytest.mark.parametrize("kind", ["paragraph", "heading_1", "to_do", "code", "callout"])
def test_rich_text_of_another_shape_is_seen(renderer, kind, odd, known):
    assert seen(renderer, known(), block(kind, {"rich_text": odd})).count("odd words") == 1


@every_renderer
def test_a_table_shows_what_is_no_row_and_cells_of_other_shapes(renderer, known):
    rows = [
        block("table_row", {"cells": [[text("cell")], "bare", None, text("item")]}, [paragraph("in a row")]),
        paragraph("no row"),
        {**block("table_row", {}), "table_row": "odd row"},
    ]

    words = seen(renderer, known(), block("table", {"table_width": 2}, rows))

    for said in ("cell", "bare", "item", "in a row", "no row", "odd row"):
        assert words.count(said) == 1, said


@every_renderer
def test_tabs_show_what_is_no_paragraph(renderer, known):
    picture = block(
        "image",
        {"type": "external", "external": {"url": "https://example.com/a.png"}, "caption": [text("shown")]},
    )

    words = seen(
        renderer,
        known(),
        block("tab", {}, [paragraph("label"), picture, block("code", {"rich_text": [text("x=1")]})]),
    )

    assert "label" in words
    assert "shown" in words
    assert words.count("x=1") == 1


@every_renderer
@pytest.mark.parametrize("file", [None, {"url": "javascript:x"}, {"url": None}])
def test_a_file_without_an_address_to_link_keeps_its_name(renderer, file, known):
    payload = {"type": "external", "external": file, "name": "report.pdf", "caption": []}

    assert "report.pdf" in seen(renderer, known(), block("file", payload))


@every_renderer
def test_an_odd_comment_is_seen_beside_the_others(renderer, known):
    parent = {"type": "page_id", "page_id": identifier("P")}
    said = [
        {**comment(str(number), parent, [text(f"said {number}")]), **changes}
        for number, changes in enumerate(
            [
                {"created_by": "somebody", "display_name": None},
                {"parent": "x"},
                {"display_name": 7},
                {"note": [text("odd words")]},
            ]
        )
    ]

    words = seen(renderer, known(), comments=said)

    for expected in ("said 0", "said 1", "said 2", "said 3", "odd words", "somebody"):
        assert words.count(expected) == 1, expected


@every_renderer
def test_what_a_renderer_cannot_foresee_costs_one_block(renderer, known):
    column = block("column", {"width_ratio": float("inf")}, [paragraph("inside")])

    words = seen(renderer, known(), paragraph("before"), column, paragraph("after"))

    assert words.index("before") < words.index("inside") < words.index("after")

"""What API values say: every text is found wherever it stands, once, and nothing that is no text."""

import pytest

from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.spoken import row_cells, rows_and_others, text_items, unforeseen, words

PLAIN = {"type": "text", "text": {"content": "said"}, "plain_text": "said", "annotations": {}}


def without(item, *names):
    return {name: value for name, value in item.items() if name not in names}


@pytest.mark.parametrize(
    "odd",
    [
        [without(PLAIN, "plain_text")],
        [{**PLAIN, "plain_text": None}],
        [without(PLAIN, "annotations", "text")],
        [{"type": "equation", "equation": {"expression": "said"}}],
        [{"type": "mention", "mention": {"type": "user", "user": {"id": "u", "name": "said"}}}],
        [{"type": "mention", "mention": {"type": "link_mention", "link_mention": {"title": "said"}}}],
        [{"type": "sparkle", "sparkle": {"label": "said", "color": "red"}, "annotations": {}}],
        [None, [PLAIN], None],
        ["said"],
        "said",
        PLAIN,
    ],
)
def test_rich_text_of_any_shape_is_read(odd):
    assert plain_text(odd) == "said"


def test_rich_text_as_the_reference_has_it_is_not_copied():
    items = [PLAIN]
    assert text_items(items) is items


@pytest.mark.parametrize(
    "nothing", [None, [], {}, 7, "", [None], [{}], {"id": "x", "type": "y", "color": "red"}]
)
def test_what_has_no_text_says_nothing(nothing):
    assert (plain_text(nothing), list(words(nothing))) == ("", [])


def test_all_texts_of_an_unknown_block_are_found_in_a_stable_order():
    payload = {
        "label": "third",
        "caption": [PLAIN],
        "rich_text": [{**PLAIN, "plain_text": "first"}],
        "nested": {"deep": ["fourth", {"page_id": "no text", "say": "fifth"}]},
    }
    block = {"object": "block", "id": "b", "type": "hologram", "hologram": payload, "note": [PLAIN]}

    assert unforeseen(block) == ["first", "said", "third", "fourth", "fifth", "said"]


@pytest.mark.parametrize(
    "changes",
    [
        {"paragraph": {"rich_text": [PLAIN], "color": "default", "subtitle": "odd"}},
        {"paragraph": {"rich_text": [PLAIN], "caption": [{**PLAIN, "plain_text": "odd"}]}},
        {"paragraph": [{**PLAIN, "plain_text": "odd"}]},
        {"paragraph": "odd"},
        {"paragraph": {"rich_text": [PLAIN]}, "aside": {"rich_text": [{**PLAIN, "plain_text": "odd"}]}},
    ],
)
def test_a_known_block_tells_what_its_type_is_not_known_to_have(changes):
    block = {"object": "block", "id": "b", "type": "paragraph", "has_children": False, **changes}

    assert unforeseen(block) == ["odd"]


def test_the_event_of_a_meeting_tells_what_it_is_not_known_to_have():
    payload = {"title": [PLAIN], "calendar_event": {"start_time": "2026-01-01", "title": "odd"}}

    assert unforeseen({"type": "meeting_notes", "meeting_notes": payload}) == ["odd"]


def test_a_table_keeps_what_is_no_row_and_what_is_inside_of_rows():
    inside = {"type": "paragraph", "paragraph": {"rich_text": [PLAIN]}}
    row = {"type": "table_row", "table_row": {"cells": [[PLAIN]]}, "children": [inside]}
    odd = {"type": "table_row", "table_row": "odd"}

    assert rows_and_others({"children": [inside, row, odd]}) == ([row], [inside, inside, odd])
    assert row_cells(row) == [[PLAIN]]
    assert row_cells({"table_row": {"cells": {"a": [PLAIN]}}}) == [{"a": [PLAIN]}]

"""JSON as Notion's users can make it."""

import json

import pytest

from notion_sync_assets.core.notion.transports.body import loads


@pytest.mark.parametrize("value", [{"a": [1, None, "ü🎯"]}, {"n": 2**80}, {"n": -0.5}])
def test_ordinary_json_is_read_as_it_is(value):
    assert loads(json.dumps(value).encode()) == value


def test_a_lone_surrogate_becomes_a_replacement_character_and_pairs_survive():
    read = loads(b'{"title": "a\\ud83dz", "emoji": "\\ud83c\\udfaf"}')
    assert read == {"title": "a\ufffdz", "emoji": "🎯"}
    json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b'{"a": "\xff"}'])
def test_what_is_no_json_is_a_value_error(content):
    with pytest.raises(ValueError, match=r".+"):
        loads(content)

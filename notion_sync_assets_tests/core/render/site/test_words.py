"""Words of the search index."""

import pytest

from notion_sync_assets.core.render.site.words import LONGEST, shard, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World_42!", ["hello", "world", "42"]),
        ("Über Crème", ["uber", "creme"]),
        ("日本語のタイトル", ["日本", "本語", "語の", "のタ", "タイ", "イト", "トル"]),
        ("東京 tower", ["東京", "tower"]),
        ("مرحبا", ["مرحبا"]),
        ("x" * 60, ["x" * LONGEST]),
        ("🤖 ... ", []),
    ],
)
def test_a_text_is_cut_into_words(text, expected):
    assert list(words(text)) == expected


def test_words_that_begin_alike_are_in_one_file():
    assert shard("hello") == shard("help") == "he"
    assert shard("日本") == shard("日記")
    assert shard("a") == "a_"


def test_no_file_has_a_name_that_a_system_forbids():
    names = {shard(word) for word in ("con", "aux", "né", "日本", "1", "ab", "😀"[0])}
    assert all(name.isascii() and name.replace("_", "a").replace("-", "a").isalnum() for name in names)

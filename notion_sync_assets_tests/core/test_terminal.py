"""What anybody wrote stays a piece of one line."""

import unicodedata

import pytest

from notion_sync_assets.core.history.texts import marked, plain
from notion_sync_assets.core.terminal import one_line

STEERING = [chr(point) for point in range(0x2100) if unicodedata.category(chr(point)) in {"Cc", "Zl", "Zp"}]
TURNING = [chr(point) for point in range(0x2100) if unicodedata.bidirectional(chr(point)) in {
    "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
}]  # fmt: skip


def test_every_control_and_line_end_is_among_what_is_tried():
    assert {"\x1b", "\x9b", "\n", "\r", "\x85", "\u2028", "\u2029"} <= set(STEERING)
    assert {"\u202e", "\u2066"} <= set(TURNING)


@pytest.mark.parametrize("shown", [one_line, plain, marked])
@pytest.mark.parametrize("character", [*STEERING, *TURNING, "\u061c", "\u200e", "\u200f"], ids=ascii)
def test_no_character_begins_a_line_or_steers_the_terminal(shown, character):
    told = shown(f"before{character}after")
    assert character not in told
    assert len(told.splitlines()) == 1
    assert told.startswith("before")
    assert told.endswith("after")


def test_what_people_write_stays():
    text = "Ünïcode, 日本語, emoji 👩‍💻, עברית"
    assert one_line(text) == text

"""Bodies of generated pages: plausible, of varied size, a pure function of seed and number.

Two of five rows are empty; one page in two hundred has a list longer than one request; the others have some nesting,
so that reading a body takes about two requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from notion_sync_assets.emulator.blocks import (
    Node,
    bullet,
    callout,
    code,
    heading,
    media,
    numbered,
    paragraph,
    place,
    quote,
    table,
    to_do,
    toggle,
)
from notion_sync_assets.emulator.hosted import hosted
from notion_sync_assets.emulator.ids import short_hash
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import mention_page, mention_user, text

WORDS = (
    "garden", "robot", "sensor", "battery", "path", "stone", "signal", "report", "review", "winter", "design",
    "plan", "gear", "map", "water", "light", "quiet", "quick", "careful", "spare", "first", "second", "open",
)  # fmt: skip
EMPTY_ROWS = 40
LONG_LIST = 120


@dataclass(frozen=True)
class Neighbours:
    """What a body refers to: pages and databases placed on it, another page, and a person."""

    places: tuple[str, ...]
    page_id: str
    page_title: str
    person: Json


def body_of(seed: int, number: int, near: Neighbours, *, row: bool) -> list[Node]:
    """The blocks of page `number`; child pages and databases come last."""
    dice = short_hash(seed, "body", number)
    if row and dice % 100 < EMPTY_ROWS:
        return []
    made = [heading(2, sentence(dice, 3)), paragraph(_words(dice, near))]
    made += _PATTERNS[dice // 100 % len(_PATTERNS)](dice // 1000)
    if dice // 7 % 200 == 0:
        made += [bullet(sentence(dice + n, 4)) for n in range(LONG_LIST)]
    if dice // 11 % 12 == 0:
        made.append(media("image", hosted(f"picture-{number}.png", seed), sentence(dice, 2)))
    return [*made, *map(place, near.places)]


def sentence(dice: int, length: int) -> str:
    """Some words."""
    return " ".join(WORDS[(dice >> (5 * n) % 50) % len(WORDS)] for n in range(length)).capitalize() + "."


def _words(dice: int, near: Neighbours) -> Sequence[str | Json]:
    spans: list[str | Json] = [sentence(dice, 6), " ", text(sentence(dice // 3, 3), bold=True), " "]
    if dice % 5 == 0:
        spans += ["See ", mention_page(near.page_id, near.page_title), "."]
    if dice % 7 == 0:
        spans += [" Ask ", mention_user(near.person), "."]
    return spans


def _flat(dice: int) -> list[Node]:
    return [paragraph(sentence(dice + n, 9)) for n in range(2 + dice % 6)]


def _lists(dice: int) -> list[Node]:
    inner = [bullet(sentence(dice + n, 4)) for n in range(1 + dice % 4)]
    return [bullet(sentence(dice, 5), *inner), bullet(sentence(dice + 1, 5)), numbered(sentence(dice, 3))]


def _tasks(dice: int) -> list[Node]:
    return [to_do(sentence(dice + n, 4), checked=(dice + n) % 2 == 0) for n in range(3)]


def _table(dice: int) -> list[Node]:
    rows = [[sentence(dice + n, 1), str((dice + n) % 97)] for n in range(3)]
    return [table([["What", "How many"], *rows]), quote(sentence(dice, 6))]


def _folded(dice: int) -> list[Node]:
    deepest = toggle(sentence(dice, 3), paragraph(sentence(dice, 8)))
    return [toggle(sentence(dice + 2, 3), paragraph(sentence(dice, 5)), deepest), callout(sentence(dice, 4))]


def _technical(dice: int) -> list[Node]:
    return [code(f"move({dice % 360})\nwait({dice % 9})", "python"), paragraph(sentence(dice, 5))]


_PATTERNS = (_flat, _flat, _lists, _lists, _tasks, _table, _folded, _technical, _lists, _table)

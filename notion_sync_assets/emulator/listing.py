"""Cutting lists into pages: sizes, cursors, short pages, the 10,000 cap (reference §2).

A listing is an ordered stream of (key, id). A cursor holds the last key that was delivered, so lists stay whole
while objects are added or edited in between. What is in a list is decided elsewhere.
"""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from notion_sync_assets.emulator.clock import Clock
from notion_sync_assets.emulator.errors import ApiError, invalid
from notion_sync_assets.emulator.ids import chance
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.world import Key

MAX_PAGE = 100
SHORTEST_SPLIT = 10
Scan = Callable[[Key | None], Iterator[tuple[Key, str]]]


@dataclass(frozen=True)
class Position:
    """Where a cursor stands: the last key, how many items came before, and when the list was begun."""

    key: Key | None = None
    delivered: int = 0
    begun: float = 0.0


@dataclass(frozen=True)
class Part:
    """One page of a list; `capped` when results were held back by the cap."""

    ids: list[str]
    next_position: Position | None
    capped: bool = False


@dataclass(frozen=True)
class Habits:
    """How lists are cut: the seed and rate of short pages, the caps of queries and search, the life of cursors."""

    seed: int = 0
    short_page_rate: float = 0.0
    cap: int = 10_000
    search_cap: int | None = None
    search_cursor_ttl: float = 900.0
    cursor_ttl: float | None = None


class Pager:
    """Cuts streams into pages and signs cursors; the same list is always cut at the same places."""

    def __init__(self, habits: Habits, clock: Clock) -> None:
        self.habits = habits
        self.clock = clock

    def part(self, name: str, scan: Scan, size: int, start: Position, cap: int | None = None) -> Part:
        """The next page of the list called `name`; `name` decides where short pages fall, not size or order."""
        room = size if cap is None else min(size, cap - start.delivered)
        entries = list(itertools.islice(scan(start.key), size + 1))
        taken = entries[: min(room, self._length(name, start.delivered, len(entries), size))]
        more = len(entries) > len(taken)
        delivered = start.delivered + len(taken)
        capped = more and cap is not None and delivered >= cap
        ids = [entry[1] for entry in taken]
        following = Position(taken[-1][0], delivered, start.begun) if more and not capped else None
        return Part(ids, following, capped)

    def encode(self, name: str, position: Position | None) -> str | None:
        """The opaque cursor of a position in the list called `name`."""
        if position is None:
            return None
        body = orjson.dumps(
            [position.key and list(map(str, position.key)), position.delivered, position.begun]
        )
        return base64.urlsafe_b64encode(self._sign(name, body) + body).decode().rstrip("=")

    def decode(self, name: str, cursor: object, lifetime: float | None = None) -> Position:
        """The position behind a cursor; 400 when it is foreign, damaged or too old."""
        if cursor is None:
            return Position(begun=self.clock.now())
        try:
            raw = base64.urlsafe_b64decode(str(cursor) + "=" * (-len(str(cursor)) % 4))
            if not hmac.compare_digest(raw[:8], self._sign(name, raw[8:])):
                raise bad_cursor(cursor)
            key, delivered, begun = orjson.loads(raw[8:])
        except ValueError:
            raise bad_cursor(cursor) from None
        if lifetime is not None and self.clock.now() - begun > lifetime:
            raise bad_cursor(cursor)
        return Position(key and (int(key[0]), int(key[1])), delivered, begun)

    def requests(self, name: str, scan: Scan, cap: int | None = None) -> int:
        """How many requests reading the whole list takes with the largest pages (at least 1)."""
        made, position = 0, Position()
        while True:
            made += 1
            part = self.part(name, scan, MAX_PAGE, position, cap)
            if part.next_position is None:
                return made
            position = part.next_position

    def _length(self, name: str, delivered: int, available: int, size: int) -> int:
        if (
            available < SHORTEST_SPLIT
            or chance(self.habits.seed, "short", name, delivered) >= self.habits.short_page_rate
        ):
            return size
        return max(1, min(size, available) * 3 // 5)

    def _sign(self, name: str, body: bytes) -> bytes:
        secret = f"cursor-{self.habits.seed}".encode()
        return hmac.new(secret, name.encode() + b"\0" + body, hashlib.sha256).digest()[:8]


def sequence_scan(ids: Sequence[str]) -> Scan:
    """A stream over ids in their given order."""

    def scan(after: Key | None) -> Iterator[tuple[Key, str]]:
        first = 0 if after is None else after[1] + 1
        return (((0, position), ids[position]) for position in range(first, len(ids)))

    return scan


def page_size(value: Any, where: str) -> int:
    """The asked page size, 1-100; 400 with Notion's words otherwise. `where` is `query` or `body`."""
    if value is None:
        return MAX_PAGE
    problem = f"{where} failed validation: {where}.page_size should be"
    number = _whole(value)
    if number is None:
        raise invalid(f"{problem} a number, instead was `{json.dumps(value)}`.")
    if number > MAX_PAGE:
        raise invalid(f"{problem} ≤ `{MAX_PAGE}`, instead was `{number}`.")
    if number < 1:
        raise invalid(f"{problem} ≥ `1`, instead was `{number}`.")
    return number


def bad_cursor(cursor: object) -> ApiError:
    """400: the cursor is not one of this list, or has expired."""
    return invalid(f"The start_cursor provided is invalid: {cursor}")


def envelope(results: list[Json], cursor: str | None, kind: str, detail: Json | None = None) -> Json:
    """`{object: list, …}`; `detail` goes under the list's own type."""
    return {
        "object": "list",
        "results": results,
        "next_cursor": cursor,
        "has_more": cursor is not None,
        "type": kind,
        kind: detail or {},
    }


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None

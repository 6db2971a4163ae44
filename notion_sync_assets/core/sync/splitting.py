"""Dividing rows that no window of time can tell apart (notion_api.md §2 "Caps and incompleteness").

Here: which conditions cut the rows of one minute into parts, judged by rows seen of it. Every division is a condition, its
own negation in the API's words, and ``is_empty``: whatever a row holds, one of the parts has it. Not here: the queries
(``row_windows``).
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text

_NUMBERS = ("unique_id", "number")
_OPTIONS = ("select", "status")
_RICH = ("title", "rich_text")
_PLAIN = ("url", "email", "phone_number")
_EDITED = "last_edited_time"
_TEXTS = (*_RICH, *_PLAIN)
_PREFERRED = (*_NUMBERS, _EDITED, "checkbox", *_OPTIONS, *_TEXTS)
_TOLD_AS = {"number": (int, float), "unique_id": (int, float), "checkbox": (bool,)}
_TEXT_READ = 60
_TEXT_ROWS = 2000
_IN_ORDER = 0.9
_AT_ONCE = 100
"""Most tallies are of a few rows, and nobody asks how those could be divided: counting waits for so many."""


@dataclass(frozen=True, slots=True)
class Division:
    """Filter conditions that together hold every row. ``share``: of the rows, how many the fullest part may hold."""

    parts: tuple[Json, ...]
    kind: str
    share: float


@dataclass
class _Held:
    """What one property holds: counts by value, and how often a value was greater or less than the one before."""

    rows: int = 0
    counts: Counter[Any] = field(default_factory=Counter)
    before: Any = None
    up: int = 0
    down: int = 0

    def add(self, values: set[Any], *, ordered: bool) -> None:
        self.rows += 1
        self.counts.update(values)
        if ordered and values:
            (value,) = values
            if self.before is not None:
                self.up += value > self.before
                self.down += value < self.before
            self.before = value


class Tally:
    """Counts of what rows hold, by property: enough to see which condition divides them, in bounded memory."""

    def __init__(self) -> None:
        self.rows = 0
        self._uncounted: list[Json] = []
        self._held: defaultdict[tuple[str, str], _Held] = defaultdict(_Held)

    def add(self, row: Json) -> None:
        """Take in one row, which nobody changes afterwards."""
        self.rows += 1
        self._uncounted.append(row)
        if len(self._uncounted) >= _AT_ONCE:
            self._count()

    def _count(self) -> None:
        for row in self._uncounted:
            self._count_row(row)
        self._uncounted.clear()

    def _count_row(self, row: Json) -> None:
        if isinstance(row.get(_EDITED), str):
            self._held[_EDITED, ""].add({row[_EDITED]}, ordered=True)
        properties = row.get("properties")
        for name, value in properties.items() if isinstance(properties, dict) else ():
            kind = value.get("type") if isinstance(value, dict) else None
            if kind in _TEXTS and self._held[str(kind), name].rows >= _TEXT_ROWS:
                continue
            if kind in _PREFERRED and kind != _EDITED:
                values = _told(str(kind), value.get(str(kind)))
                self._held[str(kind), name].add(values, ordered=kind in _NUMBERS)

    def divisions(self) -> list[Division]:
        """Return the conditions that divide the counted rows, the evenest first; empty when nothing does."""
        self._count()
        found = [
            division
            for (kind, name), held in self._held.items()
            for division in _divided(kind, name, held)
            if division.share < 1
        ]
        # Tenths: what is nearly as even is chosen by how little it changes while rows are listed.
        return sorted(found, key=lambda each: (round(each.share, 1), _PREFERRED.index(each.kind)))


def _told(kind: str, value: Any) -> set[Any]:
    """Return what a value tells of its row: a number, an option, pieces of a text; empty for an empty value."""
    if kind in _TEXTS:
        return _pieces(plain_text(value) if kind in _RICH else value)
    if kind in (*_OPTIONS, "unique_id"):
        value = value.get("number" if kind == "unique_id" else "name") if isinstance(value, dict) else None
    # Only what the API's reference gives a value of this type can be compared, and asked for in a filter.
    return {value} if type(value) in _TOLD_AS.get(kind, (str,)) else set()


def _pieces(value: Any) -> set[str]:
    """Return the pieces of up to three letters of a text's beginning."""
    text = value[:_TEXT_READ].casefold() if isinstance(value, str) else ""
    pieces = (text[start : start + size] for size in (1, 2, 3) for start in range(len(text) - size + 1))
    return {piece for piece in pieces if piece.isalnum()}


def _divided(kind: str, name: str, held: _Held) -> Iterator[Division]:
    if not held.counts:
        return
    rows = held.rows
    if kind == _EDITED or kind in _NUMBERS:
        yield _ordered(kind, name, held)
        return
    operator = "equals" if kind in (*_OPTIONS, "checkbox") else "contains"
    opposite = "does_not_equal" if operator == "equals" else "does_not_contain"
    chosen, count = min(held.counts.items(), key=lambda pair: (abs(2 * pair[1] - rows), str(pair[0])))
    parts = [_condition(kind, name, operator, chosen), _condition(kind, name, opposite, chosen)]
    if kind != "checkbox":
        parts.append(_condition(kind, name, "is_empty", True))
    yield Division(tuple(parts), kind, max(count, rows - count) / rows)


def _ordered(kind: str, name: str, held: _Held) -> Division:
    """Divide by order: below a value, from it on, and no value at all."""
    pivot, share = _pivot(held)
    if kind == _EDITED:
        edges = (("before", pivot), ("on_or_after", pivot))
        parts = tuple({"timestamp": _EDITED, _EDITED: {operator: value}} for operator, value in edges)
    else:
        ends = (("less_than", pivot), ("greater_than_or_equal_to", pivot), ("is_empty", True))
        parts = tuple(_condition(kind, name, operator, value) for operator, value in ends)
    return Division(parts, kind, share)


def _pivot(held: _Held) -> tuple[Any, float]:
    """Return where to cut, and the share of the fuller side.

    Rows that come in the order of their values are the least or the greatest of all there are: then everything unseen
    lies beyond them, and how much that is nobody knows.
    """
    values, rows = sorted(held.counts), held.rows
    if len(values) == 1:
        return values[0], max(held.counts.total(), rows - held.counts.total()) / rows
    steps = _IN_ORDER * (held.counts.total() - 1)
    if held.up >= steps or held.down >= steps:
        return (values[-1] if held.up >= steps else values[1]), 0.5
    below = dict(zip(values[1:], itertools.accumulate(held.counts[each] for each in values), strict=False))
    pivot, lower = min(below.items(), key=lambda pair: abs(2 * pair[1] - rows))
    return pivot, max(lower, held.counts.total() - lower, rows - held.counts.total()) / rows


def _condition(kind: str, name: str, operator: str, value: Any) -> Json:
    return {"property": name, kind: {operator: value}}

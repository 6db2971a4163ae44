"""Estimates: how much something takes, as a range, from all of it or from a sample.

Here: the range and the arithmetic from a sample to everything. Not here: what is sampled (``sampling``), what is
counted (``forecast``).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json

_DEVIATIONS = 3.0
_MOST_TYPICAL = 15


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of things: the likely one, and the bounds it is expected to stay within."""

    low: int = 0
    expected: int = 0
    high: int = 0

    @classmethod
    def exactly(cls, number: int) -> "Estimate":
        """Return the estimate of something known."""
        return cls(number, number, number)

    def __add__(self, other: "Estimate") -> "Estimate":
        """Return the estimate of both together; bounds add up, as if both went wrong the same way."""
        return Estimate(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def to_json(self) -> Json:
        """Return ``{"low", "expected", "high"}``."""
        return {"low": self.low, "expected": self.expected, "high": self.high}


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Return the estimate of everything together."""
    return sum(estimates, Estimate())


def extrapolate(costs: Sequence[float], population: int, *, least: int) -> Estimate:
    """Return what ``population`` pages cost when the sampled ones cost ``costs`` and each at least ``least``.

    A sample of everything gives the exact sum. Else the range is three standard errors to both sides, for a small
    sample more, with the finite population correction. Few pages of a workspace are very large, so the sample is
    taken to hold one more, heavier than any seen: equal costs are no proof that all are equal. Giants that a sample
    has none of are beyond any range. Without a sample the range is what is typical (notion_api.md §16).
    """
    seen = len(costs)
    if seen == 0:
        return Estimate(population * least, population, population * _MOST_TYPICAL)
    known = sum(costs)
    if seen >= population:
        return Estimate.exactly(round(known))
    mean = known / seen
    spread = statistics.stdev([*costs, max(costs) + 1])
    unseen = math.sqrt((population - seen) / population)
    half = (_DEVIATIONS + 2 * _DEVIATIONS / seen) * spread / math.sqrt(seen) * unseen
    floor = known + (population - seen) * least
    return Estimate(
        low=math.floor(max(floor, population * (mean - half))),
        expected=round(population * mean),
        high=math.ceil(population * (mean + half)),
    )


def scale_up(found: int, seen: int, population: int) -> Estimate:
    """Return how many rare things are on ``population`` pages when ``found`` of them were on ``seen`` pages."""
    if seen == 0:
        return Estimate()
    if seen >= population:
        return Estimate.exactly(found)
    share = population / seen
    return Estimate(found, round(found * share), math.ceil((found + 2 * math.sqrt(found) + 1) * share))


def seconds_at(requests: int, limit: int, window_s: float) -> float:
    """Return how long so many requests take when ``limit`` are allowed per window (0: no limit).

    The limit may be spent at once (notion_api.md §11), so the first window's requests wait for nothing.
    """
    if not limit or requests <= limit:
        return 0.0
    return (requests - 1) // limit * window_s

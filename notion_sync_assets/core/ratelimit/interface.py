"""One budget of requests per token, whoever keeps it.

Belongs here: what a limiter promises and what it reports. Does not belong here: how the budget is counted
(`budget`), how it adapts to rejections (`pacing`), where it is kept (`memory`, `sqlite`, `postgres`), or HTTP.

The promise every backend keeps (tests: the conformance suite): a request is allowed only while fewer than
`limit` requests are in flight or ended within the last window plus a guard. So whatever 60 seconds the server
counts, fixed with any phase or sliding, it never sees more than `limit` of ours, and bursts are still allowed.
Times are seconds; the clock is the backend's own.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Mode = Literal["unlimited", "burst", "paced", "blocked"]


@dataclass(frozen=True)
class LimiterSnapshot:
    """The state of a budget at one moment.

    `in_window` requests count against `limit` now; `waits` callers had to wait, `waits_s` in all; `accepted` and
    `rejected` count answers; `utilisation` is accepted requests over the budget of the busy windows (0 to about
    1, 0 when unlimited; see `tally`); `mode` says how requests are let through: `paced` after a rejection,
    `blocked` while a Retry-After runs. Counts and waits are this process's, `in_window` everyone's.
    """

    limit: int
    window_s: float
    in_window: int
    waits: int
    waits_s: float
    accepted: int
    rejected: int
    utilisation: float
    mode: Mode


class Permit(Protocol):
    """The right to send one request, taken at `sent_at`."""

    @property
    def sent_at(self) -> float:
        """When the permit was given, by the limiter's clock."""

    def done(self, *, accepted: bool = True) -> None:
        """The request has ended, or was never sent; `accepted` is False for a 429. Further calls do nothing."""


class RateLimiter(Protocol):
    """A budget shared by everyone who holds this limiter, its file or its database."""

    async def acquire(self) -> Permit:
        """Wait until one more request is allowed; first come, first served. A cancelled wait costs nothing."""

    def penalize(self, seconds: float, reason: str, *, sent_at: float | None = None) -> None:
        """The server refused a request: nobody sends for `seconds`, then everyone more slowly.

        `sent_at` is the refused request's, so that several refusals of one burst slow down once.
        """

    def snapshot(self) -> LimiterSnapshot:
        """The state of the budget now."""

    def close(self) -> None:
        """Close the file or connection the budget is kept in; the next use opens it again."""

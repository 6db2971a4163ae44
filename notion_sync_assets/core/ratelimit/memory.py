"""The budget of one process, kept in memory.

Belongs here: the books of a single process. Does not belong here: the counting (`budget`), the reaction to
refusals (`pacing`), waiting (`limiter`), or sharing with other processes (`sqlite`, `postgres`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from notion_sync_assets.core.ratelimit import pacing
from notion_sync_assets.core.ratelimit.budget import RequestLog
from notion_sync_assets.core.ratelimit.interface import Mode
from notion_sync_assets.core.ratelimit.ledger import Admission
from notion_sync_assets.core.ratelimit.limiter import QueuedLimiter
from notion_sync_assets.core.ratelimit.pacing import Pace

# Shorter waits than this are lost in the clock's own resolution and would only spin.
SHORTEST_WAIT_S = 1e-6


class MemoryLedger:
    """A `Ledger` of one process."""

    def __init__(self, limit: int, window_s: float) -> None:
        self.limit = limit
        self.window_s = window_s
        self._log = RequestLog(limit, window_s)
        self._pace = Pace()

    def admit(self, now: float) -> Admission:
        """See `Ledger.admit`."""
        wait = max(self._log.pause(now), pacing.pause(self._pace, now))
        if wait > SHORTEST_WAIT_S:
            return Admission(None, wait)
        self._pace = pacing.after_send(
            self._pace, now, in_window=self._log.in_window(now), limit=self.limit, window_s=self.window_s
        )
        self._log.start()
        return Admission(0, 0.0)

    def end(self, ticket: int, now: float) -> None:  # noqa: ARG002 - one process's requests are only counted
        """See `Ledger.end`."""
        self._log.end(now)

    def refuse(self, now: float, seconds: float, sent_at: float) -> bool:
        """See `Ledger.refuse`."""
        before = self._pace
        self._pace = pacing.after_refusal(
            before,
            now,
            seconds,
            sent_at=sent_at,
            in_window=self._log.in_window(now),
            limit=self.limit,
            window_s=self.window_s,
        )
        return self._pace.refused_at != before.refused_at

    def in_window(self, now: float) -> int:
        """See `Ledger.in_window`."""
        return self._log.in_window(now)

    def mode(self, now: float) -> Mode:
        """See `Ledger.mode`."""
        return pacing.mode(self._pace, now, self.limit)

    def close(self) -> None:
        """See `Ledger.close`: memory is not opened."""


class MemoryLimiter(QueuedLimiter):
    """A `RateLimiter` for one process; `limit` 0 or None lets everything through except during a Retry-After."""

    def __init__(
        self,
        limit: int | None,
        window_s: float = 60.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(MemoryLedger(limit or 0, window_s), clock=clock, sleep=sleep)

"""The limiter in front of any ledger: the queue, the waiting and the permits.

Belongs here: what is the same for every backend. Does not belong here: the books (`memory`, `sqlite`, `postgres`), and the
rules they follow (`budget`, `pacing`).
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable

from notion_sync_assets.core.ratelimit.interface import LimiterSnapshot
from notion_sync_assets.core.ratelimit.ledger import Ledger
from notion_sync_assets.core.ratelimit.queue import WaitingLine
from notion_sync_assets.core.ratelimit.ramp import Ramp
from notion_sync_assets.core.ratelimit.tally import Tally

logger = logging.getLogger(__name__)


class QueuedLimiter:
    """A `RateLimiter` over a `Ledger`.

    May be used from one event loop after another, not from two at once; `snapshot` may be asked for in any
    thread, as a progress display does. `clock` and `sleep` are seams for virtual time.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._line = WaitingLine()
        self._ramp = Ramp()
        self._tally = Tally(ledger.limit, ledger.window_s)
        self._reading = threading.Lock()

    async def acquire(self) -> "QueuedPermit":
        """See `RateLimiter.acquire`."""
        arrived = self._clock()
        async with self._line.turn():
            while True:
                await self._wait_for_answers()
                with self._reading:
                    now = self._clock()
                    admission = self._ledger.admit(now)
                if admission.ticket is not None:
                    self._ramp.start()
                    self._tally.sent(now, now - arrived)
                    return QueuedPermit(self._finish, admission.ticket, now)
                await self._wait(admission.wait_s)

    def penalize(self, seconds: float, reason: str, *, sent_at: float | None = None) -> None:
        """See `RateLimiter.penalize`."""
        with self._reading:
            now = self._clock()
            begins = self._ledger.refuse(now, seconds, now if sent_at is None else sent_at)
        if begins:
            logger.warning("Notion asks everyone to wait %.1f s (%s)", seconds, reason)

    def snapshot(self) -> LimiterSnapshot:
        """See `RateLimiter.snapshot`."""
        with self._reading:
            now = self._clock()
            in_window, mode = self._ledger.in_window(now), self._ledger.mode(now)
        return self._tally.snapshot(now, in_window=in_window, mode=mode)

    def close(self) -> None:
        """See `RateLimiter.close`."""
        with self._reading:
            self._ledger.close()

    async def _wait_for_answers(self) -> None:
        while self._ramp.full:
            await self._line.change()

    async def _wait(self, seconds: float) -> None:
        await (self._line.change() if seconds == float("inf") else self._sleep(seconds))

    def _finish(self, ticket: int, accepted: bool) -> None:
        with self._reading:
            now = self._clock()
            self._ledger.end(ticket, now)
        self._ramp.end(accepted=accepted)
        self._tally.done(accepted=accepted)
        self._line.changed()


class QueuedPermit:
    """A `Permit` of a `QueuedLimiter`."""

    def __init__(self, finish: Callable[[int, bool], None], ticket: int, sent_at: float) -> None:
        self._finish: Callable[[int, bool], None] | None = finish
        self._ticket = ticket
        self.sent_at = sent_at

    def done(self, *, accepted: bool = True) -> None:
        """See `Permit.done`."""
        finish, self._finish = self._finish, None
        if finish is not None:
            finish(self._ticket, accepted)

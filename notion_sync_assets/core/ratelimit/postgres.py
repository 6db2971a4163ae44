"""The budget of every process on any host that uses the same token, kept in one table of a PostgreSQL database.

Belongs here: the same books as `sqlite`, in a database. Does not belong here: the connection (`database`), the rules
(`pacing`, and the log as `budget` explains it), waiting (`limiter`).

Every change is one transaction under an advisory lock of the budget: a few round trips to a database that is meant
to be near, so it runs on the event loop. Times are the database's clock, since those of the hosts may differ.
A process that dies leaves its requests unfinished, as in `sqlite`.
While the database cannot be reached nobody sends; it is asked again every second, and given up after a minute.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.ratelimit import pacing
from notion_sync_assets.core.ratelimit.budget import span_of
from notion_sync_assets.core.ratelimit.database import BudgetDatabase, Cursor
from notion_sync_assets.core.ratelimit.interface import Mode
from notion_sync_assets.core.ratelimit.ledger import Admission
from notion_sync_assets.core.ratelimit.limiter import QueuedLimiter
from notion_sync_assets.core.ratelimit.memory import SHORTEST_WAIT_S
from notion_sync_assets.core.ratelimit.pacing import Pace, read_pace
from notion_sync_assets.core.ratelimit.sqlite import ABANDONED_AFTER_S, POLL_S

logger = logging.getLogger(__name__)

RETRY_S = 1.0
PATIENCE_S = 60.0
"""How long an unreachable database is waited for."""

_END_ABANDONED = """
UPDATE notion_sync_budget SET ended_at = sent_at + %(abandoned)s
WHERE budget = %(budget)s AND ended_at IS NULL AND sent_at <= %(now)s - %(abandoned)s
"""
_FORGET_ENDED = """
DELETE FROM notion_sync_budget WHERE budget = %(budget)s AND ended_at <= %(now)s - %(span)s
"""
_READ_STATE = """
SELECT counted.number, (
    SELECT ended_at FROM notion_sync_budget WHERE budget = %(budget)s AND ended_at IS NOT NULL
    ORDER BY ended_at LIMIT 1 OFFSET greatest(0, counted.number - %(limit)s)
), (SELECT pace FROM notion_sync_budget WHERE budget = %(budget)s AND pace IS NOT NULL)
FROM (
    SELECT count(*) FROM notion_sync_budget WHERE budget = %(budget)s AND sent_at IS NOT NULL
) AS counted (number)
"""
_SEND = "INSERT INTO notion_sync_budget (budget, sent_at) VALUES (%s, %s) RETURNING ticket"
_END = "UPDATE notion_sync_budget SET ended_at = %s WHERE ticket = %s"
_DROP_PACE = "DELETE FROM notion_sync_budget WHERE budget = %s AND pace IS NOT NULL"
_KEEP_PACE = "INSERT INTO notion_sync_budget (budget, pace) VALUES (%s, %s)"


class PostgresLedger:
    """A `Ledger` in a database."""

    def __init__(self, database: BudgetDatabase, budget: str, limit: int, window_s: float) -> None:
        self.limit = limit
        self.window_s = window_s
        self._database = database
        self._budget = budget
        self._failing_since: float | None = None

    def admit(self, now: float) -> Admission:
        """See `Ledger.admit`; `StorageError` when the database has been away for too long."""
        try:
            admission = self._admit(now)
        except StorageError as error:
            return self._hold(error)
        self._failing_since = None
        return admission

    def end(self, ticket: int, now: float) -> None:
        """See `Ledger.end`; an end that cannot be written is made up for when its request is old enough."""
        try:
            with self._database.transaction(self._budget) as db:
                db.execute(_END, (now, ticket))
        except StorageError as error:
            logger.warning("%s", error)

    def refuse(self, now: float, seconds: float, sent_at: float) -> bool:
        """See `Ledger.refuse`; whoever was refused waits anyway, whether or not the others can be told."""
        try:
            with self._database.transaction(self._budget) as db:
                state = self._state(db, now)
                before = state.pace
                after = pacing.after_refusal(
                    before,
                    now,
                    seconds,
                    sent_at=sent_at,
                    in_window=state.number,
                    limit=self.limit,
                    window_s=self.window_s,
                )
                self._keep_pace(db, before, after)
        except StorageError as error:
            logger.warning("%s", error)
            return False
        return after.refused_at != before.refused_at

    def in_window(self, now: float) -> int:
        """See `Ledger.in_window`; 0 while the database cannot be reached."""
        try:
            with self._database.transaction(self._budget) as db:
                return self._state(db, now).number
        except StorageError:
            return 0

    def mode(self, now: float) -> Mode:
        """See `Ledger.mode`; nobody sends while the database cannot be reached."""
        try:
            with self._database.transaction(self._budget) as db:
                return pacing.mode(self._state(db, now).pace, now, self.limit)
        except StorageError:
            return "blocked"

    def close(self) -> None:
        """See `Ledger.close`."""
        self._database.close()

    def _admit(self, now: float) -> Admission:
        with self._database.transaction(self._budget) as db:
            state = self._state(db, now)
            wait = max(state.pause(now, self.limit, self.window_s), pacing.pause(state.pace, now))
            if wait > SHORTEST_WAIT_S:
                return Admission(None, wait)
            after = pacing.after_send(
                state.pace, now, in_window=state.number, limit=self.limit, window_s=self.window_s
            )
            self._keep_pace(db, state.pace, after)
            row = db.execute(_SEND, (self._budget, now)).fetchone()
            assert row is not None
            return Admission(int(row[0]), 0.0)

    def _state(self, db: Cursor, now: float) -> "_State":
        facts = {
            "budget": self._budget,
            "now": now,
            "abandoned": ABANDONED_AFTER_S,
            "span": span_of(self.window_s),
            "limit": self.limit,
        }
        db.execute(_END_ABANDONED, facts)
        db.execute(_FORGET_ENDED, facts)
        row = db.execute(_READ_STATE, facts).fetchone()
        assert row is not None
        return _State(row)

    def _keep_pace(self, db: Cursor, before: Pace, after: Pace) -> None:
        if after != before:
            db.execute(_DROP_PACE, (self._budget,))
            db.execute(_KEEP_PACE, (self._budget, json.dumps(asdict(after))))

    def _hold(self, error: StorageError) -> Admission:
        """Nobody sends while the budget cannot be known; raises when that has lasted too long."""
        moment = time.monotonic()
        if self._failing_since is None:
            self._failing_since = moment
            logger.warning("%s; trying again every second", error)
        if moment - self._failing_since >= PATIENCE_S:
            raise error
        return Admission(None, RETRY_S)


class _State:
    """How many requests count, the end that makes room for the next one (None: only one in flight), the pace."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.number = int(row[0])
        self._ended_at = None if row[1] is None else float(row[1])
        self.pace = Pace() if row[2] is None else read_pace(row[2])

    def pause(self, now: float, limit: int, window_s: float) -> float:
        """Seconds until one more request fits."""
        if not limit or self.number < limit:
            return 0.0
        return POLL_S if self._ended_at is None else self._ended_at + span_of(window_s) - now


class PostgresLimiter(QueuedLimiter):
    """A `RateLimiter` for all processes on any host that name the same database and `budget`."""

    def __init__(
        self,
        dsn: str,
        budget: str,
        limit: int | None,
        window_s: float = 60.0,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        database = BudgetDatabase(dsn)
        books = PostgresLedger(database, budget, limit or 0, window_s)
        super().__init__(books, clock=clock or database.now, sleep=sleep)

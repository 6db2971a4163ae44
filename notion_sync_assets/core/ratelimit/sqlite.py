"""The budget of every process on one host that uses the same token, kept in a SQLite file.

Belongs here: the same books as `memory`, in a file. Does not belong here: the rules (`pacing`, and the log as
`budget` explains it), waiting (`limiter`), or several hosts: SQLite's locks need a local file system.

Every change is one immediate transaction of well under a millisecond, so it runs on the event loop. Times are
the wall clock, which all processes share; if it is set back, times in the future are taken for now.
A process that dies leaves its requests unfinished: after 90 s, longer than any request can wait for the
server, they count as ended, so the budget heals by itself.
"""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkstemp

from notion_sync_assets.core.immediate import immediate
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.ratelimit import pacing
from notion_sync_assets.core.ratelimit.budget import FORGOTTEN_AFTER_S, span_of
from notion_sync_assets.core.ratelimit.interface import Mode
from notion_sync_assets.core.ratelimit.ledger import Admission
from notion_sync_assets.core.ratelimit.limiter import QueuedLimiter
from notion_sync_assets.core.ratelimit.memory import SHORTEST_WAIT_S
from notion_sync_assets.core.ratelimit.pacing import Pace, read_pace

ABANDONED_AFTER_S = 90.0
POLL_S = 0.05
"""How often to look again when only another process can make room."""

_BUSY_TIMEOUT_S = 10.0
_CLOCK_STEP_S = 1.0
_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE requests (
    ticket INTEGER PRIMARY KEY, budget TEXT NOT NULL, sent_at REAL NOT NULL, ended_at REAL
);
CREATE INDEX requests_by_end ON requests (budget, ended_at);
CREATE TABLE paces (budget TEXT PRIMARY KEY, pace TEXT NOT NULL);
"""


class SqliteLedger:
    """A `Ledger` in a file of mode 0600. Not to be carried through a fork. Raises `StorageError`."""

    def __init__(self, path: Path, budget: str, limit: int, window_s: float) -> None:
        self.limit = limit
        self.window_s = window_s
        self._path = path
        self._budget = budget
        self._connection: sqlite3.Connection | None = None

    def admit(self, now: float) -> Admission:
        """See `Ledger.admit`."""
        with self._transaction() as db:
            self._tidy(db, now)
            pace = self._pace(db, now)
            counted = self._count(db)
            wait = max(self._log_pause(db, now, counted), pacing.pause(pace, now))
            if wait > SHORTEST_WAIT_S:
                return Admission(None, wait)
            after = pacing.after_send(pace, now, in_window=counted, limit=self.limit, window_s=self.window_s)
            self._keep_pace(db, pace, after)
            sent = db.execute("INSERT INTO requests (budget, sent_at) VALUES (?, ?)", (self._budget, now))
            return Admission(sent.lastrowid, 0.0)

    def end(self, ticket: int, now: float) -> None:
        """See `Ledger.end`."""
        with self._transaction() as db:
            db.execute("UPDATE requests SET ended_at = ? WHERE ticket = ?", (now, ticket))

    def refuse(self, now: float, seconds: float, sent_at: float) -> bool:
        """See `Ledger.refuse`."""
        with self._transaction() as db:
            self._tidy(db, now)
            before = self._pace(db, now)
            after = pacing.after_refusal(
                before,
                now,
                seconds,
                sent_at=sent_at,
                in_window=self._count(db),
                limit=self.limit,
                window_s=self.window_s,
            )
            self._keep_pace(db, before, after)
            return after.refused_at != before.refused_at

    def in_window(self, now: float) -> int:
        """See `Ledger.in_window`."""
        with self._transaction() as db:
            self._tidy(db, now)
            return self._count(db)

    def mode(self, now: float) -> Mode:
        """See `Ledger.mode`."""
        with self._transaction() as db:
            return pacing.mode(self._pace(db, now), now, self.limit)

    def close(self) -> None:
        """See `Ledger.close`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _log_pause(self, db: sqlite3.Connection, now: float, counted: int) -> float:
        excess = counted - self.limit
        if not self.limit or excess < 0:
            return 0.0
        row = db.execute(
            "SELECT ended_at FROM requests WHERE budget = ? AND ended_at IS NOT NULL "
            "ORDER BY ended_at LIMIT 1 OFFSET ?",
            (self._budget, excess),
        ).fetchone()
        return POLL_S if row is None else float(row[0]) + span_of(self.window_s) - now

    def _tidy(self, db: sqlite3.Connection, now: float) -> None:
        """End what was abandoned, bring the future to now, forget what no longer counts."""
        db.execute(
            "UPDATE requests SET ended_at = sent_at + ? WHERE ended_at IS NULL AND sent_at <= ?",
            (ABANDONED_AFTER_S, now - ABANDONED_AFTER_S),
        )
        db.execute("UPDATE requests SET sent_at = ? WHERE sent_at > ?", (now, now + _CLOCK_STEP_S))
        db.execute("UPDATE requests SET ended_at = ? WHERE ended_at > ?", (now, now + _CLOCK_STEP_S))
        db.execute(
            "DELETE FROM requests WHERE budget = ? AND ended_at <= ?",
            (self._budget, now - span_of(self.window_s)),
        )

    def _count(self, db: sqlite3.Connection) -> int:
        counted = db.execute("SELECT count(*) FROM requests WHERE budget = ?", (self._budget,)).fetchone()
        return int(counted[0])

    def _pace(self, db: sqlite3.Connection, now: float) -> Pace:
        row = db.execute("SELECT pace FROM paces WHERE budget = ?", (self._budget,)).fetchone()
        pace = Pace() if row is None else read_pace(row[0])
        return Pace() if pace.refused_at > now + _CLOCK_STEP_S else pace

    def _keep_pace(self, db: sqlite3.Connection, before: Pace, after: Pace) -> None:
        if after != before:
            row = (self._budget, json.dumps(asdict(after)))
            db.execute("INSERT OR REPLACE INTO paces (budget, pace) VALUES (?, ?)", row)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._opened()
            with immediate(db):
                yield db
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"the request budget in {self._path.name} cannot be used: {error}") from error

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if not self._path.exists():
                _create(self._path)
            self._connection = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(
                "DELETE FROM requests WHERE sent_at < (SELECT max(sent_at) FROM requests) - ?",
                (FORGOTTEN_AFTER_S,),
            )
        return self._connection


def _create(path: Path) -> None:
    """The empty file, complete from the moment it appears: two processes cannot switch one to WAL at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = mkstemp(prefix=path.name, dir=path.parent)
    os.close(descriptor)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as db:
            db.executescript(_SCHEMA)
        os.link(draft, path)
    except FileExistsError:
        # Another process was first; its file is as good.
        return
    finally:
        Path(draft).unlink()


class SqliteLimiter(QueuedLimiter):
    """A `RateLimiter` for all processes on this host that name the same `path` and `budget`."""

    def __init__(
        self,
        path: Path,
        budget: str,
        limit: int | None,
        window_s: float = 60.0,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(SqliteLedger(path, budget, limit or 0, window_s), clock=clock, sleep=sleep)

"""The queue of webhook events: durable, bounded, each id once.

Here: adding, reading and taking events, forgetting old ids. Not here: the file (``database``), what a run is asked
for (``batches``).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.event import WebhookEvent

REMEMBERED_S = 7 * 86_400.0
"""How long the id of an event is known; events older than 25 hours are refused, so no replay outlives it."""


class Added(StrEnum):
    """What became of an event that was to be added."""

    QUEUED = "queued"
    DUPLICATE = "duplicate"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """An event in the queue; ``received_at``: seconds since 1970."""

    seq: int
    received_at: float
    event: WebhookEvent


@dataclass(frozen=True, slots=True)
class QueueState:
    """How full the queue is; ``oldest_received_at``: None for an empty one."""

    pending: int
    capacity: int
    oldest_received_at: float | None


class EventQueue:
    """The queue in a database; ``capacity``: events that may wait at once."""

    def __init__(self, database: WebhookDatabase, capacity: int) -> None:
        self._database = database
        self._capacity = capacity

    def add(self, events: Sequence[WebhookEvent], now: float) -> list[Added]:
        """Add events in one durable step; what is queued when this returns survives a crash of the machine."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM events WHERE received_at < ? AND content IS NULL", (now - REMEMBERED_S,))
            room = self._capacity - _count(db)
            outcomes = []
            for event in events:
                outcome = _add(db, event, now, room)
                room -= outcome is Added.QUEUED
                outcomes.append(outcome)
            return outcomes

    def pending(self, limit: int) -> list[QueuedEvent]:
        """Return the events that wait, oldest first."""
        with self._database.transaction() as db:
            rows = db.execute(
                "SELECT seq, received_at, content FROM events WHERE content IS NOT NULL ORDER BY seq LIMIT ?",
                (limit,),
            ).fetchall()
        return [QueuedEvent(seq, at, WebhookEvent.from_json(content)) for seq, at, content in rows]

    def state(self) -> QueueState:
        """Return how full the queue is."""
        with self._database.transaction() as db:
            oldest = db.execute(
                "SELECT received_at FROM events WHERE content IS NOT NULL ORDER BY seq LIMIT 1"
            ).fetchone()
            return QueueState(_count(db), self._capacity, oldest[0] if oldest else None)


def take(db: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Take events out of the queue; their ids stay known."""
    db.executemany("UPDATE events SET content = NULL WHERE seq = ?", [(seq,) for seq in seqs])


def _add(db: sqlite3.Connection, event: WebhookEvent, now: float, room: int) -> Added:
    if db.execute("SELECT 1 FROM events WHERE id = ?", (event.id,)).fetchone():
        return Added.DUPLICATE
    if room <= 0:
        return Added.FULL
    db.execute(
        "INSERT INTO events (id, received_at, content) VALUES (?, ?, ?)", (event.id, now, event.to_json())
    )
    return Added.QUEUED


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM events WHERE content IS NOT NULL").fetchone()[0])

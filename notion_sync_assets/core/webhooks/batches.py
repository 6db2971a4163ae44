"""Batches: what the events of one scope ask of one run.

Here: joining events into batches and following each to its end. Not here: which scope an event belongs to
(``routing``), how a run is asked for (the sensor).

A batch is *waiting* (further events of its scope join it) → *requested* (a run was asked for) → *done*, or *given_up*
after a few attempts. A scope has one waiting batch and one requested one at most, so a busy scope is not synced by
several runs at once, and every event is in exactly one batch.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import QueuedEvent, take

WORKSPACE = ""
"""Stands for the scope of events that no known scope explains: the whole workspace is asked what was edited."""

MAX_ATTEMPTS = 3
_KEPT_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event leads: a scope (or ``WORKSPACE``) and the ids of what has to be read again there."""

    scope: str
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch; ``attempts``: runs asked for so far, ``objects``: sorted ids of what is to be read again."""

    number: int
    scope: str
    objects: tuple[str, ...]
    attempts: int

    @property
    def run_key(self) -> str:
        """The key under which Dagster starts one run and no second."""
        return f"webhook:{self.number}:{self.attempts}"


class BatchBook:
    """The batches in a database."""

    def __init__(self, database: WebhookDatabase) -> None:
        self._database = database

    def join(self, routed: Sequence[tuple[QueuedEvent, Collection[Route]]], now: float) -> None:
        """Take events out of the queue and into the waiting batches of their scopes, in one durable step."""
        first_at: dict[str, float] = {}
        objects: dict[str, set[str]] = {}
        for queued, routes in routed:
            for route in routes:
                first_at.setdefault(route.scope, queued.received_at)
                objects.setdefault(route.scope, set()).update(route.objects)
        with self._database.transaction() as db:
            for scope, received_at in first_at.items():
                _join(db, Route(scope, frozenset(objects[scope])), received_at, now)
            take(db, [queued.seq for queued, _ in routed])

    def requested(self) -> list[Batch]:
        """Return the batches whose run has not been seen to end."""
        with self._database.transaction() as db:
            return _batches(db, "state = 'requested' ORDER BY batch", ())

    def request(self, limit: int, now: float) -> list[Batch]:
        """Turn waiting batches into requested ones, oldest first, where their scope has none requested."""
        with self._database.transaction() as db:
            found = _batches(
                db,
                "state = 'waiting' AND scope NOT IN (SELECT scope FROM batches WHERE state = 'requested')"
                " ORDER BY batch LIMIT ?",
                (limit,),
            )
            for batch in found:
                _set(db, batch.number, "requested", 1, now)
        return [Batch(each.number, each.scope, each.objects, 1) for each in found]

    def finish(self, outcomes: Mapping[int, bool], now: float) -> list[Batch]:
        """Note how runs ended (batch number → success); return the failed ones that get another attempt."""
        again = []
        with self._database.transaction() as db:
            for number, success in outcomes.items():
                for batch in _batches(db, "batch = ? AND state = 'requested'", (number,)):
                    if success or batch.attempts >= MAX_ATTEMPTS:
                        _set(db, number, "done" if success else "given_up", batch.attempts, now)
                        continue
                    _set(db, number, "requested", batch.attempts + 1, now)
                    again.append(Batch(number, batch.scope, batch.objects, batch.attempts + 1))
            db.execute(
                "DELETE FROM batches WHERE state IN ('done', 'given_up') AND changed_at < ?", (now - _KEPT_S,)
            )
        return again

    def counts(self) -> dict[str, int]:
        """Return how many batches are in each state; finished ones are forgotten after 7 days."""
        with self._database.transaction() as db:
            found = dict(db.execute("SELECT state, count(*) FROM batches GROUP BY state").fetchall())
        return {state: int(found.get(state, 0)) for state in ("waiting", "requested", "done", "given_up")}


def _join(db: sqlite3.Connection, route: Route, received_at: float, now: float) -> None:
    row = db.execute(
        "SELECT batch, objects FROM batches WHERE scope = ? AND state = 'waiting'", (route.scope,)
    ).fetchone()
    if row is None:
        db.execute(
            "INSERT INTO batches (scope, objects, state, attempts, first_received_at, changed_at)"
            " VALUES (?, ?, 'waiting', 0, ?, ?)",
            (route.scope, orjson.dumps(sorted(route.objects)).decode(), received_at, now),
        )
        return
    joined = sorted(route.objects.union(orjson.loads(row[1])))
    db.execute("UPDATE batches SET objects = ? WHERE batch = ?", (orjson.dumps(joined).decode(), row[0]))


def _batches(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Batch]:
    query = f"SELECT batch, scope, objects, attempts FROM batches WHERE {where}"  # noqa: S608 - constant text
    return [
        Batch(number, scope, tuple(orjson.loads(objects)), attempts)
        for number, scope, objects, attempts in db.execute(query, values)
    ]


def _set(db: sqlite3.Connection, number: int, state: str, attempts: int, now: float) -> None:
    db.execute(
        "UPDATE batches SET state = ?, attempts = ?, changed_at = ? WHERE batch = ?",
        (state, attempts, now, number),
    )

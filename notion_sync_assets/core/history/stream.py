"""The event stream: what commits changed, read by scope, by page or since a time, with paging.

Here: order and position. Not here: the events of one commit (``core.sync.events``), their publication in Dagster
(``assets.publishing``). Nothing here needs Dagster's database: ``state/events`` and the commits are complete.
Within a scope the order is that of commits, which is exact. Across scopes it is that of the times of commits, then of
scope keys; a page that moves between scopes is committed by the new one first.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.events import Event
from notion_sync_assets.core.sync.outbox import events_of


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the stream of all scopes: after event ``ordinal`` (from 1; 0: before the first) of a commit."""

    committed_at: str = ""
    scope: str = ""
    seq: int = 0
    ordinal: int = 0

    def __str__(self) -> str:
        """The cursor that :meth:`parse` takes."""
        return f"{self.committed_at}/{self.scope}/{self.seq}/{self.ordinal}"

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Return the position of a cursor; ``ConfigurationError`` for anything else. An empty one is the beginning."""
        if not cursor:
            return cls()
        try:
            committed_at, scope, seq, ordinal = cursor.split("/")
            return cls(committed_at, scope, int(seq), int(ordinal))
        except ValueError:
            raise ConfigurationError(
                f"{cursor!r} is no position of the event stream", hint="take the cursor of an earlier answer"
            ) from None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in order; ``cursor`` gives the following ones, whenever it is used. ``more``: there are some now."""

    events: list[Event]
    cursor: str
    more: bool


class EventStream:
    """The events of one export root."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._commits = Commits(storage)

    def of_scope(self, key: str, *, after: int = 0) -> Iterator[Event]:
        """Yield the events of a scope's commits after number ``after``, in order."""
        for seq in range(after + 1, self._commits.head_seq(key) + 1):
            yield from events_of(self._storage, self._commits.read(key, seq))

    def of_page(self, page_id: str) -> Iterator[tuple[Commit, Event]]:
        """Yield the events of a page, its files and comments with their commits, whatever scopes it was in."""
        for commit in self.commits():
            for event in self._of_page_in(commit, page_id):
                yield commit, event

    def since(self, moment: str, *, until: str | None = None) -> Iterator[Event]:
        """Yield all events committed after ``moment`` (UTC ISO), up to and including ``until``."""
        for commit in self.commits(after=moment):
            if until is not None and commit.committed_at > until:
                return
            yield from events_of(self._storage, commit)

    def read(self, cursor: str = "", *, limit: int = 1000) -> EventPage:
        """Return at most ``limit`` events after a cursor; the empty cursor is the beginning.

        Notes the position, not the time: two commits of one time are not mixed up. A commit whose host's clock is behind
        may be given late by a reader that follows all scopes; a reader of one scope (:meth:`of_scope`) never misses one.
        """
        start = Position.parse(cursor)
        found = list(islice(self._positioned(start), limit + 1))
        events = found[:limit]
        position = events[-1][0] if events else start
        return EventPage(
            [event for _, event in events], str(position) if events else cursor, len(found) > limit
        )

    def commits(self, *, after: str = "") -> Iterator[Commit]:
        """Yield the commits of all scopes in the order of their times, those later than ``after``."""
        streams = [self._commits_of(key, after) for key in self._commits.committed_scopes()]
        yield from heapq.merge(*streams, key=lambda commit: (commit.committed_at, commit.scope, commit.seq))

    def _commits_of(self, key: str, after: str) -> Iterator[Commit]:
        first = self._commits.head_seq(key)
        while first and self._commits.read(key, first).committed_at > after:
            first -= 1
        for seq in range(first + 1, self._commits.head_seq(key) + 1):
            yield self._commits.read(key, seq)

    def _positioned(self, start: Position) -> Iterator[tuple[Position, Event]]:
        # The commit of the position itself may have events left.
        for commit in self.commits(after=_before(start.committed_at)):
            where = (commit.committed_at, commit.scope, commit.seq)
            for ordinal, event in enumerate(events_of(self._storage, commit), 1):
                position = Position(*where, ordinal)
                if position > start:
                    yield position, event

    def _of_page_in(self, commit: Commit, page_id: str) -> Iterator[Event]:
        if commit.outbox is None:
            return
        with self._storage.open(commit.outbox) as source, opened_parquet(source) as parquet:
            for batch in parquet.iter_batches(BATCH_ROWS):
                rows = batch.filter(
                    pc.is_in(batch.column("page_id"), value_set=pa.array([page_id], pa.string()))
                )
                yield from (Event(**row) for row in rows.to_pylist())


def _before(moment: str) -> str:
    """Return a text that sorts just before a time, so that what is of that time comes after it."""
    return moment[:-1] if moment else moment

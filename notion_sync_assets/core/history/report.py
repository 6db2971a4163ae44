"""What changed in the workspace between two times, a line per page: the state before against the state after.

Here: the net effect of the events between. Not here: single versions (``versions``), text (``texts``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from notion_sync_assets.core.history.differences import PageChanges, page_changes
from notion_sync_assets.core.history.stream import EventStream
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.events import GONE, Event
from notion_sync_assets.core.temporary_rows import temporary_rows

NetChange = Literal["created", "deleted", "edited", "moved", "restored"]

_COLUMNS = "page, ordinal, change, title, before, after, scope, url, edited_by, committed_at, gone"


@dataclass(frozen=True, slots=True)
class PageDifference:
    """What happened to one page in all.

    ``commits``: how many changed it. ``committed_at``, ``edited_by``: of the last of them. ``changes``: None where the
    state before or after is no longer kept.
    """

    page_id: str
    title: str
    change: NetChange
    scope: str
    url: str | None
    commits: int
    committed_at: str
    edited_by: str | None
    changes: PageChanges | None


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """What happened to a data source or one of its columns, in the order it happened."""

    scope: str
    object: str
    title: str
    change: str
    committed_at: str


class WorkspaceDifference:
    """The difference between the states at two times; ``with`` closes its temporary table."""

    def __init__(self, storage: Storage, since: str, until: str | None = None) -> None:
        self._storage = storage
        self._rows = temporary_rows()
        self._rows.execute(f"CREATE TABLE events ({_COLUMNS}, PRIMARY KEY (page, ordinal)) WITHOUT ROWID")
        self.schema: list[SchemaDifference] = []
        for ordinal, event in enumerate(EventStream(storage).since(since, until=until)):
            self._add(ordinal, event)

    def __enter__(self) -> Self:
        """The difference itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Drop the table."""
        self._rows.close()

    def pages(self) -> Iterator[PageDifference]:
        """Yield the pages that differ, by scope, title and id."""
        documents = DocumentStore(self._storage)
        query = "SELECT page FROM events GROUP BY page ORDER BY max(scope), max(title), page"
        for (page_id,) in self._rows.execute(query).fetchall():
            found = self._page(documents, page_id)
            if found is not None:
                yield found

    def _add(self, ordinal: int, event: Event) -> None:
        if event.object == "page":
            gone = int(event.change in GONE)
            values = (
                event.object_id,
                ordinal,
                event.change,
                event.title,
                event.previous_document,
                event.document,
            )
            where = (event.scope, event.url, event.edited_by, event.committed_at, gone)
            self._rows.execute("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*values, *where))
        elif event.object in ("data_source", "property"):
            told = SchemaDifference(event.scope, event.object, event.title, event.change, event.committed_at)
            self.schema.append(told)

    def _page(self, documents: DocumentStore, page_id: str) -> PageDifference | None:
        query = f"SELECT {_COLUMNS} FROM events WHERE page = ? ORDER BY ordinal"  # noqa: S608 - constant names
        events = self._rows.execute(query, (page_id,)).fetchall()
        first, last = events[0], events[-1]
        was_there = first[2] not in ("created", "restored")
        change = _net(was_there=was_there, is_there=not last[10], changes=[each[2] for each in events])
        if change is None or (was_there and not last[10] and first[4] == last[5] and change == "edited"):
            return None
        changes = self._changes(documents, first[4] if was_there else None, None if last[10] else last[5])
        return PageDifference(
            page_id, last[3], change, last[6], last[7], len(events), last[9], last[8], changes
        )

    @staticmethod
    def _changes(documents: DocumentStore, before: str | None, after: str | None) -> PageChanges | None:
        found = [documents.whole(each) for each in (before, after)]
        lost = any(name and document is None for name, document in zip((before, after), found, strict=True))
        return None if lost else page_changes(*found)


def _net(*, was_there: bool, is_there: bool, changes: list[str]) -> NetChange | None:
    if not is_there:
        return "deleted" if was_there else None
    if not was_there:
        return "restored" if changes[0] == "restored" else "created"
    return "moved" if "moved" in changes else "edited"

"""Homes: which pages other scopes had committed before this run, so that a page that moves is not called new.

Here: a private on-disk table, filled when the first page needs it. Not here: what a move means (``vanishing``,
``plan.event_of``).
"""

import sqlite3
import threading

from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets.core.temporary_rows import temporary_rows


class PageHomes:
    """Pages by the scope whose newest manifest held them when this was first asked."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def elsewhere(self, storage: Storage, key: str, page_id: str) -> bool:
        """Tell whether another scope than ``key`` had the page. May be called from any thread."""
        with self._lock:
            if self._connection is None:
                self._connection = _filled(storage)
            query = "SELECT 1 FROM homes WHERE page_id=? AND scope<>?"
            return self._connection.execute(query, (page_id, key)).fetchone() is not None

    def close(self) -> None:
        """Drop the table; the next question fills it anew."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _filled(storage: Storage) -> sqlite3.Connection:
    connection = temporary_rows(any_thread=True)
    connection.execute(
        "CREATE TABLE homes(page_id TEXT, scope TEXT, PRIMARY KEY(page_id, scope)) WITHOUT ROWID"
    )
    for key in Commits(storage).committed_scopes():
        view = snapshot(storage, key)
        assert view is not None
        pairs = ((row.page_id, key) for row in view.rows() if row.present)
        connection.executemany("INSERT INTO homes VALUES(?,?)", pairs)
    return connection

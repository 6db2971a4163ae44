"""The SQLite file behind the queue: its tables, its durability, its transactions.

Here: opening it and the one way to change it. Not here: what is kept (``queue``, ``batches``).

A transaction is on the disk when it ends (``synchronous=FULL`` with a write-ahead log): a webhook may be answered then.
The file lies on a local disk, since SQLite's locks need one; server, sensor and command line share it.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from notion_sync_assets.core.immediate import immediate
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.webhooks.secret import prepare_folder

QUEUE_FILE = "queue.sqlite"
_BUSY_TIMEOUT_S = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, received_at REAL NOT NULL, content BLOB
);
CREATE INDEX IF NOT EXISTS pending ON events (seq) WHERE content IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_receipt ON events (received_at);
CREATE TABLE IF NOT EXISTS batches (
    batch INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, objects TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, first_received_at REAL NOT NULL, changed_at REAL NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS waiting ON batches (scope) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS by_state ON batches (state);
"""


class WebhookDatabase:
    """One connection, made at the first use; threads take turns. Raises ``StorageError``."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / QUEUE_FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def exists(self) -> bool:
        """Tell whether anything was ever queued; asking makes no file."""
        return self._path.is_file()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the file for one change, which is durable when this ends and undone when it raises."""
        with self._lock:
            try:
                db = self._opened()
                with immediate(db):
                    yield db
            except (sqlite3.Error, OSError) as error:
                raise StorageError(f"the queue of webhooks cannot be used: {error}") from error

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            prepare_folder(self._path.parent)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(_SCHEMA)
            self._connection = db
        return self._connection

"""Transactions of the SQLite files that several processes write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Keep other writers out from the beginning; what the body wrote is undone when it raises.

    ``db`` is a connection without transactions of its own (``isolation_level=None``).
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")

"""Rows that are too many for memory: a private SQLite database on disk that is gone when it is closed.

Here: how such a database is opened. Not here: what anybody keeps in it.
"""

import sqlite3

_CACHE_KIB = 256


def temporary_rows(*, any_thread: bool = False) -> sqlite3.Connection:
    """Return an empty database that spills to disk beyond a quarter of a mebibyte; a dozen of them are open at once in a render.

    Nothing in it can be rolled back. ``any_thread``: other threads use it too, one at a time.
    """
    rows = sqlite3.connect("", check_same_thread=not any_thread)
    rows.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{_CACHE_KIB};")
    return rows

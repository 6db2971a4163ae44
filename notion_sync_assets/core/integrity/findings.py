"""What a verification finds, and what it remembers on the way.

Here: the finding, and a temporary table of what refers to what, which spills to disk. Not here: any check.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Literal

from notion_sync_assets.core.temporary_rows import temporary_rows

Kind = Literal["damaged", "missing", "extra", "differs", "unreferenced", "outdated"]
HARMLESS: tuple[Kind, ...] = ("unreferenced", "outdated")
"""Kinds that say nothing is wrong: what ``gc`` will remove, and what the next export will bring up to date."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one file.

    ``damaged``: its bytes are not what was written. ``missing``: something refers to it. ``extra``: nobody of ours wrote
    it. ``differs``: it contradicts something else. ``scope`` and ``page_id``: what has to be read again to repair it.
    """

    kind: Kind
    path: str
    detail: str
    scope: str | None = None
    page_id: str | None = None

    @property
    def harmless(self) -> bool:
        """Whether it needs no repair."""
        return self.kind in HARMLESS


class Notes:
    """What the checks know so far: which documents and files something refers to, and from where."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.execute("CREATE TABLE documents (sha256 PRIMARY KEY, checked) WITHOUT ROWID")
        rows.execute("CREATE TABLE files (path PRIMARY KEY, size, scope, page) WITHOUT ROWID")
        rows.execute("CREATE TABLE outputs (path PRIMARY KEY) WITHOUT ROWID")

    def first_look(self, sha256: str) -> bool:
        """Note that a document is referred to; False when that was known."""
        done = self._rows.execute("INSERT OR IGNORE INTO documents VALUES (?, 1)", (sha256,))
        return done.rowcount == 1

    def knows_document(self, sha256: str) -> bool:
        """Tell whether something refers to a document."""
        return self._has("SELECT 1 FROM documents WHERE sha256 = ?", sha256)

    def needs_file(self, path: str, size: int, scope: str | None, page: str | None) -> None:
        """Note that a document refers to a hosted file."""
        self._rows.execute("INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", (path, size, scope, page))

    def file(self, path: str) -> tuple[int, str | None, str | None] | None:
        """Return size, scope and page of a hosted file that something refers to."""
        found: tuple[int, str | None, str | None] | None = self._rows.execute(
            "SELECT size, scope, page FROM files WHERE path = ?", (path,)
        ).fetchone()
        return found

    def files(self) -> Iterator[tuple[str, str | None, str | None]]:
        """Yield path, scope and page of the hosted files that something refers to."""
        yield from self._rows.execute("SELECT path, scope, page FROM files ORDER BY path").fetchall()

    def has_output(self, path: str) -> bool:
        """Tell whether a rendered file belongs to something."""
        return self._has("SELECT 1 FROM outputs WHERE path = ?", path)

    def add_output(self, path: str) -> None:
        """Note that a rendered file belongs to something."""
        self._rows.execute("INSERT OR IGNORE INTO outputs VALUES (?)", (path,))

    def _has(self, query: str, value: str) -> bool:
        return self._rows.execute(query, (value,)).fetchone() is not None


@contextmanager
def taking_notes() -> Iterator[Notes]:
    """Hand out empty notes."""
    with closing(temporary_rows()) as rows:
        yield Notes(rows)

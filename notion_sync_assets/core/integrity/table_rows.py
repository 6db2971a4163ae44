"""Whether CSV and Parquet have a row for each row that was listed, and the catalog a page for each page.

Here: counting both sides. Not here: what is in a row (``core.render``), which pages are rows (``core.render.rows``).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import duckdb

from notion_sync_assets.core.catalog.ddl import DuckDBConfig
from notion_sync_assets.core.catalog.publication import opened_catalog
from notion_sync_assets.core.integrity.freshness import Freshness
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.render_state import RenderState
from notion_sync_assets.core.render.rows import row_test
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import opened_parquet
from notion_sync_assets.core.sync.commits import Commits, Snapshot, snapshot

_TABLES = ("csv", "parquet")
_MODEST: DuckDBConfig = {"memory_limit": "256MB", "threads": 1}


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table: where it is, the scope it shows, the rows it has (None: it is not there) and those it should have."""

    path: str
    scope: str
    rows: int | None
    expected: int

    @property
    def right(self) -> bool:
        """Whether both are the same."""
        return self.rows == self.expected


def table_counts(storage: Storage, options: RenderOptions) -> Iterator[TableCount]:
    """Yield every table that is up to date with what is committed; others are about to be written again."""
    fresh = Freshness(storage, options)
    forms = [form for form in _TABLES if form in storage.names(layout.RENDERS)]
    shown = _shown_by_catalog(storage)
    for key in Commits(storage).committed_scopes():
        view = snapshot(storage, key)
        assert view is not None
        if view.commit.head is not None:
            yield from _of_scope(storage, fresh, forms, view)
        seq, pages = shown.get(key, (0, 0))
        if seq == view.commit.seq:
            there = sum(row.state != "gone" for row in view.rows())
            yield TableCount(layout.CATALOG, key, pages, there)


def _of_scope(storage: Storage, fresh: Freshness, forms: list[str], view: Snapshot) -> Iterator[TableCount]:
    key = view.commit.scope
    is_row = row_test(view)
    expected = sum(map(is_row, view.rows()))
    for form in forms:
        path = next((each for each in RenderState(storage, form, key).known() if _has_rows(each)), None)
        rows = None if path is None else _count(storage, path)
        if rows == expected or fresh.current(form, key):
            yield TableCount(path or f"{form}/", key, rows, expected)


def _has_rows(path: str) -> bool:
    return path.endswith((".csv", "/rows.parquet"))


def _count(storage: Storage, path: str) -> int | None:
    with suppress(FileNotFoundError), storage.open(path) as source:
        return _records(source) if path.endswith(".csv") else opened_parquet(source).metadata.num_rows
    return None


def _records(source: BinaryIO) -> int:
    """Return the records of a CSV below its head: the line ends outside quotes (RFC 4180)."""
    ended, quoted = 0, False
    for line in source:
        quoted ^= line.count(b'"') % 2 == 1
        ended += not quoted
    return ended - 1


def _shown_by_catalog(storage: Storage) -> dict[str, tuple[int, int]]:
    """Return the commit and the number of pages that the catalog shows of each scope; none without a catalog."""
    with opened_catalog(storage) as file:
        if not file.is_file():
            return {}
        with duckdb.connect(file, read_only=True, config=_MODEST) as connection:
            found = connection.execute(
                "SELECT s.scope, s.seq, count(p.page_id) FROM scopes s LEFT JOIN pages p USING (scope) GROUP BY ALL"
            ).fetchall()
    return {scope: (int(seq), int(pages)) for scope, seq, pages in found}

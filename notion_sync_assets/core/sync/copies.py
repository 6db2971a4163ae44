"""Synced copies: which committed pages show blocks of other pages (notion_api.md §4).

A copy is read with its content, but an edit of the original moves only the time of the original's page: the page that shows
the copy has to be read again without a stamp of its own.

Here: the pairs of pages, from the tables of commits, gathered once per batch. Not here: whether an original has been
edited since (``engine``), reading (``working``).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from notion_sync_assets.core.catalog.schema import file_name
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits, snapshot


class Copy(NamedTuple):
    """A page that shows a block of another page."""

    page_id: str
    original_page: str


class SyncedCopies:
    """The copies in the manifests that were newest when this was first asked; memory goes with their number."""

    def __init__(self) -> None:
        self._found: dict[str, set[Copy]] | None = None
        self._lock = threading.Lock()

    def in_scope(self, storage: Storage, key: str) -> list[Copy]:
        """Return the copies on pages of a scope, in order. May be called from any thread."""
        with self._lock:
            if self._found is None:
                self._found = _copies(storage)
            return sorted(self._found.get(key, ()))

    def forget(self) -> None:
        """Let the next question gather anew."""
        with self._lock:
            self._found = None


def _copies(storage: Storage) -> dict[str, set[Copy]]:
    shown = {(key, *pair) for key in Commits(storage).committed_scopes() for pair in _shown(storage, key)}
    around = _pages_of(storage, {block for _, _, block in shown})
    found: dict[str, set[Copy]] = defaultdict(set)
    for key, page, block in shown:
        found[key].update(Copy(page, original) for original in around.get(block, ()) if original != page)
    return found


def _shown(storage: Storage, key: str) -> set[tuple[str, str]]:
    """Return ``(page id, original block id)`` of a scope's present pages, as their newest commits have it."""
    view = snapshot(storage, key)
    assert view is not None
    pairs: dict[tuple[str, int], set[str]] = defaultdict(set)
    for commit in Commits(storage).with_tables(key):
        for row in _rows(storage, commit, "links", ["page_id", "target"], ("kind", {"synced_from"})):
            pairs[row["page_id"], commit.seq].add(row["target"])
    if not pairs:
        return set()
    current = ((row.page_id, row.document_seq) for row in view.rows() if row.present)
    return {(page, block) for page, seq in current for block in pairs.get((page, seq), ())}


def _pages_of(storage: Storage, blocks: set[str]) -> dict[str, set[str]]:
    """Return block id → pages that some commit shows it on: the original's, and those that show it inside a copy."""
    found: dict[str, set[str]] = defaultdict(set)
    commits = Commits(storage)
    for key in commits.committed_scopes() if blocks else ():
        for commit in commits.with_tables(key):
            for row in _rows(storage, commit, "blocks", ["block_id", "page_id"], ("block_id", blocks)):
                found[row["block_id"]].add(row["page_id"])
    return found


def _rows(
    storage: Storage, commit: Commit, table: str, columns: list[str], wanted: tuple[str, set[str]]
) -> Iterator[dict[str, str]]:
    """Yield columns of the rows of a commit's table whose column has one of the wanted values."""
    name, values = wanted
    accepted = pa.array(sorted(values), pa.string())
    with (
        storage.open(f"{commit.tables}/{file_name(table)}") as source,
        opened_parquet(source) as parquet,
    ):
        for batch in parquet.iter_batches(BATCH_ROWS, columns=sorted({*columns, name})):
            rows = batch.filter(pc.is_in(batch.column(name), value_set=accepted))
            yield from (row for row in rows.to_pylist() if all(row[column] for column in columns))

"""Parents of changed pages: a page's document shows the titles of the pages and databases below it.

A renamed, moved or trashed one moves no time of the page above it (notion_api.md §13), so that page has to be read
again, or an increment would not equal a fresh export.

Here: which committed pages show something below them otherwise than it is now. Not here: reading them (``working``).
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.worktable import WorkTable

_UNTITLED = "Untitled"
_REFUSED = "\0refused"
"""Stands for the title of a database that a document records as refused; no title holds this character."""


def pages_around(storage: Storage, key: str, blocks: set[str]) -> dict[str, str]:
    """Return block id → page id for those of the blocks that the scope's commits hold; the latest commit counts."""
    return dict(_blocks(storage, key, "block_id", blocks)) if blocks else {}


def _blocks(storage: Storage, key: str, column: str, values: set[str]) -> Iterator[tuple[str, str]]:
    """Yield ``(block id, page id)`` of the committed blocks that have one of the values, oldest commit first."""
    wanted = pa.array(sorted(values), pa.string())
    for commit in Commits(storage).history(key):
        with storage.open(f"{commit.tables}/blocks.parquet") as source, pq.ParquetFile(source) as parquet:
            for batch in parquet.iter_batches(columns=["block_id", "page_id", "type"]):
                rows = batch.filter(pc.is_in(batch.column(column), value_set=wanted))
                yield from ((row["block_id"], row["page_id"]) for row in rows.to_pylist())


class StaleParents:
    """The unread pages of one sync whose documents no longer fit what the sync found out about the pages below."""

    def __init__(self, storage: Storage, documents: DocumentStore, key: str, table: WorkTable) -> None:
        self._storage = storage
        self._documents = documents
        self._key = key
        self._table = table
        self._shown: tuple[str, dict[str, str]] = ("", {})

    def shown_databases(self) -> set[tuple[str, str]]:
        """Return ``(database id, page id)`` of the child databases in any commit of the scope."""
        return set(_blocks(self._storage, self._key, "type", {"child_database"}))

    def show(self, page_id: str, database_id: str, title: str | None, started: str) -> bool:
        """Tell whether a page shows a database as it is; ``title`` None: in the trash, or refused.

        A database that is refused may still stand on the page: then its document says that it is.
        """
        page = self._unread(page_id, started)
        if page is None or page.document is None:
            return True
        shown = self._children_of(page.document).get(database_id)
        return shown in (None, _REFUSED) if title is None else shown in (title, title or _UNTITLED)

    def find(self, started: str) -> list[str]:
        """Return the ids of those above changed pages, sorted.

        ``started``: pages read since then (UTC ISO) show what is.
        """
        pairs = list(self._changed_children())
        blocks = {parent for _, kind, parent in pairs if kind == "block_id"}
        around = pages_around(self._storage, self._key, blocks)
        stale = set()
        for child, kind, parent in pairs:
            page_id = around.get(parent) if kind == "block_id" else parent
            if page_id is not None and page_id not in stale and self._misled(page_id, child, parent, started):
                stale.add(page_id)
        return sorted(stale)

    def _changed_children(self) -> Iterator[tuple[ManifestRow, str, str]]:
        """Yield changed rows with the parents they have and had: pages and blocks only."""
        for row in self._table.done_rows(changed_only=True):
            base = self._table.base_row(row.page_id)
            parents = {(row.parent_type, row.parent_id)}
            if base is not None:
                parents.add((base.parent_type, base.parent_id))
            for kind, parent in sorted(parents, key=str):
                if kind in ("page_id", "block_id") and parent is not None:
                    yield row, kind, parent

    def _misled(self, page_id: str, child: ManifestRow, parent: str, started: str) -> bool:
        page = self._unread(page_id, started)
        if page is None or page.document is None:
            return False
        there = child.state != "gone" and child.parent_id == parent
        shown = self._children_of(page.document).get(child.page_id)
        return shown != child.title if there else shown is not None

    def _unread(self, page_id: str, started: str) -> ManifestRow | None:
        page = self._table.done_row(page_id)
        unread = page is not None and page.state == "exported" and (page.read_at or "") < started
        return page if unread else None

    def _children_of(self, sha256: str) -> dict[str, str]:
        if self._shown[0] != sha256:
            self._shown = (sha256, _shown_below(self._documents.document(sha256)))
        return self._shown[1]


def _shown_below(document: Document) -> dict[str, str]:
    """Return the titles of the pages and databases a document shows, by id."""
    found = {}
    for block, _ in document.walk():
        kind = block.get("type")
        if kind in ("child_page", "child_database"):
            found[str(block.get("id"))] = str((block.get(kind) or {}).get("title") or "")
    return {**found, **{each: _REFUSED for each, known in document.databases.items() if "error" in known}}

"""Parents of changed pages: a page's document holds a block for each page and database below it.

One that is moved, trashed, restored or unshared moves no time of the page above it (notion_api.md §13), so that page has
to be read again, or an increment would not equal a fresh export. A renamed one needs no request: rendering takes titles
from the link table (docs/adr/0003).

Here: which committed pages hold a block too many or too few. Not here: reading them (``working``).
"""

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.worktable import WorkTable


def pages_around(storage: Storage, key: str, blocks: set[str]) -> dict[str, str]:
    """Return block id → page id for those of the blocks that the scope's commits hold; the latest commit counts."""
    return dict(_blocks(storage, key, "block_id", blocks)) if blocks else {}


def _blocks(storage: Storage, key: str, column: str, values: set[str]) -> Iterator[tuple[str, str]]:
    """Yield ``(block id, page id)`` of the committed blocks that have one of the values, oldest commit first."""
    wanted = pa.array(sorted(values), pa.string())
    for commit in Commits(storage).with_tables(key):
        with storage.open(f"{commit.tables}/blocks.parquet") as source, opened_parquet(source) as parquet:
            for batch in parquet.iter_batches(BATCH_ROWS, columns=["block_id", "page_id", "type"]):
                rows = batch.filter(pc.is_in(batch.column(column), value_set=wanted))
                yield from ((row["block_id"], row["page_id"]) for row in rows.to_pylist())


class StaleParents:
    """The unread pages of one sync whose documents no longer fit what the sync found out about the pages below."""

    def __init__(self, storage: Storage, documents: DocumentStore, key: str, table: WorkTable) -> None:
        self._storage = storage
        self._documents = documents
        self._key = key
        self._table = table
        self._seen: tuple[str, dict[str, bool]] = ("", {})

    def shown_databases(self) -> set[tuple[str, str]]:
        """Return ``(database id, page id)`` of the child databases in any commit of the scope."""
        return set(_blocks(self._storage, self._key, "type", {"child_database"}))

    def fits(
        self, page_id: str, database_id: str, parent: tuple[str, str | None] | None, started: str
    ) -> bool:
        """Tell whether a page holds the block of a database as it should.

        ``parent``: type and id of what the database is on now, None when it is in the trash or refused. A database that
        is refused may still stand on the page: then its document says that it is.
        """
        page = self._unread(page_id, started)
        if page is None or page.document is None:
            return True
        held = self._below(page.document).get(database_id)
        if parent is None:
            return held is not True
        kind, identifier = parent
        around = pages_around(
            self._storage, self._key, {identifier} if kind == "block_id" and identifier else set()
        )
        return held is True or page_id not in (identifier, around.get(identifier or ""))

    def find(self, started: str) -> list[str]:
        """Return the ids of those above changed pages, sorted.

        ``started``: pages read since then (UTC ISO) show what is.
        """
        pairs = list(self._changed_children())
        blocks = {parent for _, kind, parent in pairs if kind == "block_id"}
        around: defaultdict[str, set[str]] = defaultdict(set)
        for block, page in _blocks(self._storage, self._key, "block_id", blocks) if blocks else ():
            # A synced block stands on its own page and on every page that shows a copy.
            around[block].add(page)
        stale: set[str] = set()
        for child, kind, parent in pairs:
            for page_id in sorted((around[parent] if kind == "block_id" else {parent}) - stale):
                if self._misled(page_id, child, parent, started):
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
        return there != (child.page_id in self._below(page.document))

    def _unread(self, page_id: str, started: str) -> ManifestRow | None:
        page = self._table.done_row(page_id)
        unread = page is not None and page.state == "exported" and (page.read_at or "") < started
        return page if unread else None

    def _below(self, sha256: str) -> dict[str, bool]:
        if self._seen[0] != sha256:
            # A damaged document holds nothing of what it should: its page is read again.
            document = self._documents.whole(sha256)
            self._seen = (sha256, _blocks_below(document) if document is not None else {})
        return self._seen[1]


def _blocks_below(document: Document) -> dict[str, bool]:
    """Return the pages and databases a document holds blocks of, by id; False for a database that was refused."""
    found = {
        str(block.get("id")): True
        for block, _ in document.walk()
        if block.get("type") in ("child_page", "child_database")
    }
    return {**found, **{each: False for each, known in document.databases.items() if "error" in known}}

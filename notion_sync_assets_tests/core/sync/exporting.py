"""Driving the engine as an export does, without Dagster: search, sync, extend until nothing is due.

Here: :class:`Export` and what tests compare of a folder. Not here: worlds (``worlds``), expectations.
"""

import asyncio
import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from notion_sync_assets.core.canonical import Json, digest
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion.block_comments import RequestAllowance
from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.core.notion.files import FileFetcher
from notion_sync_assets.core.notion.reader import PageReader, ReadOptions
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.batch import sync_batch
from notion_sync_assets.core.sync.clock import Clock, utc_now
from notion_sync_assets.core.sync.commits import Commits, Snapshot, snapshot
from notion_sync_assets.core.sync.context import ScopeResult, SyncContext, SyncOptions
from notion_sync_assets.core.sync.databases import DatabaseDirectory
from notion_sync_assets.core.sync.engine import sync_scope
from notion_sync_assets.core.sync.events import Event
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.indexing import Indexer
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.outbox import events_of
from notion_sync_assets.core.sync.scopes import Scope

OF_A_RUN = ("receipts",)
OLD = dt.timedelta(minutes=15)
Checkpoint = Callable[[str], None]


@dataclass
class Report:
    """What one export came to: errors by scope key, counts of pages by what happened, changed scopes."""

    errors: dict[str, NotionSyncError] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    changed: set[str] = field(default_factory=set)
    results: dict[str, ScopeResult] = field(default_factory=dict)


class Export:
    """One export root and one connection; ``async with`` closes it."""

    def __init__(
        self, url: str, root: Path | Storage, *, clock: Clock = utc_now, lease_ttl: float = 20, **options: Any
    ) -> None:
        self.url = url
        self.storage: Any = LocalStorage(root) if isinstance(root, Path) else root
        self.clock = clock
        self.options = SyncOptions(**{"fingerprint": "settings", **options})
        self.leases = LeaseKeeper(lease_ttl)
        self.block_comments = RequestAllowance(10_000)
        self.commits = Commits(self.storage)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        config = NotionClientConfig(token="secret_x", base_url=self.url, limit_per_window=0)
        self.client = await self._stack.enter_async_context(build_client(config))
        self.files = await self._stack.enter_async_context(FileFetcher(self.storage, api_base_url=self.url))
        self.indexer = Indexer(self.client, self.storage, self.clock)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()
        self.leases.close()

    async def run(
        self, checkpoint: Checkpoint = lambda _step: None, run_id: str = "run", **options: Any
    ) -> Report:
        """A whole export: what search knows, then what syncs discover, until nothing is due."""
        delta = options.get("delta", self.options.delta)
        found = await (self.indexer.delta(overlap=self.options.overlap) if delta else self.indexer.search())
        due, report = found.scopes, Report()
        while due:
            await self._batch(due, report, checkpoint, run_id, options)
            found = await self.indexer.extend()
            keys = set(found.due)
            due = [scope for scope in found.scopes if scope.key in keys]
        return report

    async def _batch(
        self, due: Sequence[Scope], report: Report, checkpoint: Checkpoint, run_id: str, options: Json
    ) -> None:
        index = Index.load(self.storage)
        try:
            batch = await sync_batch(self.context(index, checkpoint, run_id, **options), due)
        finally:
            index.close()
        report.errors.update(batch.errors)
        report.results.update(batch.results)
        report.changed.update(key for key, result in batch.results.items() if result.changed)
        for result in batch.results.values():
            report.counts.update(result.counts)

    async def sync(
        self, scope: Scope, checkpoint: Checkpoint = lambda _step: None, **options: Any
    ) -> ScopeResult:
        """Sync one scope against the index as it is stored."""
        index = Index.load(self.storage)
        try:
            return await sync_scope(self.context(index, checkpoint, "run", **options), scope)
        finally:
            index.close()

    def context(self, index: Index, checkpoint: Checkpoint, run_id: str, **options: Any) -> SyncContext:
        made = dataclasses.replace(self.options, **options)
        databases = DatabaseDirectory(self.client, [each for each in index.state.sources.values() if each])
        return SyncContext(
            client=self.client,
            reader=PageReader(self.client, databases, self.files, made.read, self.block_comments),
            databases=databases,
            storage=self.storage,
            documents=DocumentStore(self.storage),
            commits=self.commits,
            index=index,
            leases=self.leases,
            options=made,
            run_id=run_id,
            page_slots=asyncio.Semaphore(made.pages_at_once),
            clock=self.clock,
            checkpoint=checkpoint,
            index_is_old=index.started_at is None or self.clock() - index.started_at > OLD,
        )

    def scope(self, root_id: str) -> Scope:
        """The indexed scope of a root."""
        index = Index.load(self.storage)
        index.close()
        found = index.state.scope_of(root_id)
        assert found is not None, f"no scope {root_id}"
        return found

    def state(self, key: str) -> Snapshot:
        """The committed state of a scope."""
        found = snapshot(self.storage, key)
        assert found is not None, f"{key} was never committed"
        return found

    def rows(self) -> dict[str, ManifestRow]:
        """Every row that is not gone, by page id; a page in two scopes fails the test."""
        found: dict[str, ManifestRow] = {}
        for key in self.commits.committed_scopes():
            for row in self.state(key).rows():
                if row.state != "gone":
                    assert row.page_id not in found, f"{row.page_id} {row.title} is in two scopes"
                    found[row.page_id] = row
        return found

    def row(self, page_id: str) -> ManifestRow:
        """The row of a page in the one scope that has it, else its tombstone."""
        rows = [
            row
            for key in self.commits.committed_scopes()
            for row in self.state(key).rows()
            if row.page_id == page_id
        ]
        return min(rows, key=lambda row: row.state == "gone")

    def events(self) -> list[Event]:
        """The page events of all commits."""
        found = []
        for key in self.commits.committed_scopes():
            for commit in self.commits.history(key):
                found.extend(each for each in events_of(self.storage, commit) if each.object == "page")
        return found


def facts(export: Export) -> dict[str, Any]:
    """What two exports of one workspace must agree on: every scope with its live pages, and its head."""
    found = {}
    for key in export.commits.committed_scopes():
        view = export.state(key)
        rows = [_comparable(export, row) for row in view.rows() if row.state != "gone"]
        if rows or view.commit.head:
            found[view.commit.root_id] = (view.commit.title, view.commit.head, rows)
    return found


def _comparable(export: Export, row: ManifestRow) -> ManifestRow:
    """A row with a hash of its document that leaves out the titles of other objects (docs/adr/0003)."""
    if row.document is None:
        return timeless(row)
    value = DocumentStore(export.storage).read(row.document)
    for block, _ in Document.from_json(value).walk():
        for kind in ("child_page", "child_database"):
            if block.get("type") == kind:
                block[kind] = {}
    return dataclasses.replace(timeless(row), document=digest(value), document_bytes=0)


def timeless(row: ManifestRow) -> ManifestRow:
    """A row without what depends on when and in which commit it was read."""
    return dataclasses.replace(row, read_at=None, document_seq=0)


def tree(root: Path, *, without: tuple[str, ...] = OF_A_RUN) -> dict[str, bytes]:
    """Every file below an export root, except below the given first folders."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in without
    }


def held(storage: Storage) -> dict[str, bytes]:
    """Every object of a storage of any kind, but unfinished ones."""
    folders = [name for name in storage.names("") if not name.startswith(".")]
    return {path: storage.read(path) for folder in folders for path in storage.walk(folder)}


__all__ = ["Export", "ReadOptions", "Report", "facts", "held", "timeless", "tree"]

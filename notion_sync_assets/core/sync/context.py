"""What a sync needs from outside: the client and storage of one run, the options, the progress it reports.

Here: values and seams handed down through the engine. Not here: any step of a sync.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.reader import PageReader, ReadOptions
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.clock import Clock, utc_now
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.copies import SyncedCopies
from notion_sync_assets.core.sync.databases import DatabaseDirectory
from notion_sync_assets.core.sync.homes import PageHomes
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.verification import NOTHING, Allowance


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How scopes are synced. ``full``: read every page again. ``exclude``: ids of pages to leave out.

    ``delta``: look at what changed since the watermark, less ``overlap``, and at nothing else.
    ``allowance``: how many pages are read again in turn, whatever their times say.
    ``margin``: how long after its stamp a page may still change under the same stamp. ``missing_share`` and
    ``missing_minimum``: more pages gone at once than both stop the scope.
    """

    fingerprint: str
    read: ReadOptions = field(default_factory=ReadOptions)
    full: bool = False
    delta: bool = False
    overlap: dt.timedelta = dt.timedelta(minutes=15)
    exclude: frozenset[str] = frozenset()
    pages_at_once: int = 8
    scopes_at_once: int = 4
    margin: dt.timedelta = dt.timedelta(seconds=120)
    journal_pages: int = 50
    journal_seconds: float = 10.0
    journal_max_age: dt.timedelta = dt.timedelta(hours=24)
    lease_ttl: float = 20.0
    missing_share: float = 0.5
    missing_minimum: int = 20
    allowance: Allowance = NOTHING


@dataclass(slots=True)
class Progress:
    """Counters a person may watch while scopes are synced; ``changed`` is called after each page."""

    scopes_total: int = 0
    scopes_done: int = 0
    pages_listed: int = 0
    pages_done: int = 0
    pages_read: int = 0
    renders_total: int = 0
    renders_done: int = 0
    changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class SyncContext:
    """Everything one run shares between its scopes."""

    client: NotionClient
    reader: PageReader
    databases: DatabaseDirectory
    storage: Storage
    documents: DocumentStore
    commits: Commits
    index: Index
    leases: LeaseKeeper
    options: SyncOptions
    run_id: str
    page_slots: asyncio.Semaphore
    commit_slot: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One commit is written at a time: its buffers are the largest thing a sync holds."""
    progress: Progress = field(default_factory=Progress)
    homes: PageHomes = field(default_factory=PageHomes)
    copies: SyncedCopies = field(default_factory=SyncedCopies)
    verify: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The pages to read again whatever their times say, by scope key; the id of a data source stands for its head."""
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Those of them that somebody says have changed: no journal of an earlier sync is believed about them, since what
    moves no time (a comment) may have come after its read."""
    index_is_old: bool = False
    """The search was another run's, a while ago: committed pages may look unchanged in it though they are not."""
    clock: Clock = utc_now
    checkpoint: Callable[[str], None] = lambda _step: None
    """Called with the name of each step of the commit protocol: a seam for tests of interruption."""


@dataclass(frozen=True, slots=True)
class ScopeResult:
    """What the sync of one scope came to.

    ``commit``: the scope's state now, None when nothing was ever committed. ``changed``: this sync made it.
    ``counts``: pages by what happened. ``pending``: pages that have moved to a scope which has not committed them.
    """

    scope: Scope
    commit: Commit | None
    changed: bool
    counts: dict[str, int]
    pending: int = 0
    not_shared: bool = False

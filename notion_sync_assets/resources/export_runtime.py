"""The runtime of an export: everything the assets share, built from settings, opened when first needed.

Here: wiring of core parts for one process, as the resource ``export`` of every asset. Not here: Dagster events
(``assets``), the engine itself (``core``). Nothing is opened at construction, so loading definitions costs nothing.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
import queue
import threading
import time
from collections.abc import Collection, Generator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.builder import CatalogResult, build_catalog
from notion_sync_assets.core.history.purged import read_purged
from notion_sync_assets.core.identifiers import parse_reference
from notion_sync_assets.core.integrity.findings import Finding
from notion_sync_assets.core.integrity.live import compare_live
from notion_sync_assets.core.metrics import catalogue
from notion_sync_assets.core.metrics.activity import Activity
from notion_sync_assets.core.metrics.store import AccountWriter
from notion_sync_assets.core.notion.block_comments import RequestAllowance
from notion_sync_assets.core.notion.client import NotionClient, NotionClientConfig, build_client
from notion_sync_assets.core.notion.config import OutageRules
from notion_sync_assets.core.notion.errors import ConfigurationError, NotionSyncError
from notion_sync_assets.core.notion.files import FileFetcher, FileOutcome
from notion_sync_assets.core.notion.reader import PageReader, ReadOptions
from notion_sync_assets.core.ratelimit.interface import RateLimiter
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import open_slice
from notion_sync_assets.core.render.links import LinkTable, build_link_table
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.publish import (
    FailedRender,
    RenderResult,
    remove_vanished,
    render_scope,
    render_together,
)
from notion_sync_assets.core.render.site.build import SiteResult, build_site
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.format import state_format
from notion_sync_assets.core.sync.batch import BatchResult, sync_batch
from notion_sync_assets.core.sync.clock import utc_now
from notion_sync_assets.core.sync.commits import Commits, Snapshot, snapshot
from notion_sync_assets.core.sync.context import Progress, ScopeResult, SyncContext, SyncOptions
from notion_sync_assets.core.sync.databases import DatabaseDirectory
from notion_sync_assets.core.sync.identity import workspace_of
from notion_sync_assets.core.sync.index import Index, IndexState, read_state
from notion_sync_assets.core.sync.indexing import Indexer, IndexResult
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.core.sync.scopes import Scope, key_id
from notion_sync_assets.core.sync.thoroughness import RECONCILE, Thoroughness
from notion_sync_assets.core.sync.verification import NOTHING, Allowance
from notion_sync_assets.export_root import export_root
from notion_sync_assets.names import Names
from notion_sync_assets.resources.event_loop import EventLoopThread
from notion_sync_assets.resources.groups import in_groups
from notion_sync_assets.resources.request_budget import open_budget
from notion_sync_assets.resources.request_report import request_report
from notion_sync_assets.settings_model import Settings

_FIRST_PATIENCE_S = 10.0
"""How long the first call may meet a Notion that cannot be reached: a person is waiting."""

_REPORT_EVERY_S = 10.0

_INDEX_MAX_AGE = dt.timedelta(minutes=15)
"""How long a run believes what the search of another one showed of committed pages."""

_log = logging.getLogger(__name__)

ResultStream = Generator[list[ScopeResult], None, None]


class ExportRuntime:
    """One export root and one connection to Notion, shared by the runs of this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.progress = Progress()
        self.batch = BatchResult()
        self.index_result: IndexResult | None = None
        self._lock = threading.Lock()
        self._client: NotionClient | None = None
        self._earlier: NotionClient | None = None
        self._me: Json | None = None
        self._files: FileFetcher | None = None
        self._account: AccountWriter | None = None
        self.activity = Activity()
        self._verification_due = False
        self._has_searched = False
        self._block_comments = RequestAllowance(settings.output.block_comment_requests)

    @cached_property
    def storage(self) -> Storage:
        """The export root; ``ConfigurationError`` for an object store that cannot be opened."""
        return export_root(self.settings)

    @cached_property
    def commits(self) -> Commits:
        """The commits of all scopes."""
        return Commits(self.storage)

    @cached_property
    def leases(self) -> LeaseKeeper:
        """The leases of this process."""
        return LeaseKeeper(self.settings.sync.lease_ttl_seconds)

    @cached_property
    def loop(self) -> EventLoopThread:
        """The event loop of this process."""
        return EventLoopThread()

    @cached_property
    def names(self) -> Names:
        """The names of this workspace in Dagster."""
        return Names(self.settings.output.workspace)

    def connect(self) -> None:
        """Ask Notion who we are, without the patience a running export has; the answer serves the next search."""
        config = client_config(self.settings).impatient(_FIRST_PATIENCE_S)
        first = build_client(config, limiter=self.limiter)
        self._earlier = first
        self._me = self.loop.run(_me(first))

    @cached_property
    def limiter(self) -> RateLimiter:
        """The budget of the token, shared with every other process that uses it."""
        return open_budget(self.settings)

    def requests(self) -> Json:
        """Return what was asked of Notion so far: made, by endpoint and status, refused, waited, retried."""
        return request_report([each.metrics for each in (self._earlier, self._client) if each is not None])

    def request_rate(self) -> str:
        """Return requests made so far against the limit, as a few words."""
        clients = [each.metrics for each in (self._earlier, self._client) if each is not None]
        made = sum(each.total_requests for each in clients)
        if not clients or not clients[-1].limiter.limit:
            return f"{made} requests"
        budget = clients[-1].limiter
        return f"{made} requests ({budget.in_window}/{budget.limit} in the last {budget.window_s:.0f} s)"

    @property
    def client(self) -> NotionClient:
        """The connection to Notion; ``ConfigurationError`` without a usable token."""
        with self._lock:
            if self._client is None:
                self._client = build_client(client_config(self.settings), limiter=self.limiter)
            return self._client

    def close(self) -> None:
        """Close connections, leases and the loop, if they were opened; safe to call twice."""
        opened = self.__dict__
        if self._account is not None:
            self.report_activity()
        if "loop" in opened:
            if self._files is not None:
                self.loop.run(self._files.__aexit__(None, None, None))
            if self._client is not None:
                self.loop.run(self._client.aclose())
            self.loop.close()
            del self.loop
        if "leases" in opened:
            self.leases.close()
        if "limiter" in opened:
            self.limiter.close()

    def report_activity(self) -> None:
        """Store what this process did so far, for the metrics of the export; nothing a run depends on."""
        clients = [each.metrics for each in (self._earlier, self._client) if each is not None]
        try:
            self._account = self._account or AccountWriter(self.storage)
            self._account.push(self.activity.account(clients, time.time()))
        except (NotionSyncError, OSError) as error:
            _log.warning("the metrics of this run could not be stored: %s", error)

    def index_state(self) -> IndexState:
        """Return the stored index without its pages."""
        return read_state(self.storage)

    def known_scopes(self, keys: Sequence[str]) -> list[Scope]:
        """Return the scopes of partition keys; ``ConfigurationError`` for a key the index does not hold."""
        known = {scope.key: scope for scope in self.index_state().scopes}
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise ConfigurationError(
                f"no scope {unknown[0]!r} is known",
                hint="Materialize workspace_index first, and check that the page or database is still shared.",
            )
        return [known[key] for key in keys]

    def scope_key(self, text: str) -> str:
        """Return the key of a committed scope that a person named by key, id or URL; ``ConfigurationError`` if none."""
        wanted = parse_reference(text)
        for key in self.commits.committed_scopes():
            if key == text or key_id(key) == wanted:
                return key
        raise ConfigurationError(
            f"{text!r} is no scope of this export", hint="'notion-sync status --json' lists the scopes"
        )

    def search(
        self, *, both_ways: bool = False, delta: bool = False, pages: Collection[str] = ()
    ) -> IndexResult:
        """Make a new index by a search; with ``delta`` bring it up to date by what was edited since the last one.

        ``pages``: ids that a delta reads directly as well.
        """
        me, self._me = self._me, None
        self._verification_due = True
        self._has_searched = True
        self._block_comments = RequestAllowance(self.settings.output.block_comment_requests)
        indexer = Indexer(self.client, self.storage)
        overlap = dt.timedelta(seconds=self.settings.sync.overlap_seconds)
        found = (
            indexer.delta(me, overlap=overlap, pages=pages)
            if delta
            else indexer.search(me, both_ways=both_ways)
        )
        return self.loop.run(found)

    def extend(self) -> IndexResult:
        """Extend the index by what syncs discovered."""
        return self.loop.run(Indexer(self.client, self.storage).extend())

    def sync(
        self,
        scopes: Sequence[Scope],
        run_id: str,
        thoroughness: Thoroughness = RECONCILE,
        again: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> ResultStream:
        """Sync scopes on the loop and yield results in the caller's thread, those of half a second together.

        A result that comes later than that after the last ones is yielded at once. The outcome of all of them is in
        ``batch`` afterwards; what stopped the whole batch is raised. Closing the stream early cancels what is still
        running. ``again``: ids of pages to read again whatever their times say, by scope key; the id of a data source
        stands for its head.
        """
        results: queue.SimpleQueue[ScopeResult | None] = queue.SimpleQueue()
        future = self.loop.start(self._sync(scopes, run_id, thoroughness, again, results))
        try:
            future.add_done_callback(lambda _done: results.put(None))
            for group in in_groups(results):
                self._count(group)
                yield group
            self.batch = future.result()
            self.activity.count(catalogue.SCOPES, "failed", by=len(self.batch.errors))
        finally:
            self.loop.stop(future)
            self.report_activity()

    def read_again(self, pages: Mapping[str, frozenset[str]], run_id: str) -> BatchResult:
        """Sync scopes, and read the given pages of each again whatever their times say."""
        return self.loop.run(self._read_again(pages, run_id))

    async def _read_again(self, pages: Mapping[str, frozenset[str]], run_id: str) -> BatchResult:
        scopes = self.known_scopes(sorted(pages))
        index = await asyncio.to_thread(Index.load, self.storage)
        try:
            ctx = dataclasses.replace(self._context(index, run_id, RECONCILE), verify=pages)
            return await sync_batch(ctx, scopes)
        finally:
            index.close()

    def compare_live(self, count: int, seed: str) -> tuple[int, list[Finding]]:
        """Read sampled pages from Notion; return how many were compared, and what differs."""
        return self.loop.run(self._compare_live(count, seed))

    async def _compare_live(self, count: int, seed: str) -> tuple[int, list[Finding]]:
        index = await asyncio.to_thread(Index.load, self.storage)
        try:
            return await compare_live(self._context(index, "verify", RECONCILE), count, seed)
        finally:
            index.close()

    async def _sync(
        self,
        scopes: Sequence[Scope],
        run_id: str,
        thoroughness: Thoroughness,
        again: Mapping[str, frozenset[str]],
        results: "queue.SimpleQueue[ScopeResult | None]",
    ) -> BatchResult:
        index = await asyncio.to_thread(Index.load, self.storage)
        reporting = asyncio.create_task(self._report_regularly())
        try:
            ctx = dataclasses.replace(self._context(index, run_id, thoroughness), verify=again, told=again)
            return await sync_batch(ctx, scopes, results.put)
        finally:
            reporting.cancel()
            index.close()

    async def _report_regularly(self) -> None:
        """A long sync shows how it goes, and an outage shows while it lasts."""
        while True:
            await asyncio.sleep(_REPORT_EVERY_S)
            await asyncio.to_thread(self.report_activity)

    def _count(self, group: Sequence[ScopeResult]) -> None:
        for result in group:
            self.activity.count(catalogue.SCOPES, "changed" if result.changed else "unchanged")
            for outcome, pages in result.counts.items():
                self.activity.count(catalogue.PAGES, outcome, by=pages)

    def _context(self, index: Index, run_id: str, thoroughness: Thoroughness) -> SyncContext:
        state_format(self.storage)
        databases = DatabaseDirectory(self.client, [each for each in index.state.sources.values() if each])
        options = _sync_options(self.settings, thoroughness, self._allowance(thoroughness))
        options = dataclasses.replace(options, exclude=options.exclude | read_purged(self.storage).pages)
        reader = PageReader(self.client, databases, self._file_fetcher(), options.read, self._block_comments)
        return SyncContext(
            client=self.client,
            reader=reader,
            databases=databases,
            storage=self.storage,
            documents=DocumentStore(self.storage),
            commits=self.commits,
            index=index,
            leases=self.leases,
            options=options,
            run_id=run_id,
            page_slots=asyncio.Semaphore(options.pages_at_once),
            progress=self.progress,
            index_is_old=not self._has_searched and _is_old(index),
        )

    def _allowance(self, thoroughness: Thoroughness) -> Allowance:
        """Pages have their turn once after each search: a further round of discovery is no run of its own."""
        due, self._verification_due = self._verification_due, False
        sync = self.settings.sync
        if not due:
            return NOTHING
        return (
            Allowance(share=sync.verify_share)
            if thoroughness.verify
            else Allowance(requests=sync.verify_requests)
        )

    def _file_fetcher(self) -> FileFetcher:
        if self._files is None:
            output = self.settings.output
            self._files = FileFetcher(
                self.storage, api_base_url=self.settings.notion.base_url, max_bytes=output.max_file_size_bytes
            )
            self._files.on_end = self._count_file
        return self._files

    def _count_file(self, outcome: FileOutcome, stored_bytes: int) -> None:
        self.activity.count(catalogue.FILES, outcome)
        self.activity.count(catalogue.FILE_BYTES, by=stored_bytes)

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the committed state of a scope."""
        return snapshot(self.storage, key)

    def build_links(self) -> LinkTable:
        """Bring the link table up to the committed state, and remove the outputs of scopes that are no more."""
        table = build_link_table(self.storage, self.users())
        remove_vanished(self.storage, table.slices, keep_removed=self.settings.output.keep_removed)
        return table

    def render(self, view: Snapshot, form: str) -> RenderResult:
        """Bring one scope's output in one format up to date; a scope with nothing left has none."""
        if view.is_empty():
            return RenderResult(form, view.commit.scope, view.commit.seq, rendered=False, files=0)
        with open_slice(self.storage, view.commit.scope) as links:
            return render_scope(self.storage, view, links, FORMATS[form], self.render_options())

    def render_all(
        self, view: Snapshot, forms: Sequence[str]
    ) -> Generator[RenderResult | FailedRender, None, None]:
        """Bring one scope's output in several formats up to date; each document is read once for all of them.

        Who may leave before the end has to close it.
        """
        if view.is_empty():
            for form in forms:
                yield self.render(view, form)
            return
        with open_slice(self.storage, view.commit.scope) as links:
            chosen = [FORMATS[form] for form in forms]
            yield from render_together(self.storage, view, links, chosen, self.render_options())

    def render_options(self) -> RenderOptions:
        """Return the options of the exporters that the settings describe."""
        output = self.settings.output
        return RenderOptions(
            scratch=self.storage.scratch(),
            markdown_dialect=output.markdown_dialect,
            markdown_comments=output.markdown_comments,
            csv_byte_order_mark=output.csv_byte_order_mark,
            csv_guard_formulas=output.csv_guard_formulas,
            keep_removed=output.keep_removed,
        )

    def build_site(self) -> SiteResult:
        """Bring the start page, tree and search up to the HTML of all scopes."""
        workspace = workspace_of(self.index_state().me)
        return build_site(self.storage, title=str(workspace["workspace_name"] or "Notion"))

    def build_catalog(self, *, anew: bool = False) -> CatalogResult:
        """Bring the catalog up to the committed state; ``anew``: from zero."""
        catalog = self.settings.catalog
        state = self.index_state()
        return build_catalog(
            self.storage,
            memory_limit=catalog.memory_limit,
            threads=catalog.threads,
            workspace=state.me,
            users=state.users,
            anew=anew,
        )

    def users(self) -> list[Json]:
        """Return the users the index knows."""
        return self.index_state().users


def runtime_of(resources: Any, names: Names) -> ExportRuntime:
    """Return the runtime among the resources of a step of this workspace."""
    runtime = getattr(resources, names.resource("export"))
    assert isinstance(runtime, ExportRuntime)
    return runtime


async def _me(client: NotionClient) -> Json:
    async with client:
        return await client.me()


def _is_old(index: Index) -> bool:
    return index.started_at is None or utc_now() - index.started_at > _INDEX_MAX_AGE


def client_config(settings: Settings) -> NotionClientConfig:
    """Return the connection the settings describe; ``ConfigurationError`` without a usable token."""
    notion = settings.notion
    return NotionClientConfig(
        token=notion.token.get_secret_value() if notion.token else "",
        base_url=notion.base_url,
        api_version=notion.api_version,
        limit_per_window=notion.requests_per_window,
        window_s=float(notion.window_seconds),
        concurrency=notion.concurrency,
        timeout_s=float(notion.timeout_seconds),
        attempts=notion.attempts,
        people=settings.output.people,
        outage=OutageRules(
            failures=notion.breaker_failures,
            within_s=float(notion.breaker_window_seconds),
            reset_s=float(notion.breaker_reset_seconds),
            patience_s=float(notion.outage_patience_seconds),
        ),
    )


def _sync_options(settings: Settings, thoroughness: Thoroughness, allowance: Allowance) -> SyncOptions:
    sync, output = settings.sync, settings.output
    return SyncOptions(
        fingerprint=settings.fingerprint(),
        read=ReadOptions(
            blocks=output.blocks,
            properties=output.properties,
            comments=output.comments,
            files=output.files,
            block_comments=output.block_comments,
        ),
        full=thoroughness.full,
        delta=thoroughness.delta,
        overlap=dt.timedelta(seconds=sync.overlap_seconds),
        exclude=frozenset(output.exclude),
        margin=dt.timedelta(seconds=sync.settle_seconds),
        journal_pages=sync.journal_pages,
        journal_seconds=float(sync.journal_seconds),
        journal_max_age=dt.timedelta(hours=sync.journal_max_age_hours),
        lease_ttl=float(sync.lease_ttl_seconds),
        missing_share=sync.mass_disappearance_share,
        missing_minimum=sync.mass_disappearance_minimum,
        allowance=allowance,
    )

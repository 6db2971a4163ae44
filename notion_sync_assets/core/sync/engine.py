"""The sync of one scope: listing → plan → work → one commit (design §7).

Here: the order of the steps. Not here: any single step (``listing``, ``working``, ``vanishing``, ``committing``),
several scopes (``batch``).
"""

import asyncio
import dataclasses
from dataclasses import dataclass

import structlog

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import to_the_end
from notion_sync_assets.core.notion.errors import (
    NotionApiError,
    NotionUnavailableError,
    ObjectNotFoundError,
    UnauthorizedError,
)
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import journal as journals
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.clock import settled
from notion_sync_assets.core.sync.commits import Commit, Snapshot
from notion_sync_assets.core.sync.committing import Proposal, collect_lost, commit_scope
from notion_sync_assets.core.sync.context import ScopeResult, SyncContext
from notion_sync_assets.core.sync.copies import Copy
from notion_sync_assets.core.sync.delta import QueryCappedError, ScopeDelta
from notion_sync_assets.core.sync.index import IndexedPage, parent_of
from notion_sync_assets.core.sync.journal import Journal, new_header
from notion_sync_assets.core.sync.lease import current_holder, held
from notion_sync_assets.core.sync.listing import Head, read_head, rows
from notion_sync_assets.core.sync.parents import StaleParents
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.vanishing import Vanishing
from notion_sync_assets.core.sync.watermark import Watermark, read_watermark, write_watermark
from notion_sync_assets.core.sync.working import PageWork
from notion_sync_assets.core.sync.worktable import WorkTable


@dataclass(frozen=True, slots=True)
class _Listed:
    """A finished listing. ``shared`` False: Notion answers 404 for the data source itself.

    ``whole`` False: it is of a delta, and what it lacks is as it was.
    """

    head: Head | None = None
    shared: bool = True
    whole: bool = True

    @property
    def trashed(self) -> bool:
        return self.head is not None and self.head.trashed


async def sync_scope(ctx: SyncContext, scope: Scope) -> ScopeResult:
    """Bring one scope's committed state up to date.

    Raises ``LeaseHeldError``, ``CommitConflictError``, ``IncompleteListingError``, ``MassDisappearanceError`` and
    whatever stops all calls to Notion; the committed state is then as it was.
    """
    with structlog.contextvars.bound_contextvars(run_id=ctx.run_id, scope=scope.key):
        return await _synced(ctx, scope)


async def _synced(ctx: SyncContext, scope: Scope) -> ScopeResult:
    base = ctx.commits.head(scope.key)
    ctx.leases.take(ctx.storage, layout.lease(scope.key), ctx.run_id)
    ctx.checkpoint("lease")
    # After the scope's own lease: of a sync and a collection that begin at once, at least one sees the other.
    collector = current_holder(ctx.storage, layout.COLLECTION_LEASE)
    # A repair holds it, too, and syncs what it has found damaged.
    if collector is not None and not ctx.leases.holds(layout.COLLECTION_LEASE):
        ctx.leases.give_back(layout.lease(scope.key))
        raise held(layout.COLLECTION_LEASE, collector)
    table = WorkTable()
    try:
        return await _Sync(ctx, scope, base, table).run()
    finally:
        table.close()
        ctx.leases.give_back(layout.lease(scope.key))


class _Sync:
    def __init__(self, ctx: SyncContext, scope: Scope, base: Commit | None, table: WorkTable) -> None:
        if base is not None and base.fingerprint != ctx.options.fingerprint:
            ctx = dataclasses.replace(ctx, options=dataclasses.replace(ctx.options, full=True))
        self._ctx = ctx
        self._scope = scope
        self._base = base
        self._seq = base.seq if base else 0
        self._table = table
        self._started = ctx.clock()
        self._watermark = read_watermark(ctx.storage, scope.key, self._seq)
        self._confirmed = dict(self._watermark.confirmed)
        header = new_header(self._seq, ctx.options.fingerprint, self._started)
        options = ctx.options
        self._journal = Journal(
            ctx.storage, scope.key, header, pages=options.journal_pages, seconds=options.journal_seconds
        )
        self._work = PageWork(ctx, scope, table, self._journal, self._confirmed)
        self._head: Head | None = None
        self._left: list[str] = []
        self._delta: ScopeDelta | None = None
        if base is not None and ctx.options.delta and not ctx.options.full and self._watermark.listed_at:
            self._delta = ScopeDelta(ctx, base, self._watermark, table)

    async def run(self) -> ScopeResult:
        listed = await self._list()
        self._ctx.checkpoint("listing")
        if not listed.shared and self._base is None:
            return ScopeResult(
                self._scope, None, changed=False, counts=dict(self._work.counts), not_shared=True
            )
        self._resume()
        self._journal.begin(self._started.timestamp())
        try:
            return await self._worked_off(listed)
        except asyncio.CancelledError:
            self._journal.flush(self._ctx.clock().timestamp())
            raise

    async def _worked_off(self, listed: _Listed) -> ScopeResult:
        await self._work.run()
        vanishing = Vanishing(self._ctx, self._scope, self._table, self._work)
        if listed.whole:
            await vanishing.run(container_trashed=listed.trashed)
        elif self._delta is not None:
            await vanishing.settle([*self._delta.leavers(), *self._left])
        await self._work.run()
        if not listed.whole:
            self._carry_over()
        await self._read_stale_parents(listed)
        commit, changed = await self._settle(listed)
        self._finish(commit, listed)
        return ScopeResult(self._scope, commit, changed, dict(self._work.counts), vanishing.pending)

    async def _list(self) -> _Listed:
        if self._base is not None:
            view = Snapshot(self._ctx.storage, self._ctx.documents, self._base)
            self._table.load_base(view.rows())
        listed = await self._list_changes() if self._delta is not None else None
        if listed is None:
            listed = await self._list_everything()
        self._ctx.progress.pages_listed += self._table.listed_count()
        return listed

    async def _list_everything(self) -> _Listed:
        listed = _Listed()
        if self._scope.kind == "data_source":
            try:
                listed = _Listed(await self._read_head())
            except ObjectNotFoundError:
                return _Listed(shared=False)
            if listed.trashed:
                self._bury_indexed()
                return listed
            await self._list_rows()
            await self._list_templates(listed)
        await self._list_indexed()
        return listed

    async def _list_changes(self) -> _Listed | None:
        """List what may have changed since the last listing; None when everything may have."""
        assert self._delta is not None
        head = None
        if self._scope.kind == "data_source":
            head = self._delta.committed_head()
            try:
                if self._delta.head_may_differ() or self._scope.root_id in self._asked_for():
                    before, head = head, await self._read_head()
                    if head.trashed or _schema(head) != _schema(before):
                        return None
                if not head.trashed and not await self._list_edited_rows(self._delta):
                    return None
            except ObjectNotFoundError:
                # Nothing but a complete look may take pages for gone: they stay until the next one.
                return _Listed(self._delta.committed_head(), shared=False, whole=False)
        await self._list_behind(self._delta)
        await self._list_verified()
        return _Listed(head, whole=False)

    async def _list_edited_rows(self, delta: ScopeDelta) -> bool:
        """List the rows edited since the last listing; False when that does not tell which rows changed."""
        try:
            async for item in delta.edited_rows():
                if item.get("object") == "page" and delta.shows_other_columns(item):
                    return False
                await self._list_row(item)
        except QueryCappedError:
            return False
        return True

    async def _list_behind(self, delta: ScopeDelta) -> None:
        for page in delta.pages_behind():
            if not (self._excluded(page.page_id) or self._table.is_listed(page.page_id)):
                await self._list_value(page.object or await self._read_page(page.page_id, _stub(page)))
        for row in self._table.base_failed():
            if not (self._excluded(row.page_id) or self._table.is_listed(row.page_id)):
                await self._list_value(await self._read_page(row.page_id, {"id": row.page_id}))

    async def _list_verified(self) -> None:
        """List the pages whose turn it is to be read again; one in the trash is settled with those that left."""
        for page_id in sorted(self._asked_for() - self._head_id()):
            if self._table.is_listed(page_id) or self._excluded(page_id):
                continue
            try:
                page = await self._ctx.client.page(page_id)
            except ObjectNotFoundError:
                continue
            if page.get("in_trash") or self._is_elsewhere(page):
                self._left.append(page_id)
            elif self._table.base_row(page_id) is not None or self._hangs_here(page):
                await self._list_value(page)

    def _asked_for(self) -> frozenset[str]:
        return self._ctx.verify.get(self._scope.key, frozenset())

    def _head_id(self) -> frozenset[str]:
        return frozenset({self._scope.root_id} if self._scope.kind == "data_source" else ())

    def _is_elsewhere(self, page: Json) -> bool:
        """Tell whether the page that holds a page is known to be in another scope."""
        kind, above = parent_of(page)
        if kind == "data_source_id":
            return above != self._scope.root_id
        indexed = self._ctx.index.pages.get(above) if kind == "page_id" and above else None
        return indexed is not None and indexed.root not in (None, self._scope.root_id)

    def _hangs_here(self, page: Json) -> bool:
        """Tell whether a page that was never committed belongs here; one in a block is found on the page around it."""
        kind, above = parent_of(page)
        return above == self._scope.root_id or (
            kind == "page_id" and above is not None and self._table.base_row(above) is not None
        )

    def _carry_over(self) -> None:
        """Take over what the delta did not list; a read that confirmed a young page is not forgotten by a commit."""
        for page_id, read_at in list(self._confirmed.items()):
            base = self._table.base_row(page_id)
            if base is not None and base.present and self._table.done_row(page_id) is None:
                self._work.finish(dataclasses.replace(base, read_at=read_at), base, "unchanged")
        self._work.counts["unchanged"] += self._table.carry_over()

    async def _read_head(self) -> Head:
        if self._head is None:
            properties = self._ctx.options.read.properties
            self._head = await read_head(
                self._ctx.client, self._ctx.databases, self._scope.root_id, properties=properties
            )
        return self._head

    async def _list_rows(self) -> None:
        async for item in rows(self._ctx.client, self._scope.root_id):
            await self._list_row(item)

    async def _list_row(self, item: Json) -> None:
        if item.get("object") == "data_source":
            self._ctx.databases.note_source(item)
        elif item.get("object") != "page":
            self._work.reject(item, f"unfamiliar kind of row: {item.get('object')}")
        elif not item.get("in_trash") and not self._excluded(item["id"]):
            self._table.list_page(await self._with_properties(item), None)

    async def _list_templates(self, listed: _Listed) -> None:
        """Templates are pages of the data source that no query returns (notion_api.md §2)."""
        templates = (listed.head.value.get("templates") or []) if listed.head else []
        for template in templates:
            identifier = str(template.get("id"))
            if self._excluded(identifier) or self._table.is_listed(identifier):
                continue
            try:
                page = await self._ctx.client.page(identifier)
            except ObjectNotFoundError:
                continue
            if not page.get("in_trash"):
                self._table.list_page(page, None)

    async def _list_indexed(self) -> None:
        """Take over from the index what belongs to this scope; an old index tells only the ids of committed pages.

        What was never committed is taken as search showed it, however long ago: its content is read now, and what was
        edited meanwhile has another time in the next search.
        """
        for page in self._ctx.index.pages.of_root(self._scope.root_id):
            if self._excluded(page.page_id) or self._table.is_listed(page.page_id):
                continue
            outdated = self._ctx.index_is_old and self._table.base_row(page.page_id) is not None
            known = page.object is not None and not outdated
            await self._list_value(page.object if known else await self._read_listed(page))

    def _bury_indexed(self) -> None:
        """Pages of a data source in the trash are there, too: Notion marks only what was thrown away itself."""
        for page in self._ctx.index.pages.of_root(self._scope.root_id):
            # One that was committed before is settled by ``vanishing``.
            if not self._excluded(page.page_id) and self._table.base_row(page.page_id) is None:
                self._work.bury(plan.listed_row(page.object or _stub(page), None), None, "trashed")

    async def _list_value(self, value: Json | None) -> None:
        if value is not None:
            kind, identifier = parent_of(value)
            inside = kind == "page_id" and value["id"] != self._scope.root_id
            self._table.list_page(value, identifier if inside else None)

    async def _read_listed(self, page: IndexedPage) -> Json | None:
        """Read a page that the index places here but that came without its object.

        None: it is gone, or it was committed before and ``vanishing`` asks for it.
        """
        if self._table.base_row(page.page_id) is not None and page.object is None:
            return None
        return await self._read_page(page.page_id, _stub(page))

    async def _read_page(self, page_id: str, stub: Json) -> Json | None:
        base = self._table.base_row(page_id)
        try:
            value = await self._ctx.client.page(page_id)
        except ObjectNotFoundError:
            return None
        except (UnauthorizedError, NotionUnavailableError):
            raise
        except NotionApiError as error:
            self._work.fail(base or plan.listed_row(stub, None), base, error.code or "unreadable")
            return None
        if value.get("in_trash"):
            self._work.bury(plan.listed_row(value, None), base, "trashed")
            return None
        return value

    async def _read_stale_parents(self, listed: _Listed) -> None:
        if self._base is None:
            return
        started = self._started.isoformat()
        parents = StaleParents(self._ctx.storage, self._ctx.documents, self._scope.key, self._table)
        await self._read_these_again(listed, parents.find(started))
        # Where databases are takes a request for each: a delta leaves it to the next complete listing.
        for database, page in sorted(parents.shown_databases()) if listed.whole else ():
            if self._ctx.databases.owns(database):
                parent = await self._ctx.databases.parent(database)
                if not parents.fits(page, database, parent, started):
                    self._work.read_again([page])
        copies = self._ctx.copies.in_scope(self._ctx.storage, self._scope.key)
        await self._read_these_again(listed, [copy.page_id for copy in copies if self._outdated(copy)])
        await self._work.run()

    async def _read_these_again(self, listed: _Listed, page_ids: list[str]) -> None:
        for page_id in page_ids if not listed.whole else ():
            if not self._table.is_listed(page_id):
                indexed = self._ctx.index.pages.get(page_id)
                known = indexed.object if indexed is not None else None
                await self._list_value(known or await self._read_page(page_id, {"id": page_id}))
        self._work.read_again(page_ids)

    def _outdated(self, copy: Copy) -> bool:
        """Tell whether the page with a synced original has changed, and the page with the copy was not read since."""
        page, original = self._table.done_row(copy.page_id), self._table.done_row(copy.original_page)
        if page is None or page.state != "exported" or (page.read_at or "") >= self._started.isoformat():
            return False
        base = self._table.base_row(copy.original_page)
        if original is not None and base is not None and original.state != base.state:
            return True
        known = original or self._ctx.index.pages.get(copy.original_page)
        margin = self._ctx.options.margin
        return known is not None and not settled(known.last_edited_time, page.read_at, margin)

    async def _with_properties(self, item: Json) -> Json:
        """Return the whole object of a row that came in part; a row that answers 404 is settled when it is read."""
        if "properties" in item:
            return item
        try:
            return await self._ctx.client.page(item["id"])
        except ObjectNotFoundError:
            return item

    def _excluded(self, page_id: str) -> bool:
        return page_id in self._ctx.options.exclude

    def _resume(self) -> None:
        lines = journals.usable_lines(
            self._ctx.storage, self._scope.key, self._journal.header, self._ctx.options.journal_max_age
        )
        self._table.load_journal(lines)

    async def _settle(self, listed: _Listed) -> tuple[Commit | None, bool]:
        head = listed.head.value if listed.head is not None and not listed.trashed else None
        if not self._differs(head):
            return self._base, False
        self._journal.flush(self._ctx.clock().timestamp())
        self._ctx.checkpoint("work")
        proposal = Proposal(
            scope=self._scope,
            base=self._seq,
            sync_id=self._journal.header.sync_id,
            head=head,
            fingerprint=self._ctx.options.fingerprint,
            counts={**self._work.counts, **self._table.totals(), "container_trashed": int(listed.trashed)},
        )
        async with self._ctx.commit_slot:
            return await to_the_end(commit_scope, self._ctx, self._table, proposal), True

    def _differs(self, head: Json | None) -> bool:
        if self._base is None or self._base.fingerprint != self._ctx.options.fingerprint:
            return True
        # Putting it writes nothing where it is there already, and mends it where it is damaged.
        if (self._ctx.documents.put(head)[0] if head is not None else None) != self._base.head:
            return True
        return self._table.changed_count() > 0 or self._base.title != self._scope.title

    def _finish(self, commit: Commit | None, listed: _Listed) -> None:
        ctx, key = self._ctx, self._scope.key
        seq = commit.seq if commit else 0
        watermark = Watermark(
            seq,
            self._started.isoformat(),
            self._confirmed if seq == self._seq else {},
            ctx.index.state.source_hashes.get(self._scope.root_id),
        )
        if listed.shared or listed.whole:
            write_watermark(ctx.storage, key, watermark)
        journals.discard_all(ctx.storage, key)
        collect_lost(ctx, key, commit)


def _schema(head: Head) -> object:
    return head.value.get("data_source", {}).get("properties")


def _stub(page: IndexedPage) -> Json:
    return {"id": page.page_id, "parent": {"type": page.parent_type, page.parent_type: page.parent_id}}

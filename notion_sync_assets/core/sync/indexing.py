"""Indexing: one search, the users, a scope for every page, and the ids that content mentions.

Here: the order of the steps and what each answer adds to the index. Not here: the rules of placement
(``placement``), single reads (``probing``), rows (``listing``). Never queries rows (design §4).
"""

import datetime as dt
from collections.abc import Callable, Collection, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.documents import page_title
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    NothingSharedError,
    NotOfferedError,
    ObjectNotFoundError,
    RestrictedError,
)
from notion_sync_assets.core.notion.pagination import collect
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync import placement
from notion_sync_assets.core.sync.clock import Clock, utc_now
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets.core.sync.delta import child_pages
from notion_sync_assets.core.sync.found import read_found
from notion_sync_assets.core.sync.identity import check_workspace, claim_folder
from notion_sync_assets.core.sync.index import Index, IndexState, PageTable
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.probing import Prober
from notion_sync_assets.core.sync.recent import read_directly, search_since
from notion_sync_assets.core.sync.references import exported_blocks, referenced
from notion_sync_assets.core.sync.scopes import Scope, ScopeKind, key_id, make_key
from notion_sync_assets.core.sync.searching import WorkspaceSearch

_PARENT_KINDS = {"page_id": "page", "data_source_id": "data_source", "database_id": "database"}
_NO_LIST = (RestrictedError, ObjectNotFoundError, InvalidRequestError, NotOfferedError)
_PROBES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class IndexResult:
    """What an index run found. ``due``: keys of scopes that are new or got pages they did not list before.

    ``probes``: direct reads of single ids.
    """

    scopes: list[Scope]
    due: list[str]
    probes: int


class Indexer:
    """Builds and extends the index of one export root."""

    def __init__(self, client: NotionClient, storage: Storage, clock: Clock = utc_now) -> None:
        self._client = client
        self._storage = storage
        self._clock = clock
        self._commits = Commits(storage)
        self._documents = DocumentStore(storage)

    async def search(self, me: Json | None = None, *, both_ways: bool = False) -> IndexResult:
        """Make a new index from a complete search; what earlier runs learned by direct reads is kept.

        ``me``: the answer of ``users/me`` when it was asked for already.
        """
        index, prober = await self._searched(claim_folder, me, both_ways, _ignore)
        return await self._finish(index, prober)

    async def delta(
        self, me: Json | None = None, *, overlap: dt.timedelta, pages: Collection[str] = ()
    ) -> IndexResult:
        """Bring the index up to date by a search down to the last one; without one before, search everything.

        ``overlap``: how far to look behind the start of the last search, since search lags. ``pages``: ids that are
        read directly as well, since something else than search has told of them.
        """
        index = Index.load(self._storage)
        if index.started_at is None or not index.state.scopes:
            index.close()
            return await self.search(me)
        since, index.started_at = index.started_at - overlap, self._clock()
        await self._greet(index.state, claim_folder, me)
        placement.remember_placed(index.pages)
        try:
            moved = await search_since(self._client, index, since)
            moved |= await read_directly(self._client, index, {*pages, *index.stubs})
        except (InvalidRequestError, IncompleteListingError):
            index.close()
            return await self.search(index.state.me)
        if moved:
            self._unplace_inside(index)
        return await self._finish(index, Prober(self._client, index, self._clock))

    async def look(
        self, me: Json | None = None, *, both_ways: bool = False, see: Callable[[Json], None]
    ) -> tuple[Index, int]:
        """Return the index that :meth:`search` would store, and how many direct reads it took; nothing is written.

        ``see`` is shown every result of the search. The caller closes the index.
        """
        index, prober = await self._searched(check_workspace, me, both_ways, see)
        await self._place(index, prober)
        return index, prober.asked

    async def _searched(
        self,
        identify: Callable[[Storage, Json], object],
        me: Json | None,
        both_ways: bool,
        see: Callable[[Json], None],
    ) -> tuple[Index, Prober]:
        index = Index.load(self._storage)
        probed = index.pages.probed()
        index.pages.close()
        index.pages = PageTable()
        state = index.state
        index.started_at = self._clock()
        members = await self._greet(state, identify, me)
        earlier, state.sources, state.trashed, state.unfamiliar = state.sources, {}, {}, {}
        placement.remember_placed(index.pages)
        await self._search(index, both_ways, see)
        self._keep_committed(index, earlier)
        seen = state.sources or index.stubs or index.pages.count()
        if not seen and not self._commits.committed_scopes():
            raise NothingSharedError("nothing in this workspace is shared with the connection")
        prober = Prober(self._client, index, self._clock)
        prober.forget_listed({str(user.get("id")) for user in members})
        if both_ways:
            await self._ask_all(prober.ask_again, prober.doubtful())
        asked = sorted({*probed, *index.stubs})
        await self._ask_all(prober.ask, [("page", each) for each in asked if index.pages.get(each) is None])
        return index, prober

    async def _greet(
        self, state: IndexState, identify: Callable[[Storage, Json], object], me: Json | None
    ) -> list[Json]:
        """Learn who asks and who is in the workspace; return its members."""
        state.me = normalise(me or await self._client.me())
        identify(self._storage, state.me)
        members = await self._members()
        state.users = _with_guests(members, state)
        return members

    async def extend(self) -> IndexResult:
        """Add what syncs discovered since: data sources of child databases, mentioned pages, pages under blocks."""
        index = Index.load(self._storage)
        prober = Prober(self._client, index, self._clock)
        refused: dict[str, str] = {}
        for key in self._commits.scopes():
            found = read_found(self._storage, key)
            index.state.sources.update(found.get("sources", {}))
            refused.update(found.get("databases", {}))
        containers = set(index.state.sources.values())
        for database, verdict in refused.items():
            # What one sync was refused, a later one may have found.
            if database not in containers:
                prober.judge("database", database, verdict)
        placement.inherit(index.pages, self._committed_roots(index))
        placement.remember_placed(index.pages)
        await self._resolve_references(index, prober)
        await self._place_waiting(index, prober)
        return await self._finish(index, prober)

    async def _members(self) -> list[Json]:
        try:
            return [normalise(user) for user in await collect(self._client.users)]
        except _NO_LIST:
            # Those whom content names are asked for one by one.
            return []

    async def _search(self, index: Index, both_ways: bool, see: Callable[[Json], None]) -> None:
        def take(item: Json) -> None:
            index.add(item)
            see(item)

        index.state.gap = await WorkspaceSearch(self._client, take).run(both_ways=both_ways)

    def _keep_committed(self, index: Index, earlier: dict[str, str | None]) -> None:
        """A data source that search leaves out, but that was exported before, is still looked at."""
        committed = {key_id(key) for key in self._commits.committed_scopes()}
        for source, database in earlier.items():
            if source in committed:
                index.state.sources.setdefault(source, database)

    async def _finish(self, index: Index, prober: Prober) -> IndexResult:
        due = await self._place(index, prober)
        scopes = index.state.scopes
        index.save(self._storage)
        index.close()
        return IndexResult(scopes, due, prober.asked)

    async def _place(self, index: Index, prober: Prober) -> list[str]:
        """Give every page its scope as far as it can be told; return the keys of the scopes that are due."""
        placement.place(index.pages, index.state.sources)
        await self._place_unknown(index, prober)
        state = index.state
        before = {scope.key for scope in state.scopes}
        state.scopes = self._scopes(index)
        grown = set(placement.newly_placed(index.pages))
        due = [scope.key for scope in state.scopes if scope.key not in before or scope.root_id in grown]
        state.counts = {
            "pages": index.pages.count(),
            "data_sources": len(state.sources),
            "users": len(state.users),
        }
        return due

    async def _place_unknown(self, index: Index, prober: Prober) -> None:
        """Find the scope of pages whose parent search did not list: by earlier syncs, else by a direct read."""
        placement.inherit(index.pages, self._committed_roots(index))
        while parents := placement.unknown_parents(index.pages):
            for kind, identifier in parents:
                if identifier not in index.state.verdicts:
                    await prober.ask(_PARENT_KINDS[kind], identifier)
                if index.state.verdicts.get(identifier, {}).get("state") == "trashed":
                    # Notion marks only what was thrown away itself; what is under it answers as if nothing were.
                    for page_id in placement.drop(index.pages, identifier):
                        prober.judge("page", page_id, "trashed")
                elif index.pages.get(identifier) is None:
                    placement.adopt(index.pages, identifier, _owner(index, identifier))
            placement.place(index.pages, index.state.sources)
        if not placement.waiting(index.pages):
            placement.make_root(index.pages, placement.rootless(index.pages))

    def _unplace_inside(self, index: Index) -> None:
        """Pages in blocks of a page that has moved have moved with it; only its document tells which they are."""
        waiting = placement.rootless(index.pages)
        while waiting:
            inside = {child for each in self._documents_of(set(waiting)) for child in self._inside(each)}
            for child in inside:
                if index.pages.root_of(child) is not None:
                    placement.unplace(index.pages, child)
            waiting = [each for each in placement.rootless(index.pages) if each in inside]

    def _documents_of(self, page_ids: set[str]) -> list[str]:
        return [
            row.document
            for key in self._commits.committed_scopes()
            for row in self._rows(key)
            if row.page_id in page_ids and row.present and row.document
        ]

    def _inside(self, sha256: str) -> set[str]:
        """Return the pages a document holds; a damaged one tells none, and its page is read again by a repair."""
        document = self._documents.whole(sha256)
        return child_pages(document) if document is not None else set()

    def _rows(self, key: str) -> Iterator[ManifestRow]:
        view = snapshot(self._storage, key)
        return view.rows() if view is not None else iter(())

    def _committed_roots(self, index: Index) -> dict[str, str]:
        """Return the roots that earlier syncs know of pages the listing does not place; what moved takes along what is in it."""
        wanted = {page for page, _ in placement.waiting(index.pages)}
        wanted |= {parent for _, parent in placement.unknown_parents(index.pages)}
        found: dict[str, str] = {}
        moved: list[tuple[str, str]] = []
        for key in self._commits.committed_scopes() if wanted else ():
            root = key_id(key)
            for row in self._rows(key):
                if not row.present or row.document is None:
                    continue
                if row.page_id in wanted:
                    found[row.page_id] = root
                now = index.pages.root_of(row.page_id)
                if now not in (None, root):
                    moved.append((row.document, now or root))
        for document, root in moved:
            found.update(dict.fromkeys(found.keys() & self._inside(document), root))
        return found

    async def _place_waiting(self, index: Index, prober: Prober) -> None:
        """Ask the blocks above pages that no walk has found; what cannot be seen above makes the page a root."""
        for page_id, block_id in placement.waiting(index.pages):
            above = await prober.page_above(block_id)
            if above is None:
                placement.make_root(index.pages, [page_id])
            else:
                placement.hang_on(index.pages, page_id, above)
        placement.inherit(index.pages, {})

    async def _resolve_references(self, index: Index, prober: Prober) -> None:
        state = index.state
        # What is committed meanwhile is looked at next time.
        heads = self._commits.heads()
        known = _accounted(state)
        unlisted = [
            (kind, identifier)
            for kind, identifier in referenced(self._storage, state.resolved, heads)
            if identifier not in known and not index.pages.holds(identifier)
        ]
        asked_for = {identifier for _, identifier in unlisted}
        held = {
            row.page_id
            for key in (heads if asked_for else ())
            for row in self._rows(key)
            if row.page_id in asked_for
        }
        wanted = [(kind, identifier) for kind, identifier in unlisted if identifier not in held]
        blocks = {identifier for kind, identifier in wanted if kind in ("block", "unknown")}
        present = exported_blocks(self._storage, blocks) if blocks else set()
        pending = [(kind, identifier) for kind, identifier in wanted if identifier not in present]
        await self._ask_all(prober.ask, pending)
        state.resolved = heads

    async def _ask_all(
        self, ask: Callable[[str, str], Coroutine[Any, Any, None]], wanted: list[tuple[str, str]]
    ) -> None:
        for start in range(0, len(wanted), _PROBES_AT_ONCE):
            chunk = wanted[start : start + _PROBES_AT_ONCE]
            await all_of(ask(kind, identifier) for kind, identifier in chunk)

    def _scopes(self, index: Index) -> list[Scope]:
        state = index.state
        keys = {scope.key[-32:]: scope.key for scope in state.scopes}
        keys.update({key[-32:]: key for key in self._commits.scopes()})
        committed = self._commits.heads()
        found = {scope.root_id: scope for scope in state.scopes if scope.key in committed}
        for root in sorted({*placement.roots(index.pages), *state.sources}):
            kind: ScopeKind = "data_source" if root in state.sources else "page_tree"
            title = _title(index, root)
            found[root] = Scope(keys.get(compact_id(root)) or make_key(title, root), kind, root, title)
        return sorted(found.values(), key=lambda scope: scope.key)


def _with_guests(members: list[Json], state: IndexState) -> list[Json]:
    """Return the members and, since guests are never listed, those that were read directly before."""
    listed = {user.get("id") for user in members}
    guests = [
        user for user in state.users if user.get("id") in state.verdicts and user.get("id") not in listed
    ]
    return sorted([*members, *guests], key=lambda user: str(user.get("id")))


def _accounted(state: IndexState) -> set[str]:
    """Return the ids, beside those of pages, that need no direct read."""
    known = {*state.verdicts, *state.trashed, *state.sources}
    known.update(database for database in state.sources.values() if database)
    known.update(str(user.get("id")) for user in state.users)
    return known


def _ignore(_result: Json) -> None:
    """Look at a result of the search no further."""


def _owner(index: Index, identifier: str) -> str | None:
    """Return the data source that a data source or database id stands for, None when there is none to be seen."""
    owned = (source for source, database in index.state.sources.items() if identifier in (source, database))
    return min(owned, default=None)


def _title(index: Index, root: str) -> str:
    page = index.pages.get(root)
    if page is not None and page.object is not None:
        return page_title(page.object)
    previous = index.state.scope_of(root)
    return index.titles.get(root) or (previous.title if previous else "")

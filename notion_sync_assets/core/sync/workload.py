"""The workload: what an export would find to do in each scope, from the listing and the committed state.

Here: the join of the index with the manifests, without writing and in the memory of one row. Not here: what the work
costs (``forecast``); the rule what a page needs is the engine's own (``plan.need``).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.commits import Snapshot, snapshot
from notion_sync_assets.core.sync.index import Index, IndexedPage
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.sampling import STRATA, Candidates, Stratum, page_lists
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.sightings import Sightings
from notion_sync_assets.core.sync.watermark import read_watermark

_ROWS = ("data_source_id", "database_id")
Pair = tuple[IndexedPage | None, ManifestRow | None]


@dataclass(frozen=True, slots=True)
class WorkloadOptions:
    """What decides whether a page is read. ``sample``: pages that may be sampled, of each kind."""

    fingerprint: str
    margin: dt.timedelta
    full: bool
    exclude: frozenset[str]
    sample: int


@dataclass(slots=True)
class Outlook:
    """The pages of a scope by what an export would do.

    ``again``: read once more without a new stamp (edited just before the last read, failed then, or everything is
    read). ``missing``: committed, but not listed now. ``rows``: rows a query will give.
    """

    scope: Scope
    first: bool
    new: int = 0
    changed: int = 0
    again: int = 0
    unchanged: int = 0
    missing: int = 0
    rows: int = 0


@dataclass(slots=True)
class Known:
    """Pages whose last document tells what reading them takes: pages, requests for blocks, hosted files, blocks."""

    pages: int = 0
    lists: int = 0
    files: int = 0
    blocks: int = 0


@dataclass
class Workload:
    """Everything that is to be read. ``heads``: committed heads of data sources by id.

    ``cut``, ``files``: cut values and hosted files of page objects to be read; ``missing_pages`` and
    ``missing_rows``: committed, not listed; ``trashed_rows``: those of the rows that search gives as trashed;
    ``unplaced``: pages whose scope only a walk can tell.
    """

    candidates: dict[Stratum, Candidates]
    outlooks: list[Outlook] = field(default_factory=list)
    changed: Known = field(default_factory=Known)
    again: Known = field(default_factory=Known)
    heads: dict[str, Json] = field(default_factory=dict)
    cut: int = 0
    files: int = 0
    missing_pages: int = 0
    missing_rows: int = 0
    trashed_rows: int = 0
    unplaced: int = 0

    @property
    def new(self) -> int:
        """Pages nothing is known about but that they are there."""
        return sum(each.population for each in self.candidates.values())

    @property
    def to_read(self) -> int:
        """Pages whose content is read."""
        return self.new + self.changed.pages + self.again.pages


class Survey:
    """Finds the workload of scopes, one after the other."""

    def __init__(
        self, index: Index, storage: Storage, sightings: Sightings, options: WorkloadOptions
    ) -> None:
        self._index = index
        self._storage = storage
        self._documents = DocumentStore(storage)
        self._sightings = sightings
        self._options = options
        self.workload = Workload({kind: Candidates(options.sample) for kind in STRATA})

    def add(self, scope: Scope) -> None:
        """Add a scope."""
        view = snapshot(self._storage, scope.key)
        outlook = Outlook(scope, first=view is None)
        self.workload.outlooks.append(outlook)
        templates = self._head(scope, view)
        full = self._options.full or (
            view is not None and view.commit.fingerprint != self._options.fingerprint
        )
        confirmed = read_watermark(self._storage, scope.key, view.commit.seq).confirmed if view else {}
        rows = view.rows() if view else iter(())
        for listed, base in _joined(self._index.pages.of_root(scope.root_id), rows):
            if listed is None:
                assert base is not None
                self._unlisted(outlook, base, template=base.page_id in templates)
            elif listed.page_id not in self._options.exclude:
                outlook.rows += listed.parent_type in _ROWS
                self._listed(outlook, listed, base, "read" if full else self._need(listed, base, confirmed))

    def add_unplaced(self, page_ids: list[str]) -> None:
        """Add pages whose scope only a walk can tell."""
        self.workload.unplaced += len(page_ids)
        for page_id in page_ids:
            self._read("nested", page_id)

    def _head(self, scope: Scope, view: Snapshot | None) -> set[str]:
        """Keep the committed head of a data source; return the ids of its templates, which search never lists."""
        head = view.head() if view is not None else None
        if head is None:
            return set()
        self.workload.heads[scope.root_id] = head
        return {str(each.get("id")) for each in head.get("templates") or []}

    def _need(self, listed: IndexedPage, base: ManifestRow | None, confirmed: dict[str, str]) -> plan.Need:
        row = ManifestRow(
            page_id=listed.page_id,
            state="exported",
            title="",
            parent_type=listed.parent_type,
            listing_hash=listed.listing_hash,
            document_seq=0,
            last_edited_time=listed.last_edited_time,
        )
        return plan.need(row, base, self._options.margin, confirmed.get(listed.page_id))

    def _listed(
        self, outlook: Outlook, listed: IndexedPage, base: ManifestRow | None, need: plan.Need
    ) -> None:
        if base is not None:
            self._sightings.explain([listed.page_id])
        if base is None or base.state == "gone" or base.document is None:
            outlook.new += 1
            self._read(_stratum(listed, outlook.scope), listed.page_id)
        elif need == "read":
            edited = listed.last_edited_time != base.last_edited_time
            outlook.changed += edited
            outlook.again += not edited
            self._read_again(
                _stratum(listed, outlook.scope),
                base,
                self.workload.changed if edited else self.workload.again,
            )
        elif need == "refresh":
            outlook.changed += 1
            self.workload.cut += self._sightings.of(listed.page_id)[0]
        else:
            outlook.unchanged += 1

    def _read(self, stratum: Stratum, page_id: str) -> None:
        self.workload.candidates[stratum].add(page_id)
        self._note(page_id)

    def _read_again(self, stratum: Stratum, base: ManifestRow, known: Known) -> None:
        assert base.document is not None
        try:
            document = self._documents.document(base.document)
        except StorageError:
            self._read(stratum, base.page_id)
            return
        known.pages += 1
        known.lists += page_lists(document.blocks or [])
        known.files += len(document.files)
        known.blocks += base.blocks
        self._note(base.page_id)

    def _note(self, page_id: str) -> None:
        cut, files = self._sightings.of(page_id)
        self.workload.cut += cut
        self.workload.files += files

    def _unlisted(self, outlook: Outlook, base: ManifestRow, *, template: bool) -> None:
        """Count a committed page that search does not list; one that is listed in another scope only moves."""
        self._sightings.explain([base.page_id])
        if base.state == "gone" or self._index.pages.get(base.page_id) is not None:
            return
        if template:
            outlook.unchanged += 1
            return
        outlook.missing += 1
        if base.parent_type not in _ROWS:
            self.workload.missing_pages += 1
        else:
            outlook.rows += 1
            self.workload.missing_rows += 1
            self.workload.trashed_rows += base.page_id in self._index.state.trashed


def _stratum(listed: IndexedPage, scope: Scope) -> Stratum:
    if listed.parent_type in _ROWS:
        return "row"
    return "root" if listed.page_id == scope.root_id else "nested"


def _joined(listed: Iterator[IndexedPage], rows: Iterator[ManifestRow]) -> Iterator[Pair]:
    """Yield what is listed with what was committed; both come in the order of their ids."""
    page, row = next(listed, None), next(rows, None)
    while page is not None or row is not None:
        if row is None or (page is not None and page.page_id < row.page_id):
            yield page, None
            page = next(listed, None)
        elif page is None or row.page_id < page.page_id:
            yield None, row
            row = next(rows, None)
        else:
            yield page, row
            page, row = next(listed, None), next(rows, None)

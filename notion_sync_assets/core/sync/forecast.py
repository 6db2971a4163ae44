"""The forecast: what an export would do now, found out without writing anything (design §11, ``plan``).

Here: the order of the steps, and requests by kind from what they find. Kinds are those of the request model in
notion_api.md §16. Not here: the listing (``indexing``), the workload of a scope (``workload``), the arithmetic
(``estimate``), any text (the command line).
"""

import math
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import PAGE_SIZE, NotionClient
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync import placement
from notion_sync_assets.core.sync.costs import SEARCH_LACKS, Costs
from notion_sync_assets.core.sync.estimate import Estimate, total
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.indexing import Indexer
from notion_sync_assets.core.sync.sampling import Sample, comments_permitted, read_sample
from notion_sync_assets.core.sync.selection import selected
from notion_sync_assets.core.sync.sightings import Sightings
from notion_sync_assets.core.sync.source_heads import Heads, estimate_heads
from notion_sync_assets.core.sync.workload import Outlook, Survey, Workload, WorkloadOptions

_PAGES_PER_SOURCE = 4
_FOUND_ON_THE_WAY = 0.02
_COMMENT_CALLS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class ForecastOptions:
    """What would be exported. ``wanted``: ids of the only pages and databases, empty for all.

    ``block_comments``: requests a run may spend on comments on blocks, 0 when they are not asked for. ``verify``:
    requests it may spend on reading unchanged pages again.
    """

    workload: WorkloadOptions
    wanted: frozenset[str]
    blocks: bool
    properties: bool
    comments: bool
    files: bool
    block_comments: int = 0
    verify: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an export would do.

    ``requests``: by kind. ``block_comments``: what those on all blocks of the pages to be read would take. ``files``: hosted files that are looked at, which cost no requests. ``not_shared``: ids
    earlier runs were refused; ``unlisted``: ids that something links to and nobody listed, refused or left out by
    search. ``unplaced``: new pages whose scope only the export finds out. ``spent``: requests this forecast took, ``sampled``: pages it read for it.
    """

    workspace: Json
    outlooks: list[Outlook]
    requests: dict[str, Estimate]
    files: Estimate
    not_shared: list[str]
    unlisted: list[str]
    comments_permitted: bool
    block_comments: Estimate
    unplaced: int
    spent: int
    sampled: int

    @property
    def total(self) -> Estimate:
        """All requests."""
        return total(list(self.requests.values()))


async def forecast(client: NotionClient, storage: Storage, me: Json, options: ForecastOptions) -> Forecast:
    """Return the forecast; ``me`` is the answer of ``users/me``. Nothing is written.

    Raises ``NothingSharedError``, ``OutputFolderError`` (of another workspace), ``ConfigurationError`` (a wanted id
    nobody can see), and what ends any search.
    """
    sightings = Sightings()
    index, asked = await Indexer(client, storage).look(me, both_ways=options.workload.full, see=sightings.see)
    try:
        listing = {
            "identity": 1,
            "users": _calls(client, "users"),
            "search": _calls(client, "search"),
            "single reads": asked,
        }
        return await _Forecaster(client, index, sightings, options).run(storage, listing)
    finally:
        index.close()
        sightings.close()


class _Forecaster:
    def __init__(
        self, client: NotionClient, index: Index, sightings: Sightings, options: ForecastOptions
    ) -> None:
        self._client = client
        self._index = index
        self._sightings = sightings
        self._options = options

    async def run(self, storage: Storage, listing: dict[str, int]) -> Forecast:
        work = self._workload(storage)
        size = self._options.workload.sample
        sources = [each.scope.root_id for each in work.outlooks if each.scope.kind == "data_source"]
        heads = await estimate_heads(self._client, sources, work.heads, max(1, size // _PAGES_PER_SOURCE))
        sample = (
            await read_sample(self._client, work.candidates, size) if self._options.blocks else Sample([])
        )
        permitted = await self._comments_permitted(work)
        unlisted = self._unlisted(sample)
        requests = {name: Estimate.exactly(number) for name, number in listing.items()}
        costs = Costs(work, heads, sample, self._missed(sample))
        requests |= self._of_sources(work, heads, sources)
        requests |= self._of_pages(costs, permitted=permitted)
        requests["single reads"] += costs.single_reads()
        requests["linked databases"] = self._linked_databases(costs)
        requests["references"] = self._references(costs, unlisted)
        exported = any(not each.first for each in work.outlooks) and not self._options.workload.full
        again = self._options.verify if exported else 0
        requests["verification"] = Estimate(0, again, again)
        likely = total(list(requests.values())).expected
        requests["found on the way"] = Estimate(0, 0, math.ceil(likely * _FOUND_ON_THE_WAY) + 5)
        return Forecast(
            workspace=self._index.state.me,
            outlooks=work.outlooks,
            requests=requests,
            files=costs.files() if self._options.files else Estimate(),
            not_shared=sorted(
                key for key, each in self._index.state.verdicts.items() if each["state"] == "not_shared"
            ),
            unlisted=[identifier for identifier, _ in unlisted],
            comments_permitted=permitted,
            block_comments=costs.block_comments(),
            unplaced=work.unplaced,
            spent=self._client.metrics.total_requests,
            sampled=len(sample.pages),
        )

    def _workload(self, storage: Storage) -> Workload:
        survey = Survey(self._index, storage, self._sightings, self._options.workload)
        exclude = self._options.workload.exclude
        scopes = selected(self._index, self._index.state.scopes, wanted=self._options.wanted, exclude=exclude)
        for scope in scopes:
            survey.add(scope)
        if not self._options.wanted:
            survey.add_unplaced(
                [each for each in placement.rootless(self._index.pages) if each not in exclude]
            )
        return survey.workload

    async def _comments_permitted(self, work: Workload) -> bool:
        first = next((page for each in work.candidates.values() for page in each.first(1)), None)
        if not self._options.comments or first is None:
            return True
        return await comments_permitted(self._client, first)

    def _of_sources(self, work: Workload, heads: Heads, sources: list[str]) -> dict[str, Estimate]:
        owners = {self._index.state.sources.get(source) for source in sources} - {None}
        rows = [each.rows for each in work.outlooks if each.scope.kind == "data_source"]
        pages = sum(max(1, -(-count // PAGE_SIZE)) for count in rows)
        more = sum(max(1, math.ceil(count * (1 + SEARCH_LACKS) / PAGE_SIZE)) for count in rows)
        return {
            "queries": Estimate(pages, pages, more + math.ceil(more / 20)),
            "schemas": Estimate.exactly(len(sources)),
            "databases": Estimate.exactly(len(owners)),
            "views": heads.views + Estimate.exactly(len(sources)),
            "templates": Estimate.exactly(len(sources)),
        }

    def _of_pages(self, costs: Costs, *, permitted: bool) -> dict[str, Estimate]:
        comments = costs.pages() if self._options.comments else Estimate()
        if not permitted:
            comments = Estimate(1, 1, _COMMENT_CALLS_AT_ONCE)
        cut = costs.work.cut
        return {
            "blocks": costs.lists() if self._options.blocks else Estimate(),
            "properties": Estimate(cut, cut, 2 * cut) if self._options.properties else Estimate(),
            "comments": comments,
            "block comments": self._block_comments(costs) if permitted else Estimate(),
        }

    def _block_comments(self, costs: Costs) -> Estimate:
        """A run spends no more on them than it may, or the first page alone takes."""
        most = self._options.block_comments if self._options.comments else 0
        found = costs.block_comments()
        return Estimate(min(found.low, most), min(found.expected, most), min(found.high, most))

    def _linked_databases(self, costs: Costs) -> Estimate:
        """Databases that own no data source: the container, and for one that is only linked its views."""
        known = {*self._index.state.sources.values()}
        found = {each for page in costs.sample.pages for each in page.databases if each not in known}
        each = costs.scaled(len(found))
        return Estimate(each.low, 2 * each.expected, 3 * each.high)

    def _references(self, costs: Costs, unlisted: list[tuple[str, str]]) -> Estimate:
        """Direct reads of ids nobody listed; an id from a plain link may be of three kinds."""
        listed = set(self._sightings.unexplained())
        inside = [each for each in unlisted if each not in listed]
        unknown = sum(kind == "unknown" for _, kind in unlisted)
        known = len(unlisted) - len(inside)
        scaled = costs.scaled(len(inside))
        return Estimate(0, known + scaled.expected, known + scaled.high + 2 * unknown)

    def _unlisted(self, sample: Sample) -> list[tuple[str, str]]:
        """Return ``(id, kind)`` of everything linked, in page objects and in the sample, that is not accounted for."""
        found = {*self._sightings.unexplained(), *(each for page in sample.pages for each in page.targets)}
        state = self._index.state
        known = {*state.sources, *state.sources.values(), *state.verdicts, *state.trashed}
        known |= {user.get("id") for user in state.users}
        known |= {identifier for page in sample.pages for identifier in (*page.pages, *page.databases)}
        return sorted(
            each for each in found if each[0] not in known and self._index.pages.get(each[0]) is None
        )

    def _missed(self, sample: Sample) -> float:
        """Return the share of the pages under the sampled ones that search left out."""
        below = [identifier for page in sample.pages for identifier in page.pages]
        missed = sum(self._index.pages.get(identifier) is None for identifier in below)
        return missed / len(below) if below else 0.0


def _calls(client: NotionClient, path: str) -> int:
    ends = (f"GET /v1/{path}", f"POST /v1/{path}")
    return sum(count for row, count in client.metrics.calls.items() if row.endpoint in ends)

"""Sampling: a few pages read for what a whole export will have to read.

Here: which pages, and what their blocks take. Not here: what it means for the rest (``estimate``, ``forecast``).
The choice is by a hash of the ids: the same workspace gives the same sample, whatever the order of the listing.
"""

import hashlib
import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.documents import Document, hosted_files
from notion_sync_assets.core.notion.block_tree import Walked, list_requests, walk_blocks
from notion_sync_assets.core.notion.client import PAGE_SIZE, NotionClient
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    NotionApiError,
    NotionUnavailableError,
    RestrictedError,
    UnauthorizedError,
)
from notion_sync_assets.core.sync.sightings import targets

Stratum = Literal["root", "nested", "row"]
STRATA: tuple[Stratum, ...] = ("root", "nested", "row")
_SEED = "notion-sync plan"
_AT_ONCE = 4
_LISTS = "GET /v1/blocks/{id}/children"


class Candidates:
    """The pages of one kind that may be sampled: how many there are, and the first ``size`` by hash."""

    def __init__(self, size: int) -> None:
        self.population = 0
        self._size = size
        self._heap: list[tuple[int, str]] = []

    def add(self, page_id: str) -> None:
        """Count a page and keep it if its turn comes early enough."""
        self.population += 1
        turn = -int.from_bytes(hashlib.sha256(f"{_SEED} {page_id}".encode()).digest()[:8])
        heapq.heappush(self._heap, (turn, page_id))
        if len(self._heap) > self._size:
            heapq.heappop(self._heap)

    def first(self, count: int) -> list[str]:
        """Return the first ``count`` pages by hash."""
        return [page_id for _, page_id in sorted(self._heap, reverse=True)[:count]]


@dataclass(frozen=True, slots=True)
class Sampled:
    """What one page took. ``lists``: requests for its blocks; ``files``: hosted files in them; ``blocks``: how many.

    ``databases``, ``pages``: ids of those placed on it; ``targets``: ``(id, kind)`` of what its blocks link to.
    """

    stratum: Stratum
    lists: int
    files: int
    databases: tuple[str, ...]
    pages: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """The sampled pages. ``surplus``: lists asked for per list needed (pages of a list may come short)."""

    pages: list[Sampled]
    surplus: float = 1.0

    def of(self, stratum: Stratum) -> list[Sampled]:
        """Return the sampled pages of one kind."""
        return [page for page in self.pages if page.stratum == stratum]


def allotment(populations: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """Return how many of ``size`` pages to take of each kind: in proportion, but of each enough to say something.

    That is at least one, so ``size`` is at least the number of kinds.
    """
    kinds = [kind for kind in STRATA if populations.get(kind)]
    share = max(1, size // (2 * len(kinds))) if kinds else 0
    taken = {kind: min(populations[kind], share) for kind in kinds}
    while (left := size - sum(taken.values())) > 0:
        open_kinds = [kind for kind in kinds if taken[kind] < populations[kind]]
        if not open_kinds:
            break
        rest = sum(populations[kind] - taken[kind] for kind in open_kinds)
        for kind in open_kinds:
            missing = populations[kind] - taken[kind]
            taken[kind] += min(missing, max(1, left * missing // rest), size - sum(taken.values()))
    return taken


async def read_sample(client: NotionClient, candidates: Mapping[Stratum, Candidates], size: int) -> Sample:
    """Read the block trees of ``size`` pages. A page that cannot be read is left out of the sample."""
    taken = allotment({kind: each.population for kind, each in candidates.items()}, size)
    chosen = [(kind, page_id) for kind, count in taken.items() for page_id in candidates[kind].first(count)]
    before = _lists_made(client)
    walked: list[tuple[Stratum, Walked]] = []
    for start in range(0, len(chosen), _AT_ONCE):
        part = chosen[start : start + _AT_ONCE]
        trees = await all_of(_walk(client, page_id) for _, page_id in part)
        walked += [(kind, tree) for (kind, _), tree in zip(part, trees, strict=True) if tree is not None]
    needed = sum(page_lists(tree.blocks) for _, tree in walked)
    surplus = max(1.0, (_lists_made(client) - before) / needed) if needed else 1.0
    return Sample([_sampled(kind, tree) for kind, tree in walked], surplus)


def page_lists(blocks: list[Json]) -> int:
    """Return how many block lists a page takes, its own included."""
    return max(1, -(-len(blocks) // PAGE_SIZE)) + list_requests(blocks)


async def comments_permitted(client: NotionClient, page_id: str) -> bool:
    """Tell whether the connection may read comments (notion_api.md §10: it can only be tried)."""
    try:
        await client.comments(page_id)
    except RestrictedError:
        return False
    return True


async def _walk(client: NotionClient, page_id: str) -> Walked | None:
    try:
        return await walk_blocks(client, page_id)
    except (UnauthorizedError, NotionUnavailableError):
        raise
    except (NotionApiError, IncompleteListingError):
        return None


def _lists_made(client: NotionClient) -> int:
    return sum(count for row, count in client.metrics.calls.items() if row.endpoint == _LISTS)


def _sampled(stratum: Stratum, tree: Walked) -> Sampled:
    blocks = [block for block, _ in Document({}, tree.blocks).walk()]
    payloads = [block.get(str(block.get("type"))) for block in blocks]
    # A page under a page is known to be empty from the block that stands for it: nothing is asked for.
    empty = stratum == "nested" and not blocks
    return Sampled(
        stratum=stratum,
        lists=0 if empty else page_lists(tree.blocks),
        files=len({key for key, _ in hosted_files(payloads)}),
        databases=tuple(str(block.get("id")) for block in tree.child_databases),
        pages=tuple(str(block.get("id")) for block in tree.child_pages),
        targets=tuple(targets(each for each in payloads if isinstance(each, dict))),
        blocks=len(blocks),
    )

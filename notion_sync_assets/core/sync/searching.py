"""One search of the whole workspace, as far as Notion lets it go (notion_api.md §12).

A search that Notion ends early, or whose cursor expires, is met from its other end; where both ends do not meet, pages and
data sources are searched apart. What lies between ends that never meet is told: pages there are found only through the
pages and tables they are in. No cap of search is documented, so none is known here either. A server that refuses to sort
is searched in its own order, which has one end only.

Here: the passes and whether they met. Not here: what becomes of a result (``index``), where results belong (``placement``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import to_the_end
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    ExpiredCursorError,
    IncompleteListingError,
    InvalidRequestError,
)
from notion_sync_assets.core.notion.pagination import incomplete_reason, pages

_CAP = "query_result_limit_reached"
_KINDS = ("page", "data_source")


@dataclass
class _Pass:
    """One way through the results of a kind. ``last``: ids of the last results given; ``cut``: it ended early."""

    direction: str | None
    last: set[str] = field(default_factory=set)
    stamp: str | None = None
    cut: bool = False
    met: bool = False


class WorkspaceSearch:
    """Searches once; every result is shown to ``see``, some more than once."""

    def __init__(self, client: NotionClient, see: Callable[[Json], None]) -> None:
        self._client = client
        self._see = see
        self._seen = 0

    async def run(self, *, both_ways: bool = False) -> str:
        """Return what could not be searched, in words; empty when everything was.

        Raises ``IncompleteListingError`` when Notion cut the search for a reason nobody knows, or gave nothing.
        """
        try:
            gap = await self._met(None, both_ways=both_ways)
        except InvalidRequestError:
            gap = await self._unsorted()
        if gap:
            gaps = [await self._met(kind, both_ways=False) for kind in _KINDS]
            gap = "; ".join(each for each in gaps if each)
        if gap and not self._seen:
            raise IncompleteListingError("Notion cut the search short before its first result")
        return gap

    async def _met(self, kind: str | None, *, both_ways: bool) -> str:
        """Search newest first and, if need be, oldest first until both meet."""
        newest = await self._pass(kind, "descending", set())
        if not newest.cut:
            if both_ways:
                await self._pass(kind, "ascending", set())
            return ""
        oldest = await self._pass(kind, "ascending", newest.last)
        if oldest.met:
            # What was edited since the first pass has moved to where that pass began.
            await self._front(kind)
            return ""
        return f"{kind or 'object'}s last edited between {oldest.stamp} and {newest.stamp}"

    async def _unsorted(self) -> str:
        if (await self._pass(None, None, set())).cut:
            raise IncompleteListingError("a search that the server does not sort ended early")
        return ""

    async def _pass(self, kind: str | None, direction: str | None, until: set[str]) -> _Pass:
        done = _Pass(direction)
        try:
            # In a thread, so that the next page is on its way meanwhile; a pass that may meet another can end anywhere.
            async for answer in pages(lambda cursor: self._ask(kind, direction, cursor), ahead=not until):
                done.cut = _is_cut(answer)
                await to_the_end(self._take, done, answer["results"])
                done.met = bool(until & done.last)
                if done.cut or done.met:
                    return done
        except ExpiredCursorError:
            done.cut = True
        else:
            done.met = True
        return done

    async def _front(self, kind: str | None) -> None:
        self._take(_Pass("descending"), (await self._ask(kind, "descending", None))["results"])

    async def _ask(self, kind: str | None, direction: str | None, cursor: str | None) -> Json:
        return await self._client.search(object=kind, direction=direction, cursor=cursor)

    def _take(self, done: _Pass, results: list[Json]) -> None:
        for item in results:
            self._see(item)
        if results:
            self._seen += len(results)
            done.last = {str(item.get("id")) for item in results}
            done.stamp = results[-1].get("last_edited_time")


def _is_cut(answer: Json) -> bool:
    reason = incomplete_reason(answer)
    if reason not in (None, _CAP):
        raise IncompleteListingError(f"Notion cut the search short: {reason}")
    return reason is not None

"""All rows of a data source, however many: windows of creation time, and parts of a minute that is too full.

Notion ends a query after 10,000 results (notion_api.md §2). Rows come by creation time, so a new query goes on at the
minute the last one ended in, and rows made meanwhile come at the end. A minute that fills a good part of a window by
itself is divided by what its rows hold (``splitting``), again and again until no part is cut; then everything seen of
it must have come back, and rows edited since the listing began are asked for once more, since they may have changed
from an unread part into a read one.

Here: the queries and the proof that they gave everything. Not here: what divides rows (``splitting``), the head of the
data source (``listing``).
"""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    ExpiredCursorError,
    IncompleteListingError,
    InvalidRequestError,
    ObjectNotFoundError,
)
from notion_sync_assets.core.notion.pagination import RESTARTS, incomplete_reason, pages
from notion_sync_assets.core.sync.clock import Clock, parse_time, utc_now
from notion_sync_assets.core.sync.splitting import Division, Tally

_SORT = [{"timestamp": "created_time", "direction": "ascending"}]
_CAP = "query_result_limit_reached"
_FULL = 4
"""A minute that holds a quarter of what one query gives is divided at once: it may hold any number."""
_DEEPEST = 40
_MINUTE = dt.timedelta(minutes=1)
Conditions = tuple[Json, ...]


@dataclass
class _Window:
    """One query while it is read. ``minute``: creation minute of the last row; ``ids``, ``tally``: rows of it."""

    conditions: Conditions
    kind: str | None = None
    rows: int = 0
    minute: dt.datetime | None = None
    ids: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    capped: bool = False
    expired: bool = False

    def take(self, item: Json) -> None:
        self.rows += 1
        minute = _minute(item)
        if minute != self.minute:
            self.minute, self.ids, self.tally = minute, set(), Tally()
        self.ids.add(str(item.get("id")))
        self.tally.add(item)


class RowWindows:
    """The listing of one data source."""

    def __init__(self, client: NotionClient, source_id: str, clock: Clock = utc_now) -> None:
        self._client = client
        self._source_id = source_id
        self._started = clock()
        self._mixed = False

    async def rows(self) -> AsyncIterator[Json]:
        """Yield every result once: pages, and in wikis data sources.

        Raises ``IncompleteListingError`` when Notion holds back rows that nothing tells apart.
        """
        since: dt.datetime | None = None
        seen: set[str] = set()
        restarts = 0
        while True:
            window = _Window(() if since is None else (_from(since),))
            async for item in self._read(window):
                if str(item.get("id")) not in seen:
                    yield item
            if not (window.capped or window.expired):
                return
            if window.minute is None:
                raise IncompleteListingError(f"rows of {self._source_id} have no time to go on from")
            if window.capped and _FULL * len(window.ids) >= window.rows:
                async for item in self._full_minute(window, seen):
                    yield item
                since, seen = window.minute + _MINUTE, set()
                continue
            restarts = restarts + 1 if window.minute == since else 0
            if restarts > RESTARTS:
                raise IncompleteListingError(f"cursors of {self._source_id} end before one minute is read")
            since, seen = window.minute, window.ids

    async def _full_minute(self, window: _Window, seen: set[str]) -> AsyncIterator[Json]:
        """Yield the rows of a window's last minute that nobody saw yet; prove that none is missing.

        ``seen``: rows given before the window.
        """
        assert window.minute is not None
        minute = (_from(window.minute), _before(window.minute + _MINUTE))
        seen, missing = seen | window.ids, set(window.ids)
        async for item in self._minute_rows(minute, window.tally):
            missing.discard(str(item.get("id")))
            if str(item.get("id")) not in seen:
                seen.add(str(item.get("id")))
                yield item
        for identifier in sorted(missing):
            await self._explain(identifier)

    async def _minute_rows(self, minute: Conditions, tally: Tally) -> AsyncIterator[Json]:
        if not tally.divisions():
            async for item in self._part(minute, 0):
                yield item
            return
        async for item in self._divided(minute, tally, 0):
            yield item
        if self._mixed:
            # Nothing is known about property filters and the data sources of a wiki.
            async for item in self._whole(_Window(minute, "data_source")):
                yield item
        edited = {
            "timestamp": "last_edited_time",
            "last_edited_time": {"on_or_after": _text(self._started - _MINUTE)},
        }
        async for item in self._part((*minute, edited), 0):
            yield item

    async def _divided(self, conditions: Conditions, tally: Tally, depth: int) -> AsyncIterator[Json]:
        """Yield what meets the conditions, part by part; a division that Notion refuses gives way to the next."""
        for division in tally.divisions() if depth < _DEEPEST else ():
            try:
                async for item in self._parts(conditions, division, depth):
                    yield item
            except InvalidRequestError:
                continue
            return
        raise IncompleteListingError(
            f"data source {self._source_id} has more rows created at {conditions[0]['created_time']['on_or_after']}"
            " than Notion lists in one query, and nothing tells them apart",
            hint="Other scopes are exported. Give these rows an ID, number, check box or other titles in Notion.",
        )

    async def _parts(self, conditions: Conditions, division: Division, depth: int) -> AsyncIterator[Json]:
        for part in division.parts:
            async for item in self._part((*conditions, part), depth):
                yield item

    async def _part(self, conditions: Conditions, depth: int) -> AsyncIterator[Json]:
        window = _Window(conditions)
        for _ in range(1 + RESTARTS):
            window = _Window(conditions)
            async for item in self._read(window):
                yield item
            if not window.expired:
                break
        if window.expired:
            raise IncompleteListingError(f"cursors of {self._source_id} end before one part is read")
        if window.capped:
            async for item in self._divided(conditions, window.tally, depth + 1):
                yield item

    async def _whole(self, window: _Window) -> AsyncIterator[Json]:
        async for item in self._read(window):
            yield item
        if window.capped or window.expired:
            raise IncompleteListingError(f"too many rows of {self._source_id} change while they are listed")

    async def _explain(self, identifier: str) -> None:
        """A row that was listed and then was in no part has left, or the parts are not what they seem."""
        try:
            page = await self._client.page(identifier)
        except ObjectNotFoundError:
            return
        parent = page.get("parent")
        if not page.get("in_trash") and (parent or {}).get("data_source_id") == self._source_id:
            raise IncompleteListingError(
                f"row {identifier} of {self._source_id} is in none of the parts its minute was divided into"
            )

    async def _read(self, window: _Window) -> AsyncIterator[Json]:
        async def query(cursor: str | None) -> Json:
            conditions = list(window.conditions)
            return await self._client.query(
                self._source_id,
                filter={"and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None,
                sorts=_SORT,
                cursor=cursor,
                result_type=window.kind,
            )

        try:
            async for answer in pages(query):
                reason = incomplete_reason(answer)
                window.capped = window.capped or reason == _CAP
                if reason not in (None, _CAP):
                    raise IncompleteListingError(f"Notion cut the rows of {self._source_id} short: {reason}")
                for item in answer["results"]:
                    self._mixed = self._mixed or item.get("object") == "data_source"
                    window.take(item)
                    yield item
        except ExpiredCursorError:
            window.expired = True


def _minute(item: Json) -> dt.datetime | None:
    made = parse_time(item.get("created_time"))
    return made.astimezone(dt.UTC).replace(second=0, microsecond=0) if made else None


def _from(moment: dt.datetime) -> Json:
    return {"timestamp": "created_time", "created_time": {"on_or_after": _text(moment)}}


def _before(moment: dt.datetime) -> Json:
    return {"timestamp": "created_time", "created_time": {"before": _text(moment)}}


def _text(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")

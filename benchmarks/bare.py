"""What reading a workspace costs without us: a bare crawl by the official client, then as many events in Dagster's log.

A process of its own, since its CPU time is measured: prints ``{"requests", "events", "seconds", "cpu_seconds"}``. It reads
the same objects as an export (search, blocks, comments, rows, schemas, views), several pages at once, and keeps nothing.
"""

import asyncio
import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from typing import Any

import dagster as dg
from notion_client import AsyncClient

from notion_sync_assets.assets.publishing import page_materialization
from notion_sync_assets.core.sync.events import Event

Json = dict[str, Any]
_AT_ONCE = 8


class Crawl:
    """A crawl in progress."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.requests = 0
        self.pages: set[str] = set()

    async def run(self) -> None:
        """Read everything that search shows, and the rows of its data sources."""
        await self._ask(self._client.users.me)
        _ = [user async for user in self._listed(self._client.users.list)]
        found = [item async for item in self._listed(self._client.search)]
        await asyncio.gather(*(self._source(item["id"]) for item in found if item["object"] == "data_source"))
        self.pages |= {item["id"] for item in found if item["object"] == "page"}
        await asyncio.gather(*(self._page(page) for page in sorted(self.pages)))

    async def _source(self, identifier: str) -> None:
        source = await self._ask(self._client.data_sources.retrieve, identifier)
        await self._ask(self._client.databases.retrieve, source["parent"]["database_id"])
        rows = self._listed(self._client.data_sources.query, identifier)
        self.pages |= {row["id"] async for row in rows}

    async def _page(self, identifier: str) -> None:
        async with self._slots:
            await self._blocks(identifier)
            _ = [comment async for comment in self._listed(self._client.comments.list, block_id=identifier)]

    async def _blocks(self, identifier: str) -> None:
        async for block in self._listed(self._client.blocks.children.list, identifier):
            if block["has_children"] and block["type"] not in ("child_page", "child_database"):
                await self._blocks(block["id"])

    async def _listed(self, call: Any, *ids: str, **options: Any) -> AsyncIterator[Json]:
        cursor = None
        while True:
            further = {"start_cursor": cursor} if cursor else {}
            found = await self._ask(call, *ids, page_size=100, **further, **options)
            for item in found["results"]:
                yield item
            cursor = found["next_cursor"]
            if not found["has_more"]:
                return

    async def _ask(self, call: Any, *ids: str, **options: Any) -> Json:
        self.requests += 1
        found: Json = await call(*ids, **options)
        return found


async def crawl(url: str) -> Crawl:
    """Read a workspace once."""
    async with AsyncClient(auth="secret_bench", base_url=url) as client:
        made = Crawl(client)
        await made.run()
        return made


def log_events(pages: set[str]) -> None:
    """Log one event a page, of the shape an export gives them, in a Dagster instance of its own."""
    asset, now = dg.AssetKey(["bare", "pages"]), dt.datetime.now(dt.UTC).isoformat()
    with tempfile.TemporaryDirectory() as home, dg.DagsterInstance.local_temp(home) as instance:
        for page in sorted(pages):
            event = Event(
                scope="bare",
                seq=1,
                object="page",
                object_id=page,
                change="created",
                title=page,
                committed_at=now,
                url=f"https://example.com/{page}",
                document="0" * 64,
            )
            instance.report_runless_asset_event(page_materialization(asset, event, "bare"))


def main(url: str, *, events: bool) -> None:
    """Crawl, log, and print what it took."""
    began, worked = time.perf_counter(), time.process_time()
    made = asyncio.run(crawl(url))
    if events:
        log_events(made.pages)
    told = {
        "requests": made.requests,
        "events": len(made.pages) if events else 0,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - worked, 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], events=sys.argv[2] == "events")

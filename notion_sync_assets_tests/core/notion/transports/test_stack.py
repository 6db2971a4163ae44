"""All policies together, against a simulated Notion in virtual time."""

import asyncio
import random

import httpx

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets_tests.core.notion.transports.scripted import error
from notion_sync_assets_tests.core.ratelimit.servers import FixedWindows, TokenBucket
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual

LIMIT = 30


class SimulatedNotion(httpx.AsyncBaseTransport):
    """Counts requests as `rate` says, and answers one in `odds` with a 500."""

    def __init__(self, rate, odds=10**9):
        self.rate = rate
        self.odds = odds
        self.chance = random.Random(3)

    async def handle_async_request(self, request):
        await asyncio.sleep(self.chance.uniform(0.02, 0.2))
        wait = self.rate.refuses_for(clock())
        await asyncio.sleep(self.chance.uniform(0.02, 0.2))
        if wait is not None:
            return error(429, "rate_limited", {"retry-after": str(int(wait) + 1)})
        if self.chance.randrange(self.odds) == 0:
            return error(500, "internal_server_error")
        return httpx.Response(200, json={"object": "page", "id": request.url.path.rsplit("/", 1)[-1]})


def _crawl(wire, pages):
    async def main():
        config = NotionClientConfig(token="ntn_x", limit_per_window=LIMIT)
        async with build_client(config, wire=wire, clock=clock) as client:
            turns = asyncio.Semaphore(8)

            async def one(number):
                async with turns:
                    return (await client.page(str(number)))["id"]

            found = await asyncio.gather(*(one(number) for number in range(pages)))
            return found, client.metrics

    return run_virtual(main())


def test_a_crawl_with_faults_uses_the_limit_up_without_one_refusal_and_loses_no_page():
    server = FixedWindows(LIMIT, 60.0, 17.0)
    found, seen = _crawl(SimulatedNotion(server, odds=20), LIMIT * 40)
    assert found == [str(number) for number in range(LIMIT * 40)]
    assert seen.rejected == 0
    assert seen.retries["500"] == seen.total_requests - seen.total_calls > 20
    assert server.utilisation() >= 0.97


def test_a_server_without_bursts_costs_few_refusals_and_no_page():
    found, seen = _crawl(SimulatedNotion(TokenBucket(LIMIT / 60, 2)), LIMIT * 20)
    assert len(set(found)) == LIMIT * 20
    assert seen.rejected / seen.total_requests < 0.03
    assert seen.limiter.rejected == seen.rejected

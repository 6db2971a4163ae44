"""The whole client against a real server on loopback that throws every kind of fault, losing nothing."""

import asyncio
from collections import Counter

import pytest

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.config import OutageRules
from notion_sync_assets.core.notion.errors import NotionUnavailableError
from notion_sync_assets_tests.core.notion.loopback import answer, notion_error, serve
from notion_sync_assets_tests.core.notion.test_client import TOKEN, Time

FAULTS = {
    "429": notion_error(429, "rate_limited", {"retry-after": "30"}),
    "500": notion_error(500, "internal_server_error"),
    "502": answer(502, b"<html>bad gateway</html>"),
    "503": notion_error(503, "service_unavailable"),
    "504": notion_error(504, "gateway_timeout"),
    "529": notion_error(529, "service_overload", {"retry-after": "5"}),
    "reset": "reset",
    "cut": answer(200, {"object": "page", "id": "?" * 500}, cut=200),
    "half": answer(200, b'{"object": "page", "id"'),
    "hang": "hang",
}


def _page(path):
    return answer(200, {"object": "page", "id": path.rsplit("/", 1)[-1]})


def _built(origin, **settings):
    time = Time()
    config = NotionClientConfig(token=TOKEN, base_url=origin, limit_per_window=10_000, **settings)
    return build_client(config, clock=time.clock, sleep=time.sleep)


async def test_every_kind_of_fault_is_survived_and_no_page_is_lost():
    tries = Counter()

    def respond(_method, path):
        tries[path] += 1
        kind = path.rsplit("-", 1)[-1]
        return FAULTS[kind] if tries[path] <= 2 else _page(path)

    wanted = [f"{number}-{kind}" for number in range(3) for kind in FAULTS]
    async with serve(respond) as site, _built(site.origin, timeout_s=0.15) as client:
        pages = await asyncio.gather(*(client.page(page_id) for page_id in wanted))
        seen = client.metrics
    assert [page["id"] for page in pages] == wanted
    assert seen.total_requests == sum(tries.values()) == 3 * len(wanted)
    assert seen.rejected == 6
    assert seen.retries["ReadTimeout"] == 6
    assert seen.retries["unreadable body"] == 6
    assert (seen.retries["ReadError"], seen.retries["RemoteProtocolError"]) == (6, 6)


async def test_a_server_that_was_down_for_a_while_costs_no_page():
    answered = Counter()

    def respond(_method, path):
        answered["all"] += 1
        return "reset" if answered["all"] <= 200 else _page(path)

    wanted = [str(number) for number in range(12)]
    async with (
        serve(respond) as site,
        _built(site.origin, timeout_s=0.15, outage=OutageRules(patience_s=1e6)) as client,
    ):
        pages = await asyncio.gather(*(client.page(page_id) for page_id in wanted))
    assert [page["id"] for page in pages] == wanted


async def test_nobody_listening_is_reported_once_the_patience_is_over():
    async with serve(lambda *_: b"") as site:
        origin = site.origin
    async with _built(origin, outage=OutageRules(patience_s=60.0)) as client:
        with pytest.raises(NotionUnavailableError, match="ConnectError"):
            await client.me()

"""Clients with one budget against a local Notion that counts: used up, refused, overloaded, blocked."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, closing

import pytest

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.notion.errors import UnauthorizedError
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets_tests.core.notion.loopback import answer, serve

TOKEN = "secret_of_the_limits"


async def _calls(url, folder, number, *, clients=1, limit=100_000, window_s=60.0):
    """So many calls spread over clients of one budget; returns the clients' metrics."""
    config = NotionClientConfig(token=TOKEN, base_url=url, limit_per_window=limit, window_s=window_s)
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(clients):
            limiter = stack.enter_context(
                closing(SqliteLimiter(folder / "budget.sqlite", "a budget", limit, window_s))
            )
            made.append(await stack.enter_async_context(build_client(config, limiter=limiter)))
        await asyncio.gather(*(made[turn % clients].users() for turn in range(number)))
        return [client.metrics for client in made]


async def test_three_clients_of_one_budget_are_never_refused_and_use_it_up(start_emulator, tmp_path):
    emulator = start_emulator(limit=30, window=1.0)
    seen = await _calls(emulator.url, tmp_path, 75, clients=3, limit=30, window_s=1.0)
    stats = await asyncio.to_thread(emulator.control.stats)
    assert (stats["accepted"], stats["rejected"]) == (75, 0)
    assert sum(each.limiter.accepted for each in seen) == 75
    # Three budgets of thirty: the first at once, the others a window apart.
    assert stats["last"] - stats["first"] >= 2.0


async def test_a_refusal_is_waited_out_by_every_client_that_shares_the_budget(start_emulator, tmp_path):
    emulator = start_emulator(limit=10, window=2.0)
    await asyncio.to_thread(emulator.control.reset, keep_log=True)
    seen = await _calls(emulator.url, tmp_path, 25, clients=2)
    log = (await asyncio.to_thread(emulator.control.stats, log=True))["log"]
    refused = [entry["time"] for entry in log if entry["status"] == 429]
    assert refused
    # Retry-After is at least a second; what was on its way when the first was refused arrives soon.
    silent = [entry["time"] for entry in log if refused[0] + 0.5 < entry["time"] < refused[0] + 0.9]
    assert silent == []
    assert sum(each.rejected for each in seen) == len(refused)
    reasons = sum((Counter(each.refusals) for each in seen), Counter())
    assert reasons == {"public_api_request_rate_limit": len(refused)}


async def test_an_overloaded_notion_is_given_the_time_it_asks_for(start_emulator, tmp_path):
    emulator = start_emulator(fault_rate=1.0, fault_kinds=("529",))
    calls = asyncio.create_task(_calls(emulator.url, tmp_path, 1))
    await asyncio.sleep(0.7)
    asked = (await asyncio.to_thread(emulator.control.stats))["requests"]
    await asyncio.to_thread(emulator.control.configure, fault_rate=0.0)
    (seen,) = await calls
    assert asked == 1
    assert seen.retries == {"529": 1}


async def test_a_connection_that_notion_blocked_ends_at_once(tmp_path):
    body = {
        "object": "error",
        "code": "rate_limited",
        "message": "Blocked.",
        "additional_data": {"rate_limit_reason": "public_api_request_blocked", "retry_after": 600},
    }
    refusal = answer(429, body, {"retry-after": "600"})
    async with serve(lambda *_: refusal) as site:
        with pytest.raises(UnauthorizedError, match="rate_limited"):
            await _calls(site.origin, tmp_path, 1)

"""The queue in front of the books, as far as the conformance suite does not show it."""

import asyncio
import logging

from notion_sync_assets.core.ratelimit.memory import MemoryLimiter


def test_a_limiter_outlives_the_event_loop_it_was_first_used_in():
    limiter = MemoryLimiter(1, 0.02)

    async def two_at_once():
        async def one():
            (await limiter.acquire()).done()

        await asyncio.gather(one(), one())

    for _ in range(2):
        asyncio.run(two_at_once())
    assert limiter.snapshot().accepted == 4


def test_an_episode_of_refusals_is_said_once_with_its_reason(caplog):
    limiter = MemoryLimiter(10)
    with caplog.at_level(logging.WARNING):
        limiter.penalize(7, "public_api_space_request_rate_limit", sent_at=1.0)
        limiter.penalize(7, "public_api_space_request_rate_limit", sent_at=1.5)
    assert [record.getMessage() for record in caplog.records] == [
        "Notion asks everyone to wait 7.0 s (public_api_space_request_rate_limit)"
    ]

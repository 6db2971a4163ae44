"""The queue in front of the books, as far as the conformance suite does not show it."""

import asyncio
import logging
import threading

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter


def test_a_limiter_outlives_the_event_loop_it_was_first_used_in():
    limiter = MemoryLimiter(1, 0.02)

    async def two_at_once():
        async def one():
            (await limiter.acquire()).done()

        await asyncio.gather(one(), one())

    for _ in range(2):
        asyncio.run(two_at_once())
    assert limiter.snapshot().accepted == 4


def test_a_progress_display_in_another_thread_disturbs_no_request(tmp_path):
    limiter = SqliteLimiter(tmp_path / "budget.sqlite", "a budget", 100_000)
    ended, wrong = threading.Event(), []

    def display():
        while not ended.is_set():
            try:
                limiter.snapshot()
            except StorageError as error:
                wrong.append(error)

    async def send():
        for _ in range(300):
            (await limiter.acquire()).done()

    thread = threading.Thread(target=display)
    thread.start()
    try:
        asyncio.run(send())
    finally:
        ended.set()
        thread.join()
        limiter.close()
    assert wrong == []
    assert limiter.snapshot().accepted == 300
    limiter.close()


def test_an_episode_of_refusals_is_said_once_with_its_reason(caplog):
    limiter = MemoryLimiter(10)
    with caplog.at_level(logging.WARNING):
        limiter.penalize(7, "public_api_space_request_rate_limit", sent_at=1.0)
        limiter.penalize(7, "public_api_space_request_rate_limit", sent_at=1.5)
    assert [record.getMessage() for record in caplog.records] == [
        "Notion asks everyone to wait 7.0 s (public_api_space_request_rate_limit)"
    ]

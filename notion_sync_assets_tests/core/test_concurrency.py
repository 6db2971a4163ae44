import asyncio
import threading

import pytest

from notion_sync_assets.core.concurrency import all_of, to_the_end


async def value(number):
    await asyncio.sleep(0)
    return number


async def test_results_come_in_the_order_of_the_coroutines():
    assert await all_of(value(number) for number in range(3)) == [0, 1, 2]


async def test_the_first_failure_ends_the_others_and_is_raised_itself():
    ended = []

    async def waits():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def fails():
        await asyncio.sleep(0)
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        await all_of([waits(), all_of([fails(), waits()])])
    assert ended == [True, True]


async def test_a_cancelled_thread_is_waited_for():
    begun, released, finished = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        assert released.wait(10)
        finished.append(True)

    task = asyncio.create_task(to_the_end(work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    released.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished == [True]


async def test_a_thread_s_result_and_error_are_handed_on():
    assert await to_the_end(int, "7") == 7
    with pytest.raises(ValueError, match="invalid literal"):
        await to_the_end(int, "seven")

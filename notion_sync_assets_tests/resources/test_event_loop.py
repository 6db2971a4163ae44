"""The event loop of a process: results, errors, interruptions, and its end."""

import asyncio
import os
import signal
import threading
import time

import pytest

from notion_sync_assets.resources.event_loop import EventLoopThread


@pytest.fixture
def loop():
    loop = EventLoopThread()
    yield loop
    loop.close()


def threads():
    return [thread.name for thread in threading.enumerate()]


class Recorded:
    """A coroutine that waits for ever and remembers how it ended."""

    def __init__(self, cleaning_s=0.0):
        self.started = threading.Event()
        self.ended = ""
        self.cleaning_s = cleaning_s

    async def wait(self):
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(self.cleaning_s)
            self.ended = "cancelled and cleaned up"
            raise


def test_a_coroutine_runs_on_the_loops_own_thread_and_its_result_comes_back(loop):
    async def who():
        return threading.current_thread().name

    assert loop.run(who()) == "notion-sync-loop"


def test_all_calls_share_one_loop(loop):
    async def where():
        return id(asyncio.get_running_loop())

    assert loop.run(where()) == loop.run(where())


@pytest.mark.parametrize("error", [ZeroDivisionError("a defect"), TimeoutError("its own time-out")])
def test_errors_come_back_as_they_are(loop, error):
    async def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        loop.run(fail())
    assert caught.value.args == error.args


def test_something_that_takes_longer_than_a_turn_is_waited_for(loop):
    async def slow():
        await asyncio.sleep(0.45)
        return "done"

    assert loop.run(slow()) == "done"


def test_an_interrupted_caller_cancels_the_coroutine_and_waits_until_it_has_cleaned_up(loop):
    work = Recorded(cleaning_s=0.1)

    def interrupt():
        work.started.wait(5)
        time.sleep(0.05)  # the caller is waiting by then
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        loop.run(work.wait())
    thread.join()
    assert work.ended == "cancelled and cleaned up"


def test_stopping_what_was_started_cancels_it(loop):
    work = Recorded()
    future = loop.start(work.wait())
    assert work.started.wait(5)
    loop.stop(future)
    assert future.cancelled()
    assert work.ended == "cancelled and cleaned up"


def test_stopping_what_is_done_does_nothing(loop):
    async def quick():
        return 1

    future = loop.start(quick())
    assert future.result(5) == 1
    loop.stop(future)
    assert future.result() == 1


def test_stopping_one_thing_leaves_the_others_running(loop):
    first, second = Recorded(), Recorded()
    futures = [loop.start(each.wait()) for each in (first, second)]
    assert first.started.wait(5)
    assert second.started.wait(5)
    loop.stop(futures[0])
    assert (first.ended, second.ended) == ("cancelled and cleaned up", "")
    loop.stop(futures[1])


def test_closing_ends_the_thread_and_may_be_repeated():
    before = threads()
    loop = EventLoopThread()
    assert len(threads()) == len(before) + 1
    loop.close()
    loop.close()
    assert threads() == before


def test_closing_cancels_what_nobody_stopped():
    loop, work = EventLoopThread(), Recorded()
    loop.start(work.wait())
    assert work.started.wait(5)
    loop.close()
    assert work.ended == "cancelled and cleaned up"


def test_closing_waits_for_work_in_the_loops_worker_threads():
    loop = EventLoopThread()
    done = []

    async def hand_over():
        asyncio.get_running_loop().run_in_executor(None, lambda: (time.sleep(0.1), done.append(True)))

    loop.run(hand_over())
    loop.close()
    assert done == [True]

"""One event loop for a process, in a thread of its own, for as long as the export runs.

Here: the thread, and calls into it from the thread that runs Dagster's steps. The client, its connections and its
rate limiter live on this loop across steps and runs, so that one budget serves them all.
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

# Waiting in short turns keeps the main thread open to signals on every platform.
_TURN_S = 0.2
_CLEANING_S = 30.0


class EventLoopThread:
    """An event loop in a daemon thread; ``close`` ends it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="notion-sync-loop", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine and return its result; when the caller is interrupted the coroutine is cancelled first."""
        future = self.start(coroutine)
        try:
            while not future.done():
                concurrent.futures.wait([future], timeout=_TURN_S)
            return future.result()
        finally:
            self.stop(future)

    def start(self, coroutine: Coroutine[Any, Any, Result]) -> "concurrent.futures.Future[Result]":
        """Start a coroutine and return its future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self, future: "concurrent.futures.Future[Any]") -> None:
        """Cancel what is still running and wait until it has cleaned up."""
        if not future.done():
            future.cancel()
            asyncio.run_coroutine_threadsafe(_settled(), self._loop).result(timeout=_CLEANING_S)

    def close(self) -> None:
        """Cancel what still runs, end the loop and its thread; safe to call twice."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(timeout=_CLEANING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


async def _cancel_all() -> None:
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await _settled()


async def _settled() -> None:
    """Wait until every cancelled task of the loop has ended."""
    others = [
        task for task in asyncio.all_tasks() if task is not asyncio.current_task() and task.cancelling()
    ]
    if others:
        await asyncio.wait(others)

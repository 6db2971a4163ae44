"""First come, first served, inside one event loop.

Belongs here: the queue in front of a limiter. Does not belong here: how long the first in it waits.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class WaitingLine:
    """A queue whose members leave in order; cancelling one leaves no gap.

    A limiter outlives event loops (each step of a run may have its own), asyncio's locks do not: so the lock
    is made anew when the loop is another one.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = asyncio.Lock()
        self._change = asyncio.Event()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait to be the first, and stay it until the block ends."""
        self._follow_loop()
        async with self._turn:
            yield

    async def change(self) -> None:
        """Wait until `changed` is called; only for whoever has the turn."""
        self._change.clear()
        await self._change.wait()

    def changed(self) -> None:
        """Let the first in the queue look again."""
        self._change.set()

    def _follow_loop(self) -> None:
        running = asyncio.get_running_loop()
        if running is not self._loop:
            self._loop, self._turn, self._change = running, asyncio.Lock(), asyncio.Event()

"""The emulator as peers meet it: with the earlier API version in front, and a count of who asked what twice.

Here: serving for the length of a block. Not here: which workspace (``worlds``), what is made of the counts (``measure``).
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.peers.earlier_version import EarlierVersion
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.server import address, bound_socket, http_server
from notion_sync_assets.emulator.workspace import Workspace
from notion_sync_assets.emulator.world import World

_START_S = 20.0
_TOO_MANY = 429


@dataclass
class Asked:
    """What reached the server: statuses of the API's answers, and how often each question was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    answered: Counter[bytes] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """All requests to the API."""
        return self.statuses.total()

    @property
    def rejected(self) -> int:
        """Those that came too early."""
        return self.statuses[_TOO_MANY]

    @property
    def failed(self) -> int:
        """Those that were refused for another reason."""
        return sum(number for status, number in self.statuses.items() if status >= 400) - self.rejected

    @property
    def duplicates(self) -> int:
        """Answers to questions that had been answered already: same method, address and body."""
        return self.answered.total() - len(self.answered)


class Recorder:
    """The outermost layer: notes every request to the API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.asked = Asked()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and note it."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        question = hashlib.sha256(f"{scope['method']} {scope['path']}?".encode() + scope["query_string"])
        status = 0

        async def heard() -> Message:
            message = await receive()
            question.update(message.get("body", b""))
            return message

        async def answered(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self._app(scope, heard, answered)
        self.asked.statuses[status] += 1
        if status == 200:
            self.asked.answered[question.digest()] += 1


@dataclass(frozen=True)
class LocalNotion:
    """A running emulator."""

    url: str
    engine: Engine
    asked: Asked


@contextmanager
def local_notion(config: EmulatorConfig, world: World | None = None) -> Iterator[LocalNotion]:
    """Serve a workspace in a thread on a free loopback port."""
    held = bound_socket(config)
    engine = Engine(config)
    if world is not None:
        engine.workspace = Workspace(world, engine.clock)
        engine.reconfigure({})
    server = http_server(engine)
    recorder = Recorder(EarlierVersion(server.config.app, engine))
    server.config.app = recorder
    thread = threading.Thread(target=server.run, args=([held],), daemon=True)
    thread.start()
    try:
        _wait_until_it_serves(server, thread)
        yield LocalNotion(address(held), engine, recorder.asked)
    finally:
        server.should_exit = server.force_exit = True
        thread.join(_START_S)
        held.close()


def _wait_until_it_serves(server: object, thread: threading.Thread) -> None:
    end = time.monotonic() + _START_S
    while not getattr(server, "started", False):
        if time.monotonic() > end or not thread.is_alive():
            raise RuntimeError("the emulator did not start")
        time.sleep(0.005)

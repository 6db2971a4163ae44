"""Running an emulator: in this process for tests, or as the whole process for the command line.

What is served is in `app.py`. The protocol class here hands the connection to the gate, so that faults can drop it.
"""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from notion_sync_assets.emulator.app import create_app
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.gate import CONNECTION
from notion_sync_assets.emulator.json_types import Json

START_SECONDS = 20.0
# uvicorn renews the date of its answers every tenth tick.
_TICK_S = 0.1
_LOOKS_A_TICK = 10


class DroppableProtocol(H11Protocol):
    """HTTP with the transport in the scope of every request."""

    def connection_made(self, transport: Any) -> None:
        """Wrap the application for this connection."""
        super().connection_made(transport)
        inner: Any = self.config.loaded_app

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CONNECTION] = transport
            await inner(scope, receive, send)

        self.app = with_connection


class PlainServer(uvicorn.Server):
    """A server that ends at once, and leaves signals to whoever starts it, so that the process ends with code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signals."""
        yield

    async def main_loop(self) -> None:
        """Look more often than ten times a second whether to end: tests start and end servers by the hundred."""
        counter = 0
        while not await self.on_tick(counter // _LOOKS_A_TICK):
            counter += 1
            await asyncio.sleep(_TICK_S / _LOOKS_A_TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """When forced, drop whoever is connected: nobody waits for what would still have been answered."""
        if not self.force_exit:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for held in sockets or []:
            held.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class Control:
    """The control API from Python; every method is one request to `/_emulator/…`."""

    def __init__(self, url: str) -> None:
        encrypted = url.startswith("https:")
        self._client = httpx.Client(base_url=f"{url}/_emulator", timeout=120, verify=encrypted)

    def stats(self, *, log: bool = False) -> Json:
        """Requests by route and status, budget windows; single requests when they were kept and asked for."""
        return self._get("/stats", {"log": "1"} if log else {})

    def reset(self, *, keep_log: bool = False) -> None:
        """Set all counters to zero; from now on keep single requests or not."""
        self._post("/stats/reset", {"keep_log": keep_log})

    def configure(self, **settings: Any) -> Json:
        """Change settings while running, e.g. `fault_rate=0.05`, `limit=600`, `down="503"` or `down="drop"`."""
        return self._post("/config", settings)

    def change(self, operation: str, **arguments: Any) -> Json:
        """Change the workspace: one of the operations of `changes.py`."""
        return self._post("/change", {"op": operation, **arguments})

    def subscribe(self, url: str) -> int:
        """Point webhooks at an address: the handshake is sent there; returns the status of its answer."""
        return int(self._post("/webhooks/subscribe", {"url": url})["status"])

    def verify(self, token: str) -> None:
        """Paste the token of the handshake, as the operator does; events are sent from now on."""
        self._post("/webhooks/verify", {"token": token})

    def webhooks(self) -> Json:
        """The subscription's state, and every delivery with what came back."""
        return self._get("/webhooks", {})

    def start_log(self) -> None:
        """Begin a log of what each change does to which pages."""
        self._post("/changes/start", {})

    def log(self) -> Json:
        """The log: `changes`, and `titles` of every live page now."""
        return self._get("/changes", {})

    def clock(self, **arguments: float) -> Json:
        """`advance=seconds` or `set_to=seconds since 1970`."""
        return self._post("/clock", arguments)

    def oracle(self) -> Json:
        """Counts, referenced and trashed ids, and the smallest number of requests."""
        return self._get("/oracle", {})

    def oracle_ids(self, kind: str) -> dict[str, str | None]:
        """Every live id of a kind with its parent's id (None at the top)."""
        with self._client.stream("GET", "/oracle/ids", params={"kind": kind}) as answer:
            answer.raise_for_status()
            pairs = (line.split(" ") for line in answer.iter_lines())
            return {object_id: None if holder == "-" else holder for object_id, holder in pairs}

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def _get(self, path: str, params: dict[str, str]) -> Json:
        return self._checked(self._client.get(path, params=params))

    def _post(self, path: str, body: Json) -> Json:
        return self._checked(self._client.post(path, json=body))

    @staticmethod
    def _checked(answer: httpx.Response) -> Json:
        if answer.is_error:
            raise RuntimeError(f"the emulator refused: {answer.status_code} {answer.text}")
        made: Json = answer.json()
        return made


class RunningEmulator:
    """An emulator in a thread of this process. `url` has no path; the API is under `/v1`."""

    def __init__(self, config: EmulatorConfig) -> None:
        self.engine = Engine(config)
        self._begin(config)
        self.control = Control(self.url)

    def restart(self, down_s: float = 0.0) -> None:
        """Refuse connections for a while, then serve the same workspace at the same address again."""
        port = self._socket.getsockname()[1]
        self._end()
        time.sleep(down_s)
        self._begin(replace(self.engine.config, port=port))

    def stop(self) -> None:
        """End the server and its thread; safe to call twice."""
        self.engine.webhooks.stop()
        self.control.close()
        self._end()

    def _begin(self, config: EmulatorConfig) -> None:
        self._socket = bound_socket(config)
        self._server = http_server(self.engine)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self.url = address(self._socket)
        self._thread.start()
        self._wait()

    def _end(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError("the emulator did not start")
            time.sleep(0.005)


@contextmanager
def running_emulator(config: EmulatorConfig | None = None) -> Iterator[RunningEmulator]:
    """An emulator for the length of a `with` block, on a free loopback port unless the settings name one."""
    emulator = RunningEmulator(config or EmulatorConfig())
    try:
        yield emulator
    finally:
        emulator.stop()


def serve(config: EmulatorConfig, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` gets the address once requests are answered."""
    held = bound_socket(config)
    engine = Engine(config)
    server = http_server(engine)
    waiter = threading.Thread(target=_announce, args=(server, address(held), ready), daemon=True)
    waiter.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    try:
        server.run([held])
    finally:
        engine.webhooks.stop()
        held.close()


def http_server(engine: Engine) -> uvicorn.Server:
    """The server around an engine, quiet and without waiting for open connections when it ends."""
    settings = uvicorn.Config(
        create_app(engine),
        http=DroppableProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    return PlainServer(settings)


def bound_socket(config: EmulatorConfig) -> socket.socket:
    """A listening place on loopback; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((config.host, config.port))
    held.listen(256)
    return held


def address(held: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = held.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(server: uvicorn.Server, url: str, ready: Callable[[str], None]) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.005)
    ready(url)

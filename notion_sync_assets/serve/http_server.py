"""The HTTP server around the application: one socket, one process, no patience with slow clients.

Here: binding, time limits of connections, signals. Not here: routes (``app``), time limits of bodies
(``webhook_route``).
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from notion_sync_assets.core.notion.errors import ConfigurationError

_CONNECTIONS = 2048
_KEEP_ALIVE_S = 30
_GOODBYE_S = 5
_log = logging.getLogger(__name__)


class ImpatientProtocol(H11Protocol):
    """HTTP that closes a connection on which the head of a request does not arrive in time.

    The server itself limits only how long a connection idles after an answer.
    """

    HEAD_S = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time limit."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.HEAD_S, self._give_up)

    def data_received(self, data: bytes) -> None:
        """End the time limit when the head is there, start one when a further head has begun."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._end_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.HEAD_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the time limit."""
        self._end_deadline()
        super().connection_lost(exc)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        _log.warning("connection closed: no request within %.0f s", self.HEAD_S)
        self.transport.close()


class ReadyServer(uvicorn.Server):
    """A server that tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._ready()


def http_server(
    app: ASGIApp, *, client_timeout_s: float, ready: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """Return a server for one socket; it logs no request, since addresses and headers may hold secrets."""
    protocol: Any = type("ClientProtocol", (ImpatientProtocol,), {"HEAD_S": client_timeout_s})
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        backlog=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    return ReadyServer(config, ready)


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; ``ConfigurationError`` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
        held.listen(_CONNECTIONS)
    except OSError as error:
        held.close()
        raise ConfigurationError(
            f"cannot listen on {host} port {port}: {error.strerror}", hint="set serve.host and serve.port"
        ) from error
    return held


def address(held: socket.socket) -> str:
    """Return the URL of a bound socket."""
    host, port = held.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

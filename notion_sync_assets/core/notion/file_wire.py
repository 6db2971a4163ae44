"""Asking a storage host for a file, with nothing that is not its business.

Belongs here: connections, redirects, and what keeps secrets in. Does not belong here: which addresses are allowed
(`file_policy`), retries and ranges (`file_transfer`).

Requests go straight to the transports and not through `httpx.AsyncClient`: a client adds what a .netrc file holds,
returns cookies, and logs every address, signature included. So nothing can be sent but what `get` is given; the
Notion token is not known here at all. Proxies and certificates are treated as the API client does (`transports.wire`):
the system's settings hold for https, through CONNECT, and http on loopback is asked directly.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar

import httpx

from notion_sync_assets.core.notion.file_errors import FileRefusedError, FileUnavailableError
from notion_sync_assets.core.notion.file_policy import FilePolicy
from notion_sync_assets.core.notion.transports.wire import timeouts, wire_transport

MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_USER_AGENT = "notion-sync-assets"
_SILENCE_S = 75.0
# At debug level the wire's own logger prints response headers; a redirect's Location holds a signature.
_WIRE_LOGGER = "httpcore.http11"
_asking: ContextVar[bool] = ContextVar("asking_for_a_file", default=False)


class FileWire:
    """Connections to storage hosts, one pool per origin; `transport` replaces them all in tests."""

    def __init__(
        self, policy: FilePolicy, *, concurrency: int, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._policy = policy
        self._concurrency = concurrency
        self._transport = transport
        self._pools: dict[str, httpx.AsyncBaseTransport] = {}
        self._silence = _NothingWhileAsking()
        logging.getLogger(_WIRE_LOGGER).addFilter(self._silence)

    async def aclose(self) -> None:
        """Close all connections."""
        pools = [self._transport] if self._transport else list(self._pools.values())
        self._pools = {}
        for pool in pools:
            await pool.aclose()
        logging.getLogger(_WIRE_LOGGER).removeFilter(self._silence)

    @contextlib.asynccontextmanager
    async def get(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The answer to a GET, its body unread, after at most 3 redirects to other allowed addresses.

        Raises `FileRefusedError`, `FileUnavailableError` for a redirect to nowhere, and `httpx.RequestError`.
        """
        url = self._policy.checked(address)
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._send(url, headers)
            try:
                if response.status_code not in _REDIRECTS:
                    yield response
                    return
                url = self._policy.checked(_target(url, response))
            finally:
                await response.aclose()
        raise FileRefusedError(
            f"refused a file after {MAX_REDIRECTS} redirects, the last to host {url.host!r}"
        )

    async def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        request = httpx.Request(
            "GET",
            url,
            headers={"User-Agent": _USER_AGENT, "Accept": "*/*", **headers},
            extensions={"timeout": timeouts(_SILENCE_S).as_dict()},
        )
        token = _asking.set(True)
        try:
            response = await self._pool(url).handle_async_request(request)
        finally:
            _asking.reset(token)
        response.request = request
        return response

    def _pool(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        if self._transport is not None:
            return self._transport
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._pools:
            self._pools[origin] = wire_transport(origin, self._concurrency)
        return self._pools[origin]


class _NothingWhileAsking(logging.Filter):
    """Drops records made while this module waits for an answer's headers; everybody else's pass."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the interface of logging
        return not _asking.get()


def _target(url: httpx.URL, response: httpx.Response) -> str:
    location = response.headers.get("location")
    if not location:
        raise FileUnavailableError(
            f"host {url.host!r} redirects a file to nowhere", status=response.status_code
        )
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FileRefusedError(f"host {url.host!r} redirects a file to what is not a URL") from None

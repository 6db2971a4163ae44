"""Counting at both ends of the stack.

Belongs here: the two counting layers. Does not belong here: the counters (`core.notion.metrics`).
"""

import time
from collections.abc import AsyncIterator, Callable

import httpx

from notion_sync_assets.core.notion.endpoints import endpoint_of
from notion_sync_assets.core.notion.metrics import ClientMetrics
from notion_sync_assets.core.notion.transports.layer import TransportLayer
from notion_sync_assets.core.trace import trace


class CallMetricsTransport(TransportLayer):
    """Counts logical calls by endpoint and final status, with the time the caller waited for them."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        metrics: ClientMetrics,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(inner)
        self._metrics = metrics
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the call on and count how it ended."""
        started, status = self._clock(), "cancelled"
        try:
            response = await self._inner.handle_async_request(request)
            status = str(response.status_code)
        except Exception as error:
            status = type(error).__name__
            raise
        finally:
            self._metrics.count_call(endpoint_of(request), status, self._clock() - started)
        return response


class WireMetricsTransport(TransportLayer):
    """Counts wire requests by endpoint and status, the time to their headers, and the bytes of their bodies."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        metrics: ClientMetrics,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(inner)
        self._metrics = metrics
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on, count its answer, and go on counting while its body is read."""
        started, status = self._clock(), "cancelled"
        try:
            response = await self._inner.handle_async_request(request)
            status = str(response.status_code)
        except Exception as error:
            status = type(error).__name__
            raise
        finally:
            seconds = self._clock() - started
            self._metrics.count_request(endpoint_of(request), status, seconds)
            trace.debug("%s %s: %s in %.3f s", request.method, request.url.path, status, seconds)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _CountedStream(response.stream, self._metrics.count_bytes)
        return response


class _CountedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, count: Callable[[int], None]) -> None:
        self._inner = inner
        self._count = count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._count(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()

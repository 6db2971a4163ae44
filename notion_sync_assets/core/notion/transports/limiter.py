"""One permit of the shared budget per wire request.

Belongs here: taking the permit, giving it back, and passing the server's refusals on. Does not belong here:
the budget (`core.ratelimit`), and sending the request again (`retry`).

A 429 says whose limit was hit (`rate_limit_reason`, API reference section 11). The token's, the workspace's and an
unnamed one concern every request: everyone with the token waits. An endpoint's concerns that endpoint only: its
calls wait here, the others go on. A blocked connection is not waited for at all, since nothing will change it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from notion_sync_assets.core.notion.endpoints import endpoint_of
from notion_sync_assets.core.notion.error_mapping import REQUEST_BLOCKED, error_body, rate_limit_reason
from notion_sync_assets.core.notion.transports.layer import TransportLayer
from notion_sync_assets.core.notion.transports.retry_after import retry_after_s
from notion_sync_assets.core.ratelimit.interface import RateLimiter

RATE_LIMITED = 429
OVERLOADED = 529
ENDPOINT_LIMIT = "public_api_endpoint_rate_limit"
UNANNOUNCED_PENALTY_S = 1.0


class LimiterTransport(TransportLayer):
    """Sends nothing without a permit; a 429, and a 529 that names a time, slow down everyone who shares it.

    `on_refusal` hears the reason of each 429, None where it has none.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        limiter: RateLimiter,
        *,
        on_refusal: Callable[[str | None], None] = lambda _reason: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(inner)
        self._limiter = limiter
        self._on_refusal = on_refusal
        self._clock = clock
        self._sleep = sleep
        self._held_until: dict[str, float] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for a permit, send, and report the end of the request however it ends."""
        await self._wait_for_endpoint(endpoint_of(request))
        permit = await self._limiter.acquire()
        accepted = True
        try:
            response = await self._inner.handle_async_request(request)
            accepted = response.status_code != RATE_LIMITED
            if response.status_code in {RATE_LIMITED, OVERLOADED}:
                # Before the permit is given back: whoever gets it next is to know.
                await self._pass_on(request, response, permit.sent_at)
        finally:
            permit.done(accepted=accepted)
        return response

    async def _wait_for_endpoint(self, endpoint: str) -> None:
        while (pause := self._held_until.get(endpoint, 0.0) - self._clock()) > 0:
            await self._sleep(pause)

    async def _pass_on(self, request: httpx.Request, response: httpx.Response, sent_at: float) -> None:
        body = await _body(response)
        reason = rate_limit_reason(body)
        seconds = retry_after_s(response, body)
        if response.status_code == RATE_LIMITED:
            self._on_refusal(reason)
            seconds = UNANNOUNCED_PENALTY_S if seconds is None else seconds
        if reason == REQUEST_BLOCKED or seconds is None:
            return
        if reason == ENDPOINT_LIMIT:
            self._held_until[endpoint_of(request)] = self._clock() + seconds
            return
        self._limiter.penalize(seconds, reason or str(response.status_code), sent_at=sent_at)


async def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        return error_body((await response.aread()).decode("utf-8", "replace"))
    except (httpx.TransportError, httpx.DecodingError):
        # The status and the header are what counts; the next layer meets the broken body itself.
        return {}

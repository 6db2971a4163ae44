"""One permit of the shared budget per wire request.

Belongs here: taking the permit, giving it back, and passing the server's refusals on. Does not belong here:
the budget (`core.ratelimit`), and sending the request again (`retry`).
"""

import httpx

from notion_sync_assets.core.notion.error_mapping import REQUEST_BLOCKED, error_body, rate_limit_reason
from notion_sync_assets.core.notion.transports.layer import TransportLayer
from notion_sync_assets.core.notion.transports.retry_after import retry_after_s
from notion_sync_assets.core.ratelimit.interface import RateLimiter

RATE_LIMITED = 429
OVERLOADED = 529
UNANNOUNCED_PENALTY_S = 1.0


class LimiterTransport(TransportLayer):
    """Sends nothing without a permit; a 429, and a 529 that names a time, slow down everyone who shares it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, limiter: RateLimiter) -> None:
        super().__init__(inner)
        self._limiter = limiter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for a permit, send, and report the end of the request however it ends."""
        permit = await self._limiter.acquire()
        accepted = True
        try:
            response = await self._inner.handle_async_request(request)
            accepted = response.status_code != RATE_LIMITED
        finally:
            permit.done(accepted=accepted)
        if response.status_code in {RATE_LIMITED, OVERLOADED}:
            await self._pass_on(response, permit.sent_at)
        return response

    async def _pass_on(self, response: httpx.Response, sent_at: float) -> None:
        try:
            body = error_body((await response.aread()).decode("utf-8", "replace"))
        except (httpx.TransportError, httpx.DecodingError):
            # The status and the header are what counts; the next layer meets the broken body itself.
            body = {}
        reason = rate_limit_reason(body)
        seconds = retry_after_s(response, body)
        if reason == REQUEST_BLOCKED:
            return
        if seconds is None and response.status_code == RATE_LIMITED:
            seconds = UNANNOUNCED_PENALTY_S
        if seconds is not None:
            self._limiter.penalize(seconds, reason or str(response.status_code), sent_at=sent_at)

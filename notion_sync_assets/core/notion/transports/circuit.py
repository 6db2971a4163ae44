"""Waiting out an outage instead of failing pages.

Belongs here: what a call does while nobody gets answers. Does not belong here: when that is (`breaker`), and a
single call's retries (`retry`), which are used up before a failure counts here.

A failed call is tried again as a whole. It is given up in two cases only: it failed twice while others got
answers, so that the trouble is its own; or nobody got an answer for longer than the patience. While the
circuit is open everyone waits, and one cheap question (`users/me`) is asked at a time: a waiting call would
be a worse probe, since one that always fails would keep the circuit open for all the others.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import httpx

from notion_sync_assets.core.notion.config import OutageRules
from notion_sync_assets.core.notion.endpoints import endpoint_of
from notion_sync_assets.core.notion.error_mapping import TRANSIENT_STATUSES, error_body
from notion_sync_assets.core.notion.errors import NotionUnavailableError
from notion_sync_assets.core.notion.transports.breaker import Breaker
from notion_sync_assets.core.notion.transports.layer import TransportLayer
from notion_sync_assets.core.notion.transports.retry import SINGLE_TRY

logger = logging.getLogger(__name__)

PROBE_PATH = "/v1/users/me"
# A 429 says that the service is well; it gets here only from a probe, or from a connection blocked for good.
_FAILED_STATUSES = TRANSIENT_STATUSES - {429}
_GATEWAY_TIMEOUT = 504
_PROBE_HEADERS = ("host", "authorization", "notion-version", "user-agent", "accept-encoding")

Outcome = httpx.Response | httpx.TransportError | httpx.DecodingError


class CircuitBreakerTransport(TransportLayer):
    """Makes calls wait while the circuit is open; raises `NotionUnavailableError` when patience ends.

    `on_open` hears that the circuit has opened, `on_close` for how many seconds nobody had got an answer.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        rules: OutageRules | None = None,
        on_open: Callable[[], None] = lambda: None,
        on_close: Callable[[float], None] = lambda _seconds: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(inner)
        self._rules = rules or OutageRules()
        self._on_open = on_open
        self._on_close = on_close
        self._clock = clock
        self._sleep = sleep
        self._breaker = Breaker(self._rules)
        self._probing = asyncio.Lock()
        self._last_failure = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The call's answer, however many rounds it takes."""
        failed_at: float | None = None
        while True:
            await self._wait_until_closed(request)
            outcome = await self._round(request)
            if not _is_outage(request, outcome):
                self._answered()
                return _answer(outcome)
            if failed_at is not None and self._breaker.succeeded_since(failed_at):
                self._breaker.failure(self._clock())
                return _answer(outcome)
            self._failed(request, outcome)
            failed_at = self._clock() if failed_at is None else failed_at

    async def _round(self, request: httpx.Request) -> Outcome:
        try:
            return await self._inner.handle_async_request(request)
        except (httpx.TransportError, httpx.DecodingError) as error:
            return error

    def _failed(self, request: httpx.Request, outcome: Outcome) -> None:
        was_open = self._breaker.is_open
        self._breaker.failure(self._clock())
        if self._breaker.is_open and not was_open:
            self._on_open()
            logger.warning("Notion gives no answers (%s); waiting until it does", _what(outcome))
        self._last_failure = _what(outcome)
        self._check_patience(request)

    def _check_patience(self, request: httpx.Request) -> None:
        lasted = self._breaker.trouble_s(self._clock())
        if lasted >= self._rules.patience_s:
            raise NotionUnavailableError(
                f"Notion has given no answer for {lasted:.0f} s, last: {self._last_failure}",
                endpoint=endpoint_of(request),
            )

    async def _wait_until_closed(self, request: httpx.Request) -> None:
        while self._breaker.is_open:
            async with self._probing:
                if self._breaker.is_open:
                    await self._probe_when_due(request)

    async def _probe_when_due(self, request: httpx.Request) -> None:
        wait = self._breaker.until_half_open(self._clock())
        if wait > 0:
            # Whoever waits behind the probe that used up the patience must not wait for one of its own.
            self._check_patience(request)
            # Patience that ends before the circuit is half-open gets its one probe at its end.
            left = self._rules.patience_s - self._breaker.trouble_s(self._clock())
            await self._sleep(min(wait, left))
        await self._probe(request)

    async def _probe(self, request: httpx.Request) -> None:
        probe = _probe_of(request)
        outcome = await self._round(probe)
        if _is_outage(probe, outcome):
            self._failed(request, outcome)
        else:
            self._answered()

    def _answered(self) -> None:
        now = self._clock()
        if self._breaker.is_open:
            lasted = self._breaker.trouble_s(now)
            logger.warning("Notion answers again after %.0f s", lasted)
            self._on_close(lasted)
        self._breaker.success(now)


def _is_outage(request: httpx.Request, outcome: Outcome) -> bool:
    """Whether an outcome after all retries says that the service, rather than this request, is in trouble."""
    if not isinstance(outcome, httpx.Response):
        return True
    if outcome.status_code not in _FAILED_STATUSES:
        return False
    return not _is_heavy_query(request, outcome)


def _is_heavy_query(request: httpx.Request, response: httpx.Response) -> bool:
    # Notion's own word that this query is too heavy: only asking for less of it helps, waiting does not.
    return (
        response.status_code == _GATEWAY_TIMEOUT
        and request.url.path.endswith("/query")
        and error_body(response.text).get("code") == "gateway_timeout"
    )


def _probe_of(request: httpx.Request) -> httpx.Request:
    headers = {name: request.headers[name] for name in _PROBE_HEADERS if name in request.headers}
    extensions = {**request.extensions, SINGLE_TRY: True}
    url = request.url.copy_with(raw_path=PROBE_PATH.encode())
    return httpx.Request("GET", url, headers=headers, extensions=extensions)


def _answer(outcome: Outcome) -> httpx.Response:
    if isinstance(outcome, httpx.Response):
        return outcome
    raise outcome


def _what(outcome: Outcome) -> str:
    return str(outcome.status_code) if isinstance(outcome, httpx.Response) else type(outcome).__name__

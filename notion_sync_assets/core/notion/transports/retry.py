"""Trying a call again until it has an answer worth passing on.

Belongs here: which answers are tried again, how often and how long apart. Does not belong here: the shared
budget (`limiter`), outages that concern every call (`circuit`), and naming what finally failed.

Every verb is tried again, since all our calls are reads. A 429 does not use up tries: it says that the server
is well and when to come back. A 403 without Notion's JSON is not Notion's but the network edge's: once more,
slowly, since insisting prolongs the block.
"""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from notion_sync_assets.core.notion.error_mapping import (
    REQUEST_BLOCKED,
    TRANSIENT_STATUSES,
    error_body,
    rate_limit_reason,
)
from notion_sync_assets.core.notion.transports.body import ReadResponse, read_response
from notion_sync_assets.core.notion.transports.layer import TransportLayer
from notion_sync_assets.core.notion.transports.retry_after import retry_after_s

SINGLE_TRY = "notion_sync.single_try"
"""A request extension: this request is a probe and is sent once."""

EDGE_BLOCK_TRIES = 2
EDGE_BLOCK_PAUSE_S = 10.0
UNREADABLE = "unreadable body"

_RATE_LIMITED = 429
_FORBIDDEN = 403
_BACK_OFF = wait_random_exponential(multiplier=0.5, max=30.0)


class RetryTransport(TransportLayer):
    """Up to `attempts` tries; then the last answer is passed on, or the last error raised.

    `on_retry` hears the reason of each further try: a status, `unreadable body`, or an error's name. Between
    two tries lie `Retry-After` in full, and at least a random back-off that grows to 30 s. Answers come with
    their body read: one that was cut, or is no JSON where JSON was promised by a 200, is tried again too.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        attempts: int = 6,
        on_retry: Callable[[str], None] = lambda _reason: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(inner)
        self._attempts = attempts
        self._on_retry = on_retry
        self._sleep = sleep

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The first answer worth passing on."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=lambda state: _reason(state) is not None,
            stop=_Tries(1 if SINGLE_TRY in request.extensions else self._attempts),
            wait=_pause,
            before_sleep=lambda state: self._on_retry(_reason(state) or ""),
            retry_error_callback=_last_outcome,
        )
        return await retrying(self._try, request)

    async def _try(self, request: httpx.Request) -> ReadResponse:
        return await read_response(await self._inner.handle_async_request(request))


class _Tries:
    """Counts the tries of one call that count: all but those refused for the rate."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._used = 0

    def __call__(self, state: RetryCallState) -> bool:
        answer = _answer(state)
        if answer is not None and answer.status_code == _RATE_LIMITED and self._allowed > 1:
            return False
        self._used += 1
        edge_block = answer is not None and answer.status_code == _FORBIDDEN
        return self._used >= (min(EDGE_BLOCK_TRIES, self._allowed) if edge_block else self._allowed)


def _answer(state: RetryCallState) -> ReadResponse | None:
    """The answer of the last try, or None when it raised."""
    assert state.outcome is not None
    if state.outcome.failed:
        return None
    answer: ReadResponse = state.outcome.result()
    return answer


def _reason(state: RetryCallState) -> str | None:
    """Why the last try should be followed by another one; None: it should not."""
    answer = _answer(state)
    if answer is None:
        error = state.outcome.exception() if state.outcome else None
        return type(error).__name__ if isinstance(error, httpx.TransportError | httpx.DecodingError) else None
    if answer.is_success:
        return None if answer.readable else UNREADABLE
    body = error_body(answer.text)
    blocked = rate_limit_reason(body) == REQUEST_BLOCKED
    edge_block = answer.status_code == _FORBIDDEN and not body
    retried = edge_block or (answer.status_code in TRANSIENT_STATUSES and not blocked)
    return str(answer.status_code) if retried else None


def _pause(state: RetryCallState) -> float:
    """Seconds before the next try."""
    back_off = _BACK_OFF(state)
    answer = _answer(state)
    if answer is None or answer.is_success:
        return back_off
    if answer.status_code == _FORBIDDEN:
        return EDGE_BLOCK_PAUSE_S
    asked = retry_after_s(answer, error_body(answer.text))
    return back_off if asked is None else max(asked, back_off)


def _last_outcome(state: RetryCallState) -> ReadResponse:
    assert state.outcome is not None
    answer: ReadResponse = state.outcome.result()
    return answer

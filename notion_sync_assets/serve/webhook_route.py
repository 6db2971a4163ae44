"""``POST /webhooks/notion``: a body is read within its limits and handed to the intake; answers say nothing about it.

Here: size, time, and which status each verdict gets. Not here: whether an event is taken (``core.webhooks.intake``).

Notion takes any 2xx for done and sends everything else again for a day, so what may pass by itself is a 503, and a
duplicate is a success. Refusals are logged with their reason and never with what was sent.
"""

import asyncio
import logging
from collections import Counter
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from notion_sync_assets.core.webhooks.intake import Intake, Verdict
from notion_sync_assets.core.webhooks.signature import SIGNATURE_HEADER

LARGEST_BODY_BYTES = 1 << 20
RETRY_AFTER_S = 60
_STATUS = {
    Verdict.QUEUED: HTTPStatus.OK,
    Verdict.DUPLICATE: HTTPStatus.OK,
    Verdict.VERIFIED: HTTPStatus.OK,
    Verdict.NOT_AWAITED: HTTPStatus.FORBIDDEN,
    Verdict.NO_SECRET: HTTPStatus.SERVICE_UNAVAILABLE,
    Verdict.BAD_SIGNATURE: HTTPStatus.UNAUTHORIZED,
    Verdict.MALFORMED: HTTPStatus.BAD_REQUEST,
    Verdict.STALE: HTTPStatus.BAD_REQUEST,
    Verdict.FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    Verdict.NOT_STORED: HTTPStatus.SERVICE_UNAVAILABLE,
}
TOO_LARGE = "too_large"
TOO_SLOW = "too_slow"
DISCONNECTED = "disconnected"
_log = logging.getLogger(__name__)


class BodyTooLargeError(Exception):
    """The body is longer than any webhook."""


class WebhookRoute:
    """The endpoint; ``outcomes`` counts requests by what became of them."""

    def __init__(self, intake: Intake, client_timeout_s: float) -> None:
        self._intake = intake
        self._timeout_s = client_timeout_s
        self.outcomes: Counter[str] = Counter()

    async def post(self, request: Request) -> Response:
        """Answer one request."""
        try:
            body = await asyncio.wait_for(_body(request), self._timeout_s)
        except BodyTooLargeError:
            return self._refused(TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError:
            return self._refused(TOO_SLOW, HTTPStatus.REQUEST_TIMEOUT)
        except ClientDisconnect:
            return self._refused(DISCONNECTED, HTTPStatus.BAD_REQUEST)
        verdict = await self._intake.take(body, request.headers.get(SIGNATURE_HEADER))
        status = _STATUS[verdict]
        if status is HTTPStatus.OK:
            self.outcomes[verdict] += 1
            return PlainTextResponse("ok")
        return self._refused(verdict, status)

    def _refused(self, reason: str, status: HTTPStatus) -> Response:
        self.outcomes[reason] += 1
        _log.warning("webhook refused: %s", reason)
        headers = {"retry-after": str(RETRY_AFTER_S)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
        if reason in (TOO_LARGE, TOO_SLOW):
            headers["connection"] = "close"
        return PlainTextResponse(status.phrase, status, headers)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > LARGEST_BODY_BYTES:
        raise BodyTooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise BodyTooLargeError
    return bytes(body)

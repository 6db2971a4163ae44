"""The intake of webhooks: each body is refused for one reason, or on the disk before it is answered.

Here: the order of the checks, and the group commit. Not here: HTTP (``serve.webhook_route``), the queue itself.

One thread writes: all events that came while it was writing go into its next transaction, so a burst costs a few
flushes of the disk and not one per event.
"""

import asyncio
import hmac
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.webhooks.event import (
    MalformedEventError,
    WebhookEvent,
    parse_event,
    verification_token,
)
from notion_sync_assets.core.webhooks.queue import Added, EventQueue
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.core.webhooks.signature import is_signed

OLDEST_S = 25 * 3600.0
"""Notion's last attempt comes about 24 hours after the event (notion_api.md §14)."""

_GROUP = 1000
_log = logging.getLogger(__name__)


class Verdict(StrEnum):
    """What became of a body."""

    QUEUED = "queued"
    DUPLICATE = "duplicate"
    VERIFIED = "verified"
    NOT_AWAITED = "verification_not_awaited"
    NO_SECRET = "no_secret"  # noqa: S105 - a verdict
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"
    STALE = "stale"
    FULL = "queue_full"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: WebhookEvent
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[Verdict]"


class Intake:
    """Takes bodies for one event loop. ``on_verified`` is given the secret, once, when a handshake was taken."""

    def __init__(
        self,
        events: EventQueue,
        secret: WebhookSecret,
        *,
        await_verification: bool = False,
        on_verified: Callable[[str], None] = lambda _token: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._events = events
        self._secret = secret
        self._awaiting = await_verification
        self._shown: str | None = None
        self._on_verified = on_verified
        self._clock = clock
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="webhook-queue", daemon=True)
        self._writer.start()

    async def take(self, body: bytes, signature: str | None) -> Verdict:
        """Return what became of a body; ``QUEUED`` is returned when the event is on the disk, not before."""
        token = verification_token(body)
        if token is not None:
            return self._handshake(token, body, signature)
        secret = self._secret.read()
        if secret is None:
            return Verdict.NO_SECRET
        if not is_signed(secret, body, signature):
            return Verdict.BAD_SIGNATURE
        try:
            event = parse_event(body)
        except MalformedEventError:
            return Verdict.MALFORMED
        if abs(self._clock() - event.occurred_at) > OLDEST_S:
            return Verdict.STALE
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Verdict] = loop.create_future()
        self._waiting.put(_Waiting(event, loop, answer))
        return await answer

    def close(self) -> None:
        """Write what still waits, and end the writer."""
        self._waiting.put(None)
        self._writer.join()

    def _handshake(self, token: str, body: bytes, signature: str | None) -> Verdict:
        """Take the secret of a new subscription; the answer to a repeated handshake is the same, and shows nothing."""
        if signature is not None and not is_signed(token, body, signature):
            return Verdict.BAD_SIGNATURE
        is_first = self._secret.read() is None
        is_repeated = self._shown is not None and hmac.compare_digest(self._shown.encode(), token.encode())
        if not self._awaiting or not (is_first or is_repeated) or not self._secret.keep(token):
            return Verdict.NOT_AWAITED
        if is_first:
            self._shown = token
            self._on_verified(token)
        return Verdict.VERIFIED

    def _write(self) -> None:
        while True:
            group = self._next_group()
            if not group:
                return
            verdicts = self._stored([each.event for each in group])
            for each, verdict in zip(group, verdicts, strict=True):
                each.loop.call_soon_threadsafe(_answer, each.answer, verdict)

    def _next_group(self) -> list[_Waiting]:
        """Wait for one event and take what came meanwhile; empty when the intake is closed."""
        first = self._waiting.get()
        group: list[_Waiting] = []
        while first is not None:
            group.append(first)
            if len(group) == _GROUP or self._waiting.empty():
                return group
            first = self._waiting.get()
        if group:
            self._waiting.put(None)
        return group

    def _stored(self, events: list[WebhookEvent]) -> list[Verdict]:
        try:
            outcomes = self._events.add(events, self._clock())
        except StorageError as error:
            _log.error("%d webhook events could not be stored: %s", len(events), error)
            return [Verdict.NOT_STORED] * len(events)
        meaning = {
            Added.QUEUED: Verdict.QUEUED,
            Added.DUPLICATE: Verdict.DUPLICATE,
            Added.FULL: Verdict.FULL,
        }
        return [meaning[outcome] for outcome in outcomes]


def _answer(answer: "asyncio.Future[Verdict]", verdict: Verdict) -> None:
    if not answer.done():
        answer.set_result(verdict)

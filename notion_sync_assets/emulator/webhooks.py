"""Webhooks of the emulated Notion: a subscription, its handshake, events for changes, deliveries that try again.

Here: what is sent, when, and what came back. Not here: the changes (`changes.py`), the control API
(`control_routes.py`). Rules: reference §14. Events carry ids only; they come late, out of order, and sometimes twice
(Notion promises none of the opposite). Only loopback addresses are called.
"""

import hashlib
import hmac
import queue
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
import orjson

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.json_types import Json

ATTEMPTS = 8
SEND_SECONDS = 10.0


@dataclass
class Delivery:
    """One event on its way. `statuses`: what came back, attempt by attempt; 0 for no answer."""

    event: Json
    due: float
    statuses: list[int] = field(default_factory=list)
    done: bool = False


class Webhooks:
    """One subscription, with the delays and the share of duplicates that `config` asks for."""

    def __init__(self, config: EmulatorConfig, now: Callable[[], float]) -> None:
        self.config = config
        self._random = random.Random(config.seed)
        self._now = now
        self._lock = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._waiting: queue.PriorityQueue[tuple[float, int, Delivery]] = queue.PriorityQueue()
        self._sender: threading.Thread | None = None
        self._stopped = threading.Event()
        self._url = ""
        self._token = ""
        self._active = False
        self._subscription = str(uuid.UUID(int=self._random.getrandbits(128)))

    def subscribe(self, url: str) -> int:
        """Send the handshake to an address; return its answer's status. Nothing is sent before `verify`."""
        if not _is_loopback(url):
            raise ValueError("webhooks go to loopback addresses only")
        if url != self._url:
            self._token = "secret_" + "".join(
                self._random.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=43)
            )
        self._url, self._active = url, False
        return self._send(orjson.dumps({"verification_token": self._token}))

    def verify(self, token: str) -> None:
        """Start sending: the operator has pasted the token of the handshake; `ValueError` when it is another."""
        if not self._token or not hmac.compare_digest(token.encode(), self._token.encode()):
            raise ValueError("this is not the token that was sent")
        self._active = True

    def emit(self, event_type: str, entity: Json, data: Json) -> None:
        """Tell the subscriber of a change, if there is one."""
        if not self._active:
            return
        event = self._event(event_type, entity, data)
        copies = 2 if self._random.random() < self.config.webhook_duplicate_rate else 1
        for _ in range(copies):
            wait = self.config.webhook_delay * self._random.uniform(0.5, 1.0)
            self._queue(Delivery(event, time.monotonic() + wait))

    def report(self) -> Json:
        """Deliveries by state, and the single ones: type, id of the object, statuses."""
        with self._lock:
            sent = [
                {
                    "id": each.event["id"],
                    "type": each.event["type"],
                    "entity": each.event["entity"]["id"],
                    "statuses": list(each.statuses),
                    "done": each.done,
                }
                for each in self._deliveries
            ]
        return {"active": self._active, "waiting": sum(not each["done"] for each in sent), "deliveries": sent}

    def stop(self) -> None:
        """End the sender; what was not delivered is given up."""
        self._stopped.set()
        if self._sender is not None:
            self._sender.join(SEND_SECONDS * 2)

    def _event(self, event_type: str, entity: Json, data: Json) -> Json:
        seconds = self._now()
        stamp = (
            time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"
        )
        return {
            "id": str(uuid.UUID(int=self._random.getrandbits(128))),
            "timestamp": stamp,
            "workspace_id": self._subscription,
            "workspace_name": "Emulated",
            "subscription_id": self._subscription,
            "integration_id": self._subscription,
            "authors": [],
            "attempt_number": 1,
            "api_version": "2026-03-11",
            "type": event_type,
            "entity": entity,
            "data": data,
        }

    def _queue(self, delivery: Delivery) -> None:
        with self._lock:
            self._deliveries.append(delivery)
            self._waiting.put((delivery.due, id(delivery), delivery))
            if self._sender is None:
                self._sender = threading.Thread(target=self._deliver, name="webhooks", daemon=True)
                self._sender.start()

    def _deliver(self) -> None:
        while not self._stopped.is_set():
            try:
                due, _, delivery = self._waiting.get(timeout=0.05)
            except queue.Empty:
                continue
            if due > time.monotonic():
                self._waiting.put((due, id(delivery), delivery))
                self._stopped.wait(min(0.05, due - time.monotonic()) if due > time.monotonic() else 0)
                continue
            self._attempt(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        number = len(delivery.statuses) + 1
        status = self._send(orjson.dumps({**delivery.event, "attempt_number": number}))
        with self._lock:
            delivery.statuses.append(status)
            delivery.done = httpx.codes.is_success(status) or number >= ATTEMPTS
        if not delivery.done:
            due = time.monotonic() + self.config.webhook_retry * 2 ** (number - 1)
            self._waiting.put((due, id(delivery), delivery))

    def _send(self, body: bytes) -> int:
        made = hmac.new(self._token.encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "x-notion-signature": f"sha256={made}"}
        try:
            return httpx.post(self._url, content=body, headers=headers, timeout=SEND_SECONDS).status_code
        except httpx.HTTPError:
            return 0


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""Webhook events for tests: bodies as Notion sends them, signed or not, and the queue of a deployment.

Here: making them. Not here: any expectation.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from notion_sync_assets.core.webhooks.batches import BatchBook
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.event import WebhookEvent, parse_event
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_folder import webhook_folder

SECRET = "secret_webhook_planted_4711"


def payload(
    kind: str = "page.content_updated", entity: str | None = None, **overrides: Any
) -> dict[str, Any]:
    """A body as Notion makes it, before it is bytes."""
    entity_type = kind.split(".", maxsplit=1)[0]
    return {
        "id": str(uuid.uuid4()),
        "timestamp": dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z"),
        "workspace_id": str(uuid.uuid4()),
        "workspace_name": "A name that is nobody's business",
        "attempt_number": 1,
        "type": kind,
        "entity": {"id": entity or str(uuid.uuid4()), "type": entity_type},
        "data": {"parent": {"id": str(uuid.uuid4()), "type": "space"}},
        **overrides,
    }


def body(kind: str = "page.content_updated", entity: str | None = None, **overrides: Any) -> bytes:
    """The bytes of a body."""
    return json.dumps(payload(kind, entity, **overrides)).encode()


def event(kind: str = "page.content_updated", entity: str | None = None, **overrides: Any) -> WebhookEvent:
    """An event as the intake keeps it."""
    return parse_event(body(kind, entity, **overrides))


@contextmanager
def opened_queue(settings: Settings) -> Iterator[tuple[EventQueue, BatchBook]]:
    """The queue and the batches of an export."""
    with closing(WebhookDatabase(webhook_folder(settings))) as database:
        yield EventQueue(database, settings.serve.queue_events), BatchBook(database)

"""The application of ``notion-sync serve``: four paths, and nothing else.

Here: the assembly. Not here: any endpoint (``webhook_route``, ``health_route``, ``metrics_route``), the server
(``http_server``).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.intake import Intake
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.notion_health import NotionHealth
from notion_sync_assets.serve.health_route import HealthRoutes
from notion_sync_assets.serve.metrics_route import MetricsRoute
from notion_sync_assets.serve.webhook_route import WebhookRoute
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_folder import webhook_folder

WEBHOOK_PATH = "/webhooks/notion"


@contextmanager
def served_app(
    settings: Settings,
    *,
    await_verification: bool = False,
    on_verified: Callable[[str], None] = lambda _token: None,
) -> Iterator[ASGIApp]:
    """Yield the application; leaving writes what still waits and closes the queue.

    ``await_verification``: a handshake is taken while there is no secret; ``on_verified`` is then given it, once.
    """
    folder = webhook_folder(settings)
    database = WebhookDatabase(folder)
    events = EventQueue(database, settings.serve.queue_events)
    intake = Intake(
        events, WebhookSecret(folder), await_verification=await_verification, on_verified=on_verified
    )
    webhooks = WebhookRoute(intake, settings.serve.client_timeout_seconds)
    health = HealthRoutes(settings, NotionHealth(settings))
    routes = [
        Route(WEBHOOK_PATH, webhooks.post, methods=["POST"]),
        Route("/health", health.health),
        Route("/ready", health.ready),
        Route("/metrics", MetricsRoute(settings, database, webhooks, health).get),
    ]
    try:
        yield Starlette(routes=routes)
    finally:
        intake.close()
        database.close()

"""``GET /health`` and ``GET /ready``: the parts, and a status that a load balancer understands.

Here: caching and status codes. Not here: the looks (``health``, ``notion_health``).

``/health``: 200 for healthy and degraded, 503 for unhealthy. ``/ready``: whether webhooks can be taken now, which needs
neither Notion nor a daemon. Both answer from a cache of a few seconds: probing costs no more than that.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notion_sync_assets.health import Health, Level, local_health
from notion_sync_assets.notion_health import NotionHealth
from notion_sync_assets.settings_model import Settings

CACHED_S = 10.0
_NEEDED_FOR_WEBHOOKS = ("storage", "webhooks")


class HealthRoutes:
    """Both endpoints around one cache."""

    def __init__(
        self,
        settings: Settings,
        notion: NotionHealth,
        *,
        look: Callable[[Settings], Health] = local_health,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._notion = notion
        self._look = look
        self._clock = clock
        self._looking = asyncio.Lock()
        self._local = Health({})
        self._looked_at: float | None = None

    async def current(self) -> Health:
        """Return all parts, looked at a few seconds ago at most."""
        async with self._looking:
            if self._looked_at is None or self._clock() - self._looked_at >= CACHED_S:
                self._local = await asyncio.to_thread(self._look, self._settings)
                self._looked_at = self._clock()
        return Health({**self._local.parts, "api": self._notion.part()})

    async def health(self, _request: Request) -> Response:
        """Answer ``/health``."""
        found = await self.current()
        return JSONResponse(found.to_json(), _status(found), {"cache-control": "no-store"})

    async def ready(self, _request: Request) -> Response:
        """Answer ``/ready``."""
        found = await self.current()
        needed = Health({name: part for name, part in found.parts.items() if name in _NEEDED_FOR_WEBHOOKS})
        return JSONResponse(needed.to_json(), _status(needed), {"cache-control": "no-store"})


def _status(health: Health) -> HTTPStatus:
    return HTTPStatus.SERVICE_UNAVAILABLE if health.level is Level.UNHEALTHY else HTTPStatus.OK

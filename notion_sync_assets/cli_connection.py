"""A connection for commands that only look: it leaves no file behind, and gives up soon.

Here: which budget and which patience it has. Not here: the connection of an export (``resources.export_runtime``).
"""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Iterator

import httpx

from notion_sync_assets.core.notion.client import NotionClient, build_client
from notion_sync_assets.core.ratelimit.interface import RateLimiter
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets.instance import instance_folder
from notion_sync_assets.resources.export_runtime import BUDGET_FILE, client_config
from notion_sync_assets.settings_model import Settings

_ATTEMPTS = 3
_PATIENCE_S = 10.0


@contextlib.asynccontextmanager
async def looking(
    settings: Settings, *, wire: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[NotionClient]:
    """Yield a client; its budget is the shared one if a run has made it, else one of its own.

    ``wire`` replaces the network. Raises ``ConfigurationError`` without a usable token.
    """
    config = dataclasses.replace(client_config(settings), attempts=_ATTEMPTS, outage_patience_s=_PATIENCE_S)
    with _budget(settings, config.limit_per_window, config.window_s) as limiter:
        async with build_client(config, limiter=limiter, wire=wire) as client:
            yield client


@contextlib.contextmanager
def _budget(settings: Settings, limit: int, window_s: float) -> Iterator[RateLimiter]:
    shared = instance_folder(settings) / BUDGET_FILE
    if not limit or not shared.is_file():
        yield MemoryLimiter(limit, window_s)
        return
    token = settings.notion.token.get_secret_value() if settings.notion.token else ""
    limiter = SqliteLimiter(shared, token, limit, window_s)
    try:
        yield limiter
    finally:
        limiter.close()

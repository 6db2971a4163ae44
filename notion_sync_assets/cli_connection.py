"""A connection for commands that only look: it leaves no file behind, and gives up soon.

Here: which budget and which patience it has. Not here: the connection of an export (``resources.export_runtime``).
"""

import contextlib
from collections.abc import AsyncIterator

import httpx

from notion_sync_assets.core.notion.client import NotionClient, build_client
from notion_sync_assets.resources.export_runtime import client_config
from notion_sync_assets.resources.request_budget import budget_if_made
from notion_sync_assets.settings_model import Settings

_PATIENCE_S = 10.0


@contextlib.asynccontextmanager
async def looking(
    settings: Settings, *, wire: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[NotionClient]:
    """Yield a client; its budget is the shared one if a run has made it, else one of its own.

    ``wire`` replaces the network. Raises ``ConfigurationError`` without a usable token.
    """
    config = client_config(settings).impatient(_PATIENCE_S)
    limiter = budget_if_made(settings)
    try:
        async with build_client(config, limiter=limiter, wire=wire) as client:
            yield client
    finally:
        limiter.close()

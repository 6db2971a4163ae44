"""Whether Notion answers, for health checks: one cheap question at most every few minutes, whoever asks how often.

Here: the question and its cache. Not here: the other parts (``health``). The question goes through the budget that all
runs share, so that probing never takes a run's turn.
"""

import asyncio
import threading
import time
from collections.abc import Callable

from notion_sync_assets.cli_connection import looking
from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    NotionSyncError,
    UnauthorizedError,
)
from notion_sync_assets.health import Level, Part
from notion_sync_assets.settings_model import Settings


def ask_notion(settings: Settings) -> Part:
    """Ask Notion who we are."""
    try:
        asyncio.run(_ask(settings))
    except ConfigurationError:
        return Part(Level.UNHEALTHY, "there is no usable token")
    except UnauthorizedError:
        return Part(Level.UNHEALTHY, "Notion refuses the token")
    except NotionSyncError as error:
        return Part(Level.DEGRADED, f"Notion gives no answer ({type(error).__name__}); exports wait for it")
    return Part(Level.HEALTHY, "Notion answers")


async def _ask(settings: Settings) -> None:
    async with looking(settings) as client:
        await client.me()


class NotionHealth:
    """The last answer. ``part`` never waits: a stale answer is given while a new one is asked for."""

    def __init__(
        self,
        settings: Settings,
        *,
        ask: Callable[[Settings], Part] = ask_notion,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._part = Part(Level.HEALTHY, "Notion is being asked for the first time")

    def part(self) -> Part:
        """Return what is known, and ask in the background when that is older than allowed."""
        now = self._clock()
        with self._lock:
            age = None if self._asked_at is None else now - self._asked_at
            due = age is None or age >= self._settings.serve.notion_check_seconds
            if due:
                self._asked_at = now
        if due:
            threading.Thread(target=self._renew, name="notion-health", daemon=True).start()
        return self._part

    def _renew(self) -> None:
        self._part = self._ask(self._settings)

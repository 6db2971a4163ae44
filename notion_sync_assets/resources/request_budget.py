"""Which budget of requests a connection to Notion uses, by the settings.

Here: choosing and opening the backend. Not here: the backends (``core.ratelimit``).

The shared SQLite file lies in the user's state folder, not in an export or an instance: two exports of one person
use one token, and so must use one budget, wherever they write to. The file knows tokens and addresses by hash only.
"""

import os
from pathlib import Path

from platformdirs import user_state_path

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.ratelimit.interface import RateLimiter
from notion_sync_assets.core.ratelimit.ledger import budget_name
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets.instance import instance_folder
from notion_sync_assets.settings_model import NotionSettings, Settings

BUDGET_FILE = "rate_limit.sqlite"


def open_budget(settings: Settings) -> RateLimiter:
    """Return the budget of the token; ``ConfigurationError`` for a backend that lacks what it needs."""
    notion = settings.notion
    if not notion.requests_per_window or settings.limiter.backend == "memory":
        return MemoryLimiter(notion.requests_per_window, float(notion.window_seconds))
    if settings.limiter.backend == "postgres":
        return _postgres(settings)
    return _sqlite(notion, _made_folder(settings))


def budget_if_made(settings: Settings) -> RateLimiter:
    """Return the same budget, but make no file for it: one of its own where no run has made the shared one."""
    shared = settings.limiter.backend != "sqlite" or (budget_folder(settings) / BUDGET_FILE).is_file()
    notion = settings.notion
    return (
        open_budget(settings)
        if shared
        else MemoryLimiter(notion.requests_per_window, float(notion.window_seconds))
    )


def budget_folder(settings: Settings) -> Path:
    """Return the folder of the shared file: the one that is set, else the user's, else the instance's.

    The instance's is for accounts without a home that can be written to, as in containers.
    """
    if settings.limiter.folder is not None:
        return settings.limiter.folder
    folder = user_state_path("notion-sync-assets", appauthor=False)
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return folder if os.access(nearest, os.W_OK) else instance_folder(settings)


def _made_folder(settings: Settings) -> Path:
    folder = budget_folder(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"cannot make the folder of the request budget {folder}: {error.strerror}",
            hint="Set limiter.folder to a folder you may write to.",
        ) from error
    return folder


def _sqlite(notion: NotionSettings, folder: Path) -> RateLimiter:
    return SqliteLimiter(
        folder / BUDGET_FILE, _name(notion), notion.requests_per_window, float(notion.window_seconds)
    )


def _postgres(settings: Settings) -> RateLimiter:
    dsn, notion = settings.limiter.dsn, settings.notion
    if dsn is None:
        raise ConfigurationError(
            "limiter.backend is postgres, but there is no limiter.dsn",
            hint="Set it to postgresql://user:password@host/database.",
        )
    try:
        from notion_sync_assets.core.ratelimit.postgres import PostgresLimiter
    except ImportError as error:
        raise ConfigurationError(
            "limiter.backend is postgres, but psycopg is not installed",
            hint="Install it: pip install 'notion-sync-assets[postgres]'.",
        ) from error
    limit, window_s = notion.requests_per_window, float(notion.window_seconds)
    return PostgresLimiter(dsn.get_secret_value(), _name(notion), limit, window_s)


def _name(notion: NotionSettings) -> str:
    return budget_name(notion.token.get_secret_value() if notion.token else "", notion.base_url)

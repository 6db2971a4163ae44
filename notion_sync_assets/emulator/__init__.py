"""A local Notion: deterministic workspaces behind the real API's paths, envelopes, errors, limits and bad habits.

From a shell: `python -m notion_sync_assets.emulator --world demo --port 0` prints one line of JSON with its `url`.
From Python: `with running_emulator(EmulatorConfig(world="generated", pages=1000)) as notion: …` and use
`notion.url` as the base of any Notion client; `notion.control` changes the workspace and asks the oracle.
Importing this package is cheap; the server's libraries are imported when something is started.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from notion_sync_assets.emulator.config import EmulatorConfig

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from notion_sync_assets.emulator.server import RunningEmulator

__all__ = ["EmulatorConfig", "create_app", "running_emulator"]


def create_app(config: EmulatorConfig) -> "Starlette":
    """The ASGI application of a new emulator, for any server."""
    from notion_sync_assets.emulator.app import create_app as app_around
    from notion_sync_assets.emulator.engine import Engine

    return app_around(Engine(config))


def running_emulator(config: EmulatorConfig | None = None) -> "AbstractContextManager[RunningEmulator]":
    """A running emulator for the length of a `with` block: `.url`, `.control`, `.engine`, `.stop()`."""
    from notion_sync_assets.emulator.server import running_emulator as started

    return started(config)

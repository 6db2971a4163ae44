"""One running emulator without HTTP: world, workspace, listings, limits, faults, counters. The only assembly."""

from dataclasses import replace
from typing import Any

from notion_sync_assets.emulator.clock import Clock
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.faults import FaultPlan
from notion_sync_assets.emulator.files import Signer
from notion_sync_assets.emulator.limits import RateLimiter
from notion_sync_assets.emulator.listing import Habits, Pager
from notion_sync_assets.emulator.listings import Listings, SearchHabits
from notion_sync_assets.emulator.stats import Stats
from notion_sync_assets.emulator.webhooks import Webhooks
from notion_sync_assets.emulator.workspace import Workspace
from notion_sync_assets.emulator.world import World

LIMIT_SETTINGS = {"limit", "window", "window_mode"}
FAULT_SETTINGS = {"fault_rate", "fault_kinds"}
RUNNING_SETTINGS = {
    *LIMIT_SETTINGS,
    *FAULT_SETTINGS,
    "latency_ms",
    "hang_seconds",
    "search_lag",
    "search_cursor_ttl",
    "cursor_ttl",
    "result_cap",
    "search_cap",
    "file_ttl",
    "token",
    "short_page_rate",
    "webhook_delay",
    "webhook_retry",
    "webhook_duplicate_rate",
}


class Engine:
    """Everything the routes need. `down` is "" (serving), "503" or "drop"."""

    def __init__(self, config: EmulatorConfig) -> None:
        self.config = config
        self.clock = Clock()
        self.workspace = Workspace(build_world(config), self.clock)
        self.stats = Stats()
        self.down = ""
        self.webhooks = Webhooks(config, self.clock.now)
        self._apply(config)
        self._limit(config)
        self._faults(config)

    def reconfigure(self, settings: dict[str, Any]) -> EmulatorConfig:
        """Change settings while running; budgets and fault draws start anew only when they are concerned."""
        unknown = set(settings) - RUNNING_SETTINGS - {"down"}
        if unknown:
            raise ValueError(f"cannot be set at run time: {', '.join(sorted(unknown))}")
        self.down = str(settings.pop("down", self.down) or "")
        if "fault_kinds" in settings:
            settings["fault_kinds"] = tuple(settings["fault_kinds"])
        self.config = replace(self.config, **settings)
        self._apply(self.config)
        if LIMIT_SETTINGS & set(settings):
            self._limit(self.config)
        if FAULT_SETTINGS & set(settings):
            self._faults(self.config)
        return self.config

    def _apply(self, config: EmulatorConfig) -> None:
        invented = not self.workspace.world.is_recorded
        short = config.short_page_rate if invented else 0.0
        habits = Habits(
            seed=config.seed,
            short_page_rate=short,
            cap=config.result_cap,
            search_cap=config.search_cap or None,
            search_cursor_ttl=config.search_cursor_ttl,
            cursor_ttl=config.cursor_ttl or None,
        )
        self.pager = Pager(habits, self.clock)
        omit = config.search_omit_rate if invented else 0.0
        self.listings = Listings(self.workspace, SearchHabits(config.seed, omit))
        self.webhooks.config = config
        self.signer = Signer(self.clock, config.file_ttl)

    def _limit(self, config: EmulatorConfig) -> None:
        self.limiter = RateLimiter(config.limit, config.window, config.window_mode, config.seed)

    def _faults(self, config: EmulatorConfig) -> None:
        self.faults = FaultPlan(config.fault_rate, config.fault_kinds, config.seed)


def build_world(config: EmulatorConfig) -> World:
    """The world the settings ask for; recorded objects take precedence."""
    if config.data is not None:
        from notion_sync_assets.emulator.recorded import load_recorded

        return load_recorded(config.data)
    if config.world == "generated":
        from notion_sync_assets.emulator.generated import GeneratedWorld
        from notion_sync_assets.emulator.generated_plan import Size

        size = Size(config.pages, config.rows, config.databases, config.depth, config.crowd)
        return GeneratedWorld(config.seed, size)
    from notion_sync_assets.emulator.demo import build_demo

    return build_demo(config.seed)

"""The two workspaces in which peers are compared: a generated one for time and requests, a planted one for content.

Here: the workspaces, what a peer is told of them, the smallest number of requests. In both nothing is hidden from
search and no list comes short, so that no habit of the emulator is held against a peer. Not here: serving them.
"""

from collections.abc import Iterable

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.listing import MAX_PAGE
from notion_sync_assets.emulator.oracle import Oracle
from notion_sync_assets.emulator.world import StoredWorld
from notion_sync_assets_tests.core.sync.worlds import CALM
from notion_sync_assets_tests.fidelity.markers import Marker
from notion_sync_assets_tests.fidelity.planted_world import planted_world

Targets = dict[str, list[str]]


def generated(pages: int, limit: int) -> EmulatorConfig:
    """A workspace of so many pages, two thirds of them rows of two databases."""
    rows = pages * 2 // 3
    settings = {"pages": pages - rows, "rows": rows, "databases": 2, "limit": limit}
    return EmulatorConfig(world="generated", **settings, **CALM)


def planted() -> tuple[EmulatorConfig, StoredWorld, list[Marker]]:
    """A workspace with a marker in everything that bears text, each kind of block on a page of its own."""
    world, markers = planted_world(apart=True)
    return EmulatorConfig(limit=0, **CALM), world, markers


def targets(engine: Engine) -> Targets:
    """What a peer is told: pages and databases at the top of the workspace, and all pages."""
    oracle = Oracle(engine)
    at_top = {
        kind: [i for i, holder in oracle.pairs(kind) if holder is None] for kind in ("page", "database")
    }
    return {"roots": at_top["page"], "databases": at_top["database"], "pages": list(oracle.live("page"))}


def needed(engine: Engine, reads: Iterable[str]) -> int:
    """The smallest number of requests for the parts that a peer claims to read."""
    report, told = Oracle(engine).report(), targets(engine)
    alone = report["comments"] + report["probes"] + len(report["unlisted_users"])
    parts = {
        **report["requests"],
        "comments": report["comments"],
        "everything": report["total"] + alone,
        "roots": len(told["roots"]),
        "pages": len(told["pages"]),
        "first_levels": sum(_first_level(engine, page) for page in told["pages"]),
    }
    return int(sum(parts[name] for name in reads))


def _first_level(engine: Engine, page: str) -> int:
    return max(1, -(-len(engine.workspace.children(page)) // MAX_PAGE))

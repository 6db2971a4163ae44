"""The planted workspace, exported by the job that a deployment runs.

Here: the export of a whole workspace into a folder. Not here: the workspace (``planted_world``), expectations.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.core.sync.worlds import CALM, serve
from notion_sync_assets_tests.deployment import deployment
from notion_sync_assets_tests.fidelity.markers import Marker
from notion_sync_assets_tests.fidelity.planted_world import planted_world


@dataclass(frozen=True)
class Exported:
    """An export of the planted workspace: its folder, its markers, what its documents say was left out."""

    root: Path
    markers: Sequence[Marker]
    omitted: Sequence[Json]


@contextmanager
def exported_world(folder: Path, **settings: object) -> Iterator[Exported]:
    """Export the planted workspace below ``folder``."""
    world, markers = planted_world()
    with running_emulator(EmulatorConfig(limit=0, **CALM)) as emulator:
        serve(lambda **_: emulator, world)
        made = {"output.block_comments": True, "dagster.page_events": False, **settings}
        with deployment(emulator, folder, **made) as deployed:
            assert deployed.run("export_job").success
            views = [deployed.runtime.snapshot(key) for key in deployed.keys]
            omitted = [each for view in views if view for _, page in view.pages() for each in page.omitted]
    yield Exported(folder, markers, omitted)

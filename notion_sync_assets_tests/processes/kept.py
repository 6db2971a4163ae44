"""An export of the garden made by the command line, which many tests copy: made once, never changed."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator
from notion_sync_assets_tests.core.sync.worlds import garden, serve
from notion_sync_assets_tests.processes.exporter import Exporter

Change = tuple[str, dict[str, str]]


def exporter_of(folder: Path, notion: RunningEmulator) -> Exporter:
    """Return the command line on a folder; what was changed just now counts as settled."""
    return Exporter(folder, notion.url, settings={"SYNC__SETTLE_SECONDS": 0})


@contextmanager
def exported_garden(folder: Path, *steps: Sequence[Change]) -> Iterator[RunningEmulator]:
    """Export the garden after each step, a list of operations of the control API; yield what serves it."""
    with ExitStack() as stack:
        notion = serve(
            lambda **options: stack.enter_context(running_emulator(EmulatorConfig(limit=0, **options))),
            garden(),
        )
        for changes in steps:
            for operation, arguments in changes:
                notion.control.change(operation, **arguments)
            assert exporter_of(folder, notion).call("export", "--quiet").code == 0
        yield notion

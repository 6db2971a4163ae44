from contextlib import ExitStack

import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import garden, serve


@pytest.fixture(scope="session")
def untouched_garden():
    """The garden for tests that change nothing in it."""
    with ExitStack() as stack:
        yield serve(
            lambda **options: stack.enter_context(running_emulator(EmulatorConfig(limit=0, **options))),
            garden(),
        )


@pytest.fixture
def notion(start_emulator):
    """The garden, calm: search finds everything at once."""
    return serve(start_emulator, garden())


@pytest.fixture
async def export(notion, tmp_path):
    """An export of the garden into an empty folder."""
    async with Export(notion.url, tmp_path / "export") as opened:
        yield opened

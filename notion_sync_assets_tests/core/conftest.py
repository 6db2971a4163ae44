"""The garden, exported at core level; each test changes it and syncs again."""

import pytest

from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import garden, serve


@pytest.fixture
def notion(start_emulator):
    """The garden, calm: search finds everything at once."""
    return serve(start_emulator, garden())


@pytest.fixture
async def export(notion, tmp_path):
    """An export of it into an empty folder; a module with a world of its own brings its own ``notion``."""
    async with Export(notion.url, tmp_path / "export") as opened:
        yield opened

from contextlib import ExitStack

import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.core.sync.worlds import garden, serve


@pytest.fixture(scope="session")
def untouched_garden():
    """The garden for tests that change nothing in it."""
    with ExitStack() as stack:
        yield serve(
            lambda **options: stack.enter_context(running_emulator(EmulatorConfig(limit=0, **options))),
            garden(),
        )

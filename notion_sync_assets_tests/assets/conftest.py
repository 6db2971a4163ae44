"""Deployments for tests of the assets: a small generated workspace, indexed; each test may change it."""

import pytest

from notion_sync_assets_tests.deployment import SMALL_WORLD, STILL_DEMO, deployment


@pytest.fixture
def dagster(start_emulator, tmp_path):
    """A small workspace with one page tree and two data sources, indexed."""
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        yield made


@pytest.fixture
def demo(start_emulator, tmp_path):
    """The demo workspace, indexed."""
    with deployment(start_emulator(**STILL_DEMO), tmp_path / "export") as made:
        made.index()
        yield made

"""The line that tells how far an export is."""

from types import SimpleNamespace

import pytest

from notion_sync_assets.cli_progress import ProgressDisplay
from notion_sync_assets.core.sync.context import Progress


@pytest.fixture
def display():
    runtime = SimpleNamespace(progress=Progress(), request_rate=lambda: "7 requests")
    return ProgressDisplay(runtime, quiet=True)


def test_before_anything_is_known_only_the_step_and_the_requests_are_told(display):
    assert display.line().split() == ["starting", "7", "requests"]


def test_a_sync_tells_pages_scopes_and_the_time_left(display):
    progress = display._runtime.progress
    progress.pages_listed, progress.pages_done, progress.scopes_total, progress.scopes_done = 10, 5, 3, 1
    display.phase("sync")
    told = display.line()
    assert "pages 5/10" in told
    assert "scopes 1/3" in told
    assert told.endswith("left")


def test_rendering_tells_how_many_of_the_scopes_and_formats_are_done(display):
    progress = display._runtime.progress
    progress.pages_listed = progress.pages_done = 10
    progress.renders_total, progress.renders_done = 15, 4
    display.phase("render")
    assert "tables and trees 4/15" in display.line()
    assert "pages" not in display.line()

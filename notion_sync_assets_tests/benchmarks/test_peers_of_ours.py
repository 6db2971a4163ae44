"""Our own export is measured and judged like everyone else's."""

import pytest

from benchmarks.peers.catalogue import OURS
from benchmarks.peers.environments import environment
from benchmarks.peers.judge import judge
from benchmarks.peers.local_notion import local_notion
from benchmarks.peers.measure import run
from benchmarks.peers.worlds import generated
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets_tests.core.sync.worlds import CALM
from notion_sync_assets_tests.fidelity.planted_world import planted_world

pytestmark = pytest.mark.system
PATIENCE_S = 600.0
NO_LIMIT = {"NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0"}


def test_all_that_is_planted_comes_out(tmp_path):
    world, markers = planted_world()
    settings = {**NO_LIMIT, "NOTION_SYNC_OUTPUT__BLOCK_COMMENTS": "true"}
    with local_notion(EmulatorConfig(limit=0, **CALM), world) as notion:
        ran = run(OURS, environment(OURS), notion, tmp_path, PATIENCE_S, settings)
    assert ran["exit_code"] == 0, ran
    assert judge(OURS, markers, tmp_path / "output")["missing"] == {}


def test_no_request_is_wasted_or_made_twice(tmp_path):
    with local_notion(generated(12, limit=0)) as notion:
        ran = run(OURS, environment(OURS), notion, tmp_path, PATIENCE_S, NO_LIMIT)
    assert (ran["exit_code"], ran["requests"], ran["duplicates"]) == (0, ran["needed"], 0)

"""Our own export is measured and judged like everyone else's."""

import pytest

from benchmarks.peers.catalogue import OURS
from benchmarks.peers.environments import environment
from benchmarks.peers.judge import judge
from benchmarks.peers.local_notion import local_notion
from benchmarks.peers.measure import run
from benchmarks.peers.worlds import generated, planted

pytestmark = pytest.mark.system
NO_LIMIT = {"NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0"}


def test_all_that_is_planted_comes_out(tmp_path):
    config, world, markers = planted()
    settings = {**NO_LIMIT, "NOTION_SYNC_OUTPUT__BLOCK_COMMENTS": "true"}
    with local_notion(config, world) as notion:
        ran = run(OURS, environment(OURS), notion, tmp_path, 120, settings)
    assert ran["exit_code"] == 0, ran
    assert judge(OURS, markers, tmp_path / "output")["missing"] == {}


def test_no_request_is_wasted_or_made_twice(tmp_path):
    with local_notion(generated(12, limit=0)) as notion:
        ran = run(OURS, environment(OURS), notion, tmp_path, 120, NO_LIMIT)
    assert (ran["exit_code"], ran["requests"], ran["duplicates"]) == (0, ran["needed"], 0)

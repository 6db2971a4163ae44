"""The receipt against the emulator's oracle: every object in its state, no request wasted, the limit never hit."""

from collections import Counter

import pytest

from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

WINDOW_S = 2
LIMIT = 180
# The client is told the same limit per window, as requests a minute.
AT_THE_LIMIT = {
    "NOTION__WINDOW_SECONDS": WINDOW_S,
    "NOTION__REQUESTS_PER_MINUTE": LIMIT * 60 // WINDOW_S,
}
WORLDS = [
    {"world": "demo"},
    {"world": "generated", "pages": 600, "rows": 400, "databases": 8, "seed": 3},
]
TREE_KINDS = ("page", "database", "data_source")


@pytest.fixture(scope="module", params=WORLDS, ids=["demo", "generated"])
def finished(request, tmp_path_factory):
    """A first export at the limit: the emulator, its oracle before the export, and the exporter."""
    from notion_sync_assets.emulator.config import EmulatorConfig
    from notion_sync_assets.emulator.server import running_emulator

    config = EmulatorConfig(limit=LIMIT, window=float(WINDOW_S), **request.param)
    with running_emulator(config) as emulator:
        oracle = emulator.control.oracle()
        emulator.control.reset(keep_log=True)
        exporter = Exporter(
            tmp_path_factory.mktemp("receipt") / "export", emulator.url, settings=AT_THE_LIMIT
        )
        done = exporter.call("export", "--quiet", "--json", "--format", "csv")
        assert done.code == 0, done.err
        yield emulator, oracle, exporter


def test_what_no_search_could_reach_is_told_and_ends_with_code_1(start_emulator, tmp_path):
    notion = start_emulator(
        world="generated", pages=60, rows=0, databases=1, depth=2, search_cap=15, search_omit_rate=0
    )
    exporter = Exporter(tmp_path / "export", notion.url, settings={"DAGSTER__PAGE_EVENTS": "false"})
    done = exporter.call("export", "--quiet", "--json", "--format", "csv")
    assert done.code == 1
    (told,) = exporter.receipt["errors"]
    assert told["scope"] == "search"
    assert "pages last edited between" in told["error"]
    assert exporter.receipt["status"] == "incomplete"
    notion.control.configure(search_cap=0)
    assert exporter.call("export", "--quiet", "--json", "--format", "csv").code == 0
    assert exporter.receipt["errors"] == []


def ids(exporter, kind, *states):
    return {
        item["id"]
        for item in exporter.receipt["objects"]
        if item["object"] == kind and item["state"] in states
    }


def test_every_object_that_can_be_reached_is_exported(finished):
    emulator, _, exporter = finished
    for kind in TREE_KINDS:
        assert ids(exporter, kind, "exported") == set(emulator.control.oracle_ids(kind))


def test_every_block_that_can_be_reached_is_counted(finished):
    _, oracle, exporter = finished
    assert exporter.receipt["content"]["blocks"] >= oracle["counts"]["block"]


def test_what_is_mentioned_and_cannot_be_read_is_told_as_not_shared_or_trashed(finished):
    _, oracle, exporter = finished
    told = {item["id"] for item in exporter.receipt["objects"] if item["state"] in ("not_shared", "trashed")}
    assert set(oracle["unshared"]) - set(oracle["trashed"]) <= told


def test_every_id_is_in_exactly_one_state(finished):
    _, _, exporter = finished
    counted = Counter(item["id"] for item in exporter.receipt["objects"])
    assert [identifier for identifier, times in counted.items() if times != 1] == []
    assert sum(sum(each.values()) for each in exporter.receipt["counts"].values()) == len(counted)


def test_hardly_a_request_is_made_that_was_not_needed(finished):
    emulator, oracle, exporter = finished
    needed = oracle["total"] + oracle["comments"] + oracle["probes"] + len(oracle["unlisted_users"])
    stats = emulator.control.stats()
    assert stats["requests"] == exporter.receipt["requests"]["made"]
    assert stats["requests"] / needed <= 1.05


def test_no_request_is_refused_for_the_rate(finished):
    emulator, _, exporter = finished
    assert emulator.control.stats()["rejected"] == 0
    assert exporter.receipt["requests"]["rejected"] == 0
    full = [window for window in emulator.control.stats()["budget"]["windows"] if window["accepted"]]
    assert max(window["accepted"] for window in full) <= LIMIT


def test_every_page_event_was_published_once(finished):
    from notion_sync_assets_tests.processes.evidence import committed_events, published_events

    emulator, _, exporter = finished
    published = published_events(exporter.folder)
    assert published == committed_events(exporter.folder)
    assert {page for _, _, page in published} >= {
        page.replace("-", "") for page in emulator.control.oracle_ids("page")
    }

"""The sensor: it asks for the scopes that the index shows to be behind, once each, and never asks Notion."""

import dagster as dg
import pytest

from notion_sync_assets import sensors
from notion_sync_assets_tests.automation import sensor_tick
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment

# Times in the generated world lie in the past; a page edited now counts as unsettled and is due again.
SETTLED = {"sync.settle_seconds": 0}


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **SETTLED) as made:
        yield made


def tick(deployed, cursor=None):
    return sensor_tick(deployed, "changed_scopes_sensor", cursor)


def keys(found):
    return [request.partition_key for request in found.run_requests]


def test_the_sensor_is_stopped_until_somebody_starts_it(dagster):
    found = dagster.defs.resolve_sensor_def("changed_scopes_sensor")
    assert found.default_status is dg.DefaultSensorStatus.STOPPED
    assert found.job_name == "sync_scope"


def test_without_an_index_it_says_how_to_make_one(dagster):
    assert "materialize workspace_index" in tick(dagster).skip_message


def test_scopes_never_committed_are_requested_without_a_call_to_notion(dagster):
    dagster.index()
    dagster.requests()
    found = tick(dagster)
    assert keys(found) == dagster.keys
    assert len({request.run_key for request in found.run_requests}) == 3
    assert dagster.requests() == {}


def test_the_requested_runs_commit_their_scopes_and_nothing_is_due_after_them(dagster):
    dagster.index()
    for key in keys(tick(dagster)):
        dagster.sync(key)
    assert dagster.runtime.commits.committed_scopes() == dagster.keys
    found = tick(dagster)
    assert found.run_requests == []
    assert "No scope changed" in found.skip_message


def test_an_index_that_says_the_same_requests_nothing_again(dagster):
    dagster.index()
    first = tick(dagster)
    dagster.index()
    assert "last tick" in tick(dagster, first.cursor).skip_message


def test_an_edited_page_makes_its_scope_due_and_no_other(dagster):
    dagster.index()
    dagster.batch()
    key = dagster.key("table-0")
    page = next(iter(dagster.runtime.snapshot(key).rows())).page_id
    cursor = tick(dagster).cursor
    dagster.emulator.control.change("rename", object_id=page, title="Renamed")
    dagster.index()
    assert keys(tick(dagster, cursor)) == [key]


def test_what_a_scope_looks_like_is_part_of_its_run_key(dagster):
    """The same look is the same key, so that Dagster drops a request for what it ran before."""
    dagster.index()
    key = dagster.key("table-0")
    dagster.sync(dagster.key("table-1"))
    page = next(iter(dagster.runtime.snapshot(dagster.key("table-1")).rows())).page_id
    before = {request.partition_key: request.run_key for request in tick(dagster).run_requests}
    dagster.emulator.control.change("rename", object_id=page, title="Renamed")
    dagster.index()
    after = {request.partition_key: request.run_key for request in tick(dagster).run_requests}
    assert after[key] == before[key]
    assert before[key].startswith(f"{key}:")
    assert dagster.key("table-1") in after


def test_a_tick_requests_no_more_than_its_limit_and_the_next_goes_on(dagster, monkeypatch):
    monkeypatch.setattr(sensors, "RUNS_PER_TICK", 2)
    dagster.index()
    first = tick(dagster)
    second = tick(dagster, first.cursor)
    assert (keys(first), keys(second)) == (dagster.keys[:2], dagster.keys[2:])
    assert "last tick" in tick(dagster, second.cursor).skip_message


def test_a_new_index_starts_over(dagster, monkeypatch):
    monkeypatch.setattr(sensors, "RUNS_PER_TICK", 1)
    dagster.index()
    first = tick(dagster)
    dagster.batch()
    dagster.index(search=False)
    page = next(iter(dagster.runtime.snapshot(keys(first)[0]).rows())).page_id
    dagster.emulator.control.change("rename", object_id=page, title="Renamed")
    dagster.index()
    assert keys(tick(dagster, first.cursor)) == keys(first)


def test_scopes_that_settings_leave_out_are_not_requested(start_emulator, tmp_path):
    emulator = start_emulator(**SMALL_WORLD)
    with deployment(emulator, tmp_path / "all") as everything:
        everything.index()
        key = everything.key("table-0")
        (scope,) = everything.runtime.known_scopes([key])
    with deployment(emulator, tmp_path / "one", **{"output.databases": [scope.root_id]}) as one:
        one.index()
        assert keys(tick(one)) == [key]


def test_the_partition_keys_of_an_index_made_elsewhere_are_added(start_emulator, tmp_path):
    """The command line keeps its own instance when DAGSTER_HOME is not set."""
    emulator = start_emulator(**SMALL_WORLD)
    with deployment(emulator, tmp_path / "export") as elsewhere:
        elsewhere.index()
    with deployment(emulator, tmp_path / "export") as here:
        assert here.keys == []
        found = tick(here)
        assert keys(found) == here.keys
        assert len(here.keys) == 3
        assert all(request.tags["dagster/partition"] in here.keys for request in found.run_requests)

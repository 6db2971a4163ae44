"""Publishing after syncs: once things are quiet, once per state of the commits, without a call to Notion."""

import dagster as dg
import pytest

from notion_sync_assets import publishing_sensor
from notion_sync_assets_tests.automation import run_requested, sensor_tick
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


@pytest.fixture
def dagster(start_emulator, tmp_path):
    made_with = {"output.formats": "json"}
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **made_with) as made:
        made.index()
        yield made


def tick(deployed, cursor=None):
    return sensor_tick(deployed, "publish_after_sync", cursor)


def quiet_tick(deployed):
    """The second of two ticks between which nothing was committed."""
    return tick(deployed, tick(deployed).cursor)


def test_nothing_is_published_before_the_first_commit(dagster):
    assert "Nothing is committed" in tick(dagster).skip_message


def test_what_was_committed_a_moment_ago_waits_for_the_next_tick(dagster):
    dagster.sync(dagster.keys[0])
    first = tick(dagster)
    assert "a moment ago" in first.skip_message
    dagster.sync(dagster.keys[1])
    assert "a moment ago" in tick(dagster, first.cursor).skip_message


def test_quiet_commits_are_published_without_a_call_to_notion(dagster):
    dagster.sync(dagster.key("table-0"))
    dagster.requests()
    (request,) = quiet_tick(dagster).run_requests
    assert run_requested(
        dagster, dg.RunRequest(**{**request._asdict(), "job_name": "publish_export"})
    ).success
    assert dagster.requests() == {}
    root = dagster.runtime.storage.root
    assert list(root.glob("json/*/*.json"))
    assert (root / "notion.duckdb").is_file()
    assert "shows every commit" in tick(dagster).skip_message


def test_what_an_export_published_is_not_published_again(dagster):
    assert dagster.run("export_job").success
    assert "shows every commit" in tick(dagster).skip_message


def test_the_same_commits_have_the_same_run_key(dagster):
    dagster.sync(dagster.keys[0])
    (first,), (second,) = quiet_tick(dagster).run_requests, quiet_tick(dagster).run_requests
    assert first.run_key == second.run_key
    dagster.sync(dagster.keys[1])
    assert quiet_tick(dagster).run_requests[0].run_key != first.run_key


def test_a_sync_in_progress_is_waited_for_but_not_without_end(dagster, monkeypatch):
    monkeypatch.setattr(publishing_sensor, "PATIENCE_TICKS", 2)
    dagster.sync(dagster.keys[0])
    running = dg.DagsterRun("sync_scope", status=dg.DagsterRunStatus.STARTED)
    dagster.instance.add_run(running)
    first = tick(dagster)
    assert running.run_id in first.skip_message
    second = tick(dagster, first.cursor)
    assert running.run_id in second.skip_message
    assert len(tick(dagster, second.cursor).run_requests) == 1

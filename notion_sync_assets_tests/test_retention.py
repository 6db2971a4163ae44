"""Old runs: removed with their events, but never one that a partition's newest materialization is in."""

import datetime as dt

import dagster as dg
import orjson
import pytest
from click.testing import CliRunner

from notion_sync_assets.cli import cli
from notion_sync_assets.instance import open_instance
from notion_sync_assets.retention import remove_old_runs
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment

NOW = dt.timedelta(0)


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        yield made


def runs(deployed):
    return {run.run_id for run in deployed.instance.get_runs()}


def materialized(deployed):
    return deployed.instance.get_materialized_partitions(deployed.names.notion("pages"))


def test_runs_go_but_every_partition_stays_materialized(dagster):
    one, two, _ = dagster.keys
    old = dagster.sync(one).run_id
    only = dagster.sync(two).run_id
    newest = dagster.sync(one, {"full": True}).run_id
    before = materialized(dagster)
    removed = remove_old_runs(dagster.instance, dagster.names, older_than=NOW)
    assert removed == 1
    assert old not in runs(dagster)
    assert {only, newest} <= runs(dagster)
    assert materialized(dagster) == before == {one, two}


def test_young_runs_stay(dagster):
    dagster.index()
    assert remove_old_runs(dagster.instance, dagster.names, older_than=dt.timedelta(days=1)) == 0


def test_runs_of_other_people_and_unfinished_ones_stay(dagster):
    theirs = dagster.instance.add_run(dg.DagsterRun("theirs", status=dg.DagsterRunStatus.SUCCESS))
    ours = dagster.instance.add_run(
        dg.DagsterRun("sync_batch", status=dg.DagsterRunStatus.STARTED, tags=dagster.names.tags)
    )
    dagster.index()
    assert remove_old_runs(dagster.instance, dagster.names, older_than=NOW) == 1
    assert {theirs.run_id, ours.run_id} <= runs(dagster)


def test_a_run_of_assets_from_the_ui_is_known_by_its_assets(dagster):
    asked = dg.DagsterRun("__ASSET_JOB", status=dg.DagsterRunStatus.FAILURE)
    for key, gone in ((dagster.names.export("csv"), True), (dg.AssetKey("theirs"), False)):
        run = dagster.instance.add_run(
            asked._replace(run_id=dg.DagsterRun("x").run_id, asset_selection={key})
        )
        remove_old_runs(dagster.instance, dagster.names, older_than=NOW)
        assert (run.run_id not in runs(dagster)) is gone


def test_the_command_removes_them_from_the_instance_of_the_export(start_emulator, tmp_path):
    output = tmp_path / "export"
    with (
        deployment(start_emulator(**SMALL_WORLD), output) as made,
        open_instance(made.runtime.settings) as instance,
    ):
        instance.add_run(
            dg.DagsterRun("sync_batch", status=dg.DagsterRunStatus.FAILURE, tags=made.names.tags)
        )
    answer = CliRunner().invoke(cli, ["maintain", "--output", str(output), "--json"])
    assert orjson.loads(answer.stdout) == {"runs_removed": 0, "kept_days": 90}
    assert answer.exit_code == 0

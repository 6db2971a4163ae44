"""Files of the event log that were made by copying are as Dagster makes them, and stay open while a run writes."""

import sqlite3
import uuid
from contextlib import closing

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from notion_sync_assets.event_files import RunFiles, kept_open


@pytest.fixture
def instance(tmp_path):
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(tmp_path))) as opened:
        yield opened


@dg.op
def log_a_line(context):
    context.log.info("a line")


@dg.job(executor_def=dg.in_process_executor)
def job():
    log_a_line()


def executed(instance):
    return job.execute_in_process(instance=instance, run_id=str(uuid.uuid4())).run_id


def executed_with_files(instance, files):
    run_id = str(uuid.uuid4())
    with files.of(run_id):
        job.execute_in_process(instance=instance, run_id=run_id)
    return run_id


def tables(instance, run_id):
    """Tables and indexes of a run's file, the revision it says it has, and how its journal is kept."""
    with closing(sqlite3.connect(instance.event_log_storage.path_for_shard(run_id))) as file:
        made = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
        revision = file.execute("SELECT * FROM alembic_version").fetchall()
        return made, revision, file.execute("PRAGMA journal_mode").fetchall()


def logged(instance, run_id):
    """The types of a run's events, in their order."""
    return [
        record.event_log_entry.dagster_event_type for record in instance.get_records_for_run(run_id).records
    ]


def test_a_file_begun_as_a_copy_is_as_dagster_makes_it(instance):
    by_dagster, files = executed(instance), RunFiles(instance)
    runs = [executed_with_files(instance, files) for _ in range(3)]
    assert [tables(instance, run_id) for run_id in runs] == [tables(instance, by_dagster)] * 3
    assert [logged(instance, run_id) for run_id in runs] == [logged(instance, by_dagster)] * 3
    assert len(logged(instance, by_dagster)) > 5


def test_nothing_is_left_beside_the_files(instance, tmp_path):
    files = RunFiles(instance)
    runs = {executed_with_files(instance, files) for _ in range(3)}
    assert {path.name for path in (tmp_path / "history" / "runs").iterdir()} - {"index.db"} == {
        f"{run_id}.db" for run_id in runs
    }


def test_an_instance_without_files_is_left_alone():
    with dg.DagsterInstance.ephemeral() as ephemeral:
        run_id = executed_with_files(ephemeral, RunFiles(ephemeral))
        assert dg.DagsterEventType.RUN_SUCCESS in logged(ephemeral, run_id)


def test_the_files_of_the_log_stay_open_while_much_is_logged(instance, tmp_path):
    """Whoever closes a file last deletes its journal: that it stays shows that somebody holds the file."""
    report = dg.AssetMaterialization(["notion", "page_versions"])
    instance.report_runless_asset_event(report)
    journal = tmp_path / "history" / "runs" / "index.db-wal"
    assert not journal.exists()
    with kept_open(instance, "no such run"):
        instance.report_runless_asset_event(report)
        assert journal.exists()
    assert not journal.exists()
    assert (
        len(instance.fetch_materializations(dg.AssetKey(["notion", "page_versions"]), limit=9).records) == 2
    )

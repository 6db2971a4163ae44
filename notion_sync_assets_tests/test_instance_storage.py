"""Dagster's files kept open hold what Dagster itself writes, can be used by others meanwhile, and end closed."""

import dagster as dg
import psutil
import pytest
from dagster._core.instance.ref import InstanceRef

from notion_sync_assets.instance_storage import KeptEventLogStorage, with_files_kept_open

ASSET = dg.AssetKey(["notion", "page_versions"])


@dg.asset(key=ASSET, check_specs=[dg.AssetCheckSpec("whole", asset=ASSET)])
def page_versions(context):
    context.log.info("a line")
    yield dg.MaterializeResult(metadata={"pages": 3}, check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def by_dagster(tmp_path):
    """An instance of Dagster's own classes on the same files."""
    (tmp_path / "shared").mkdir()
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(tmp_path / "shared"))) as opened:
        yield opened


@pytest.fixture
def kept(by_dagster):
    with dg.DagsterInstance.from_ref(with_files_kept_open(by_dagster.get_ref())) as opened:
        yield opened


def events(instance, run_id):
    return [record.event_log_entry for record in instance.get_records_for_run(run_id).records]


def kinds(instance, run_id):
    return [each.dagster_event_type for each in events(instance, run_id)]


def databases_open():
    return {each.path for each in psutil.Process().open_files() if each.path.endswith(".db")}


def test_a_run_leaves_what_one_by_dagster_leaves(kept, by_dagster):
    assert isinstance(kept.event_log_storage, KeptEventLogStorage)
    ours = dg.materialize([page_versions], instance=kept).run_id
    theirs = dg.materialize([page_versions], instance=by_dagster).run_id
    assert kinds(by_dagster, ours) == kinds(by_dagster, theirs)
    assert len(kinds(by_dagster, ours)) > 8
    assert [record.run_id for record in by_dagster.fetch_materializations(ASSET, limit=9).records] == [
        theirs,
        ours,
    ]
    assert by_dagster.get_run_by_id(ours).is_success


def test_others_see_and_add_events_while_the_files_are_open(kept, by_dagster):
    run_id = dg.materialize([page_versions], instance=kept).run_id
    assert databases_open()
    assert events(by_dagster, run_id) == events(kept, run_id)
    by_dagster.report_runless_asset_event(dg.AssetMaterialization(ASSET))
    kept.report_runless_asset_event(dg.AssetMaterialization(ASSET))
    assert len(kept.fetch_materializations(ASSET, limit=9).records) == 3
    assert len(by_dagster.fetch_materializations(ASSET, limit=9).records) == 3


def test_few_files_are_open_at_one_time_and_none_at_the_end(by_dagster, tmp_path):
    with dg.DagsterInstance.from_ref(with_files_kept_open(by_dagster.get_ref())) as kept:
        runs = [dg.materialize([page_versions], instance=kept).run_id for _ in range(10)]
        assert 2 <= len(databases_open()) <= 9
        assert all(events(kept, run_id) for run_id in runs)
        assert len(databases_open()) <= 9
    assert databases_open() == set()
    assert not list(tmp_path.rglob("*.db-wal"))


def test_a_deleted_run_is_gone_and_the_log_can_be_emptied(kept, by_dagster):
    first, second = (dg.materialize([page_versions], instance=kept).run_id for _ in range(2))
    kept.delete_run(first)
    assert not by_dagster.has_run(first)
    assert kinds(by_dagster, first) == []
    assert kinds(by_dagster, second)
    kept.event_log_storage.wipe()
    assert kinds(kept, second) == []
    assert dg.materialize([page_versions], instance=kept).success
    assert len(by_dagster.fetch_materializations(ASSET, limit=9).records) == 1


def test_an_instance_that_is_not_on_sqlite_is_left_alone(tmp_path):
    (tmp_path / "dagster.yaml").write_text(
        "storage: {postgres: {postgres_url: postgresql://nobody@127.0.0.1:9/x}}"
    )
    ref = InstanceRef.from_dir(str(tmp_path))
    assert with_files_kept_open(ref) is ref

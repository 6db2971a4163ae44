"""Events of a batch are in the log as if each had been reported by itself."""

import datetime as dt

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from notion_sync_assets.event_batch import log_evaluations, log_runless_events, log_step_events
from notion_sync_assets.names import DATA_VERSION_TAG

KEY = dg.AssetKey(["notion", "page_versions"])
AT = dt.datetime(2026, 11, 3, 4, 5, 6, tzinfo=dt.UTC)


@pytest.fixture
def open_instance(tmp_path):
    opened = []

    def make(name):
        (tmp_path / name).mkdir()
        opened.append(dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(tmp_path / name))))
        return opened[-1]

    yield make
    for instance in opened:
        instance.dispose()


def materialization(number):
    return dg.AssetMaterialization(
        KEY,
        partition=f"page-{number}",
        metadata={"title": f"Page {number}", "n": number},
        tags={DATA_VERSION_TAG: f"{number:064x}", "notion_sync/seq": "1"},
    )


def logged(instance):
    """Everything that the log tells of the asset, without the times."""
    records = instance.fetch_materializations(KEY, limit=1000, ascending=True).records
    events = [(record.storage_id, record.run_id, record.asset_materialization) for record in records]
    newest = instance.get_latest_materialization_event(KEY)
    versions = instance.event_log_storage.get_latest_tags_by_partition(
        KEY, dg.DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG]
    )
    partitions = instance.get_materialized_partitions(KEY)
    return events, newest.asset_materialization, versions, partitions, instance.all_asset_keys()


@pytest.mark.parametrize("number", [1, 2, 250])
def test_a_batch_is_logged_as_single_reports_are(open_instance, number):
    singly, together = open_instance("singly"), open_instance("together")
    events = [materialization(each) for each in range(number)]
    for event in events:
        singly.report_runless_asset_event(event)
    log_runless_events(together, events)
    assert logged(together) == logged(singly)
    assert len(logged(together)[0]) == number


def test_observations_are_logged_too(open_instance):
    instance = open_instance("observed")
    events = [dg.AssetObservation(KEY, partition=f"p{each}", metadata={"n": each}) for each in range(3)]
    log_runless_events(instance, events)
    found = instance.fetch_observations(KEY, limit=10, ascending=True).records
    assert [record.asset_observation for record in found] == events


def evaluation(number):
    return dg.AssetCheckEvaluation(
        asset_key=KEY,
        check_name="complete",
        passed=number % 3 != 0,
        metadata={"failed_pages": number},
        severity=dg.AssetCheckSeverity.ERROR,
    )


def outcomes(instance):
    """Everything that the log tells of the check, without the times."""
    storage, key = instance.event_log_storage, dg.AssetCheckKey(KEY, "complete")
    records = storage.get_asset_check_execution_history(key, limit=1000)
    told = [
        (each.id, each.run_id, each.status, each.partition, each.evaluation, each.event.dagster_event)
        for each in records
    ]
    newest = storage.get_latest_asset_check_execution_by_key([key])[key]
    shard = [entry.dagster_event for entry in storage.get_logs_for_run("")]
    return told, newest.id, shard


@pytest.mark.parametrize("number", [1, 2, 150])
def test_outcomes_of_checks_are_logged_as_single_reports_are(open_instance, number):
    singly, together = open_instance("singly"), open_instance("together")
    evaluations = [evaluation(each) for each in range(number)]
    for each in evaluations:
        singly.report_runless_asset_event(each)
    log_evaluations(together, evaluations)
    assert outcomes(together) == outcomes(singly)
    assert [told[4] for told in outcomes(together)[0]] == evaluations[::-1]


def test_no_outcome_is_nothing_to_log(open_instance):
    instance = open_instance("none")
    log_evaluations(instance, [])
    assert (
        instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(KEY, "complete"), limit=10
        )
        == []
    )


def test_events_have_the_time_they_are_said_to_have(open_instance):
    instance = open_instance("dated")
    log_runless_events(instance, [materialization(1), materialization(2)], at=AT)
    log_runless_events(instance, [materialization(3)], at=AT)
    found = instance.fetch_materializations(KEY, limit=10).records
    assert {record.timestamp for record in found} == {AT.timestamp()}
    before = dt.datetime.now(dt.UTC).timestamp()
    log_runless_events(instance, [materialization(4)])
    assert instance.fetch_materializations(KEY, limit=1).records[0].timestamp >= before


def test_a_storage_that_keeps_its_tables_in_another_way_gets_the_events_singly(open_instance, monkeypatch):
    instance = open_instance("other")
    monkeypatch.delattr(SqliteEventLogStorage, "index_connection")
    stored = []
    monkeypatch.setattr(SqliteEventLogStorage, "store_event", lambda _self, event: stored.append(event))
    log_runless_events(instance, [materialization(1), materialization(2)])
    assert [event.partition for event in (entry.dagster_event for entry in stored)] == ["page-1", "page-2"]


def test_so_do_the_outcomes_of_checks(open_instance, monkeypatch):
    instance = open_instance("other")
    monkeypatch.setattr(SqliteEventLogStorage, "supports_asset_checks", False)
    reported = []
    monkeypatch.setattr(instance, "report_runless_asset_event", reported.append)
    log_evaluations(instance, [evaluation(1), evaluation(2)])
    assert reported == [evaluation(1), evaluation(2)]


def run_that_logs(instance, log):
    """Run a job of one step; return what its run tells of assets, without the times."""

    @dg.op
    def step(context):
        log(context, [materialization(1), materialization(2)])

    @dg.job
    def job():
        step()

    result = job.execute_in_process(instance=instance)
    assert result.success
    entries = instance.all_logs(result.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    told = [
        (each.job_name, each.step_key, each.dagster_event.step_key, each.asset_materialization)
        for each in entries
    ]
    records = instance.fetch_materializations(KEY, limit=10, ascending=True).records
    return told, [(each.run_id == result.run_id, each.asset_materialization) for each in records]


def test_events_of_a_step_belong_to_its_run_as_if_logged_one_by_one(open_instance):
    def singly(context, events):
        for event in events:
            context.log_event(event)

    one_by_one = run_that_logs(open_instance("one by one"), singly)
    assert run_that_logs(open_instance("at once"), log_step_events) == one_by_one
    assert len(one_by_one[0]) == len(one_by_one[1]) == 2

"""The schedules: stopped until started, and they start runs that really export."""

import datetime as dt

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from notion_sync_assets.schedules import DELTA, RECONCILE, VERIFY
from notion_sync_assets_tests.deployment import QUIET, SMALL_WORLD, filed_deployment

NIGHT = dt.datetime(2026, 3, 14, 2, 5, tzinfo=dt.UTC)


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with filed_deployment(start_emulator(**SMALL_WORLD), tmp_path, **{"output.formats": "json"}) as made:
        yield made


def schedule(deployed, name):
    return deployed.defs.resolve_schedule_def(deployed.names.automation(name))


def tick(deployed, name):
    context = dg.build_schedule_context(instance=deployed.instance, scheduled_execution_time=NIGHT)
    return schedule(deployed, name).evaluate_tick(context)


def exporting(deployed, status=dg.DagsterRunStatus.STARTED, **tags):
    """A run of the job as another process left it in the instance."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("elsewhere"), "__repository__")
    origin = RemoteJobOrigin(repository, "export_job")
    run = dg.DagsterRun("export_job", status=status, tags=tags, remote_job_origin=origin)
    return deployed.instance.add_run(run)


@pytest.mark.parametrize(
    ("name", "cron", "mode"),
    [
        (DELTA, "*/15 * * * *", {"delta": True}),
        (RECONCILE, "5 2 * * *", {"both_ways": True}),
        (VERIFY, "35 3 * * 0", {"verify": True}),
    ],
)
def test_a_schedule_is_stopped_until_somebody_starts_it(dagster, name, cron, mode):
    found = schedule(dagster, name)
    assert found.default_status is dg.DefaultScheduleStatus.STOPPED
    assert (found.cron_schedule, found.job_name) == (cron, "export_job")
    (request,) = tick(dagster, name).run_requests
    assert request.run_config["ops"]["export_scopes"]["config"] == mode


@pytest.mark.parametrize("name", [DELTA, RECONCILE])
def test_the_requested_run_exports_the_workspace(dagster, name):
    (request,) = tick(dagster, name).run_requests
    job = dagster.defs.resolve_job_def(schedule(dagster, name).job_name)
    assert job.execute_in_process(
        instance=dagster.instance, run_config={**QUIET, **request.run_config}, tags=request.tags
    ).success
    assert len(dagster.runtime.commits.committed_scopes()) == 3
    assert dagster.requests()["POST /v1/search"] == (2 if name == RECONCILE else 1)


@pytest.mark.parametrize("status", ["QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_no_delta_is_requested_while_an_export_runs(dagster, status):
    run = exporting(dagster, dg.DagsterRunStatus[status])
    found = tick(dagster, DELTA)
    assert found.run_requests == []
    assert run.run_id in found.skip_message


@pytest.mark.parametrize("status", ["SUCCESS", "FAILURE", "CANCELED"])
def test_an_export_that_ended_is_in_nobodys_way(dagster, status):
    exporting(dagster, dg.DagsterRunStatus[status])
    assert len(tick(dagster, DELTA).run_requests) == 1


def test_a_delta_in_progress_does_not_cost_the_nightly_export(dagster):
    exporting(dagster, **{"dagster/schedule_name": DELTA})
    assert len(tick(dagster, RECONCILE).run_requests) == 1


def test_a_nightly_export_that_still_runs_is_not_requested_twice(dagster):
    exporting(dagster, **{"dagster/schedule_name": RECONCILE})
    assert tick(dagster, RECONCILE).run_requests == []


def test_the_schedules_of_another_workspace_have_names_of_their_own(start_emulator, tmp_path):
    with filed_deployment(start_emulator(**SMALL_WORLD), tmp_path, **{"output.workspace": "work"}) as work:
        (request,) = tick(work, RECONCILE).run_requests
        assert schedule(work, RECONCILE).job_name == "work_export_job"
        assert list(request.run_config["ops"]) == ["work_export_scopes"]

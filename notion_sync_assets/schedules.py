"""Schedules: an export every quarter of an hour, and a thorough one every night. Both are stopped until started.

Here: when the job runs, and when it does not. Not here: what it does (``export_job``).
"""

from collections.abc import Mapping

import dagster as dg

from notion_sync_assets.names import Names

DELTA = "sync_delta"
RECONCILE = "reconcile_nightly"
_SCHEDULE_TAG = "dagster/schedule_name"
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def export_schedules(names: Names) -> list[dg.ScheduleDefinition]:
    """Return the schedules of one workspace; their times are UTC."""
    return [_delta(names), _reconcile(names)]


def _delta(names: Names) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=names.automation(DELTA),
        job_name=names.job("export_job"),
        cron_schedule="*/15 * * * *",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Bring the export up to date every 15 minutes, unless an export is still running.",
    )
    def sync_delta(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _unless_running(context, names, both_ways=False, tags={})

    return sync_delta


def _reconcile(names: Names) -> dg.ScheduleDefinition:
    name = names.automation(RECONCILE)

    @dg.schedule(
        name=name,
        job_name=names.job("export_job"),
        cron_schedule="5 2 * * *",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Search the workspace both ways every night, and bring the export up to date.",
    )
    def reconcile_nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        # A short export in progress must not cost the night's: this one waits for the pool.
        return _unless_running(context, names, both_ways=True, tags={_SCHEDULE_TAG: name})

    return reconcile_nightly


def _unless_running(
    context: dg.ScheduleEvaluationContext, names: Names, *, both_ways: bool, tags: Mapping[str, str]
) -> dg.RunRequest | dg.SkipReason:
    job = names.job("export_job")
    running = context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=_UNFINISHED, tags=tags), limit=1)
    if running:
        return dg.SkipReason(f"The export of run {running[0].run_id} has not ended yet.")
    config = {"ops": {names.job("export_scopes"): {"config": {"both_ways": both_ways}}}}
    return dg.RunRequest(run_config=config)

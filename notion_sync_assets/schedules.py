"""Schedules: a delta every quarter of an hour, a complete export every night, a look at unchanged pages every week.

All are stopped until started. What each finds is in docs/changes.md.

Here: when the job runs, and when it does not. Not here: what it does (``export_job``).
"""

from collections.abc import Mapping

import dagster as dg

from notion_sync_assets.names import Names

DELTA = "sync_delta"
RECONCILE = "reconcile_nightly"
VERIFY = "verify_weekly"
_SCHEDULE_TAG = "dagster/schedule_name"
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def export_schedules(names: Names) -> list[dg.ScheduleDefinition]:
    """Return the schedules of one workspace; their times are UTC."""
    return [_delta(names), _reconcile(names), _verify(names)]


def _delta(names: Names) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=names.automation(DELTA),
        job_name=names.job("export_job"),
        cron_schedule="*/15 * * * *",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Export what was edited every 15 minutes, unless an export is still running.",
    )
    def sync_delta(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _unless_running(context, names, {"delta": True}, tags={})

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
        return _unless_running(context, names, {"both_ways": True}, tags={_SCHEDULE_TAG: name})

    return reconcile_nightly


def _verify(names: Names) -> dg.ScheduleDefinition:
    name = names.automation(VERIFY)

    @dg.schedule(
        name=name,
        job_name=names.job("export_job"),
        cron_schedule="35 3 * * 0",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every Sunday read a share of the pages again, for changes that move no time (sync.verify_share).",
    )
    def verify_weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _unless_running(context, names, {"verify": True}, tags={_SCHEDULE_TAG: name})

    return verify_weekly


def _unless_running(
    context: dg.ScheduleEvaluationContext, names: Names, mode: dict[str, bool], *, tags: Mapping[str, str]
) -> dg.RunRequest | dg.SkipReason:
    job = names.job("export_job")
    running = context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=UNFINISHED, tags=tags), limit=1)
    if running:
        return dg.SkipReason(f"The export of run {running[0].run_id} has not ended yet.")
    config = {"ops": {names.job("export_scopes"): {"config": mode}}}
    return dg.RunRequest(run_config=config)

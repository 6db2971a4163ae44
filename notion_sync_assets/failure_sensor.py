"""The sensor of failed runs: it tells the address in ``notifications.url``, and runs as soon as one is set.

Here: which runs it is about, and what is counted. Not here: the message (``notifications``). It never calls Notion.
"""

import dagster as dg

from notion_sync_assets.checks import FailedScopes, failed_scopes
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.names import Names
from notion_sync_assets.notifications import FailedRun, notify
from notion_sync_assets.resources.export_runtime import ExportRuntime

_PARTITION_TAG = "dagster/partition"
_ID_LENGTH = 32
_NOTHING = FailedScopes({}, [], [], [])


def run_failure_sensor(names: Names, runtime: ExportRuntime) -> dg.SensorDefinition:
    """Return the sensor of one workspace.

    In a code location of other people their runs fail, too, and are left to them. A message that cannot be delivered
    is an error of the tick, and not sent again.
    """
    settings = runtime.settings.notifications
    running = dg.DefaultSensorStatus.STOPPED if settings.url is None else dg.DefaultSensorStatus.RUNNING

    @dg.run_failure_sensor(
        name=names.automation("run_failure_sensor"),
        default_status=running,
        description="Tell the address in notifications.url about failed runs: counts and ids only.",
    )
    def run_failed(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
        if settings.url is None:
            return dg.SkipReason("notifications.url is not set.")
        run = context.dagster_run
        if not names.own_run(run):
            return dg.SkipReason(f"Run {run.run_id} is not of workspace {names.workspace}.")
        notify(settings, _told(context, names, runtime))
        return None

    return run_failed


def _told(context: dg.RunFailureSensorContext, names: Names, runtime: ExportRuntime) -> FailedRun:
    run = context.dagster_run
    partition = run.tags.get(_PARTITION_TAG, "")
    broken = _broken(runtime)
    return FailedRun(
        workspace=names.workspace,
        job=run.job_name,
        run_id=run.run_id,
        scope=partition[-_ID_LENGTH:] or None,
        error=_error(context),
        failed_pages=sum(broken.scopes.values()),
        failed_scopes=len(broken.scopes),
        stopped_scopes=len(broken.stopped),
    )


def _broken(runtime: ExportRuntime) -> FailedScopes:
    """What is broken now; an export that cannot be read must not keep people from hearing of the failure."""
    try:
        return failed_scopes(runtime)
    except (NotionSyncError, OSError):
        return _NOTHING


def _error(context: dg.RunFailureSensorContext) -> str | None:
    """The class of the first error of a step, None when the run ended without one (its process was killed)."""
    for event in context.get_step_failure_events():
        failure = event.step_failure_data
        named = failure.user_failure_data.metadata.get("error") if failure.user_failure_data else None
        if named is not None:
            return str(named.value)
        if failure.error is not None:
            return failure.error.cls_name
    return None

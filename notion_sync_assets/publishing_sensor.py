"""The sensor that publishes what scopes committed: links, formats, site and catalog, once things are quiet.

Here: ticks and their patience. Not here: the job (``export_parts``). An export publishes for itself; this is for
deployments that sync scope by scope. No tick calls Notion.
"""

from dataclasses import asdict, dataclass

import dagster as dg
import orjson

from notion_sync_assets.names import DATA_VERSION_TAG, Names
from notion_sync_assets.resources.export_runtime import runtime_of
from notion_sync_assets.schedules import UNFINISHED

_JOBS = (
    *("export_job", "export_request", "sync_failed", "refresh_scope"),
    *("sync_batch", "sync_scope", "publish_export"),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The cursor: the version of the commits at the last tick, and the ticks since it was first not published."""

    version: str = ""
    ticks: int = 0


PATIENCE_TICKS = 15


def publish_after_sync_sensor(names: Names) -> dg.SensorDefinition:
    """Return the sensor of one workspace.

    It asks for a run when nothing was committed between two ticks and no sync runs, or when that takes too long. What
    is committed is the run key, so that a run that fails is not repeated until something new is there.
    """

    @dg.sensor(
        name=names.automation("publish_after_sync"),
        job_name=names.job("publish_export"),
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Bring formats, site and catalog up to date when scopes were committed, without a call to Notion.",
        required_resource_keys={names.resource("export")},
    )
    def publish_after_sync(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        runtime = runtime_of(context.resources, names)
        if not runtime.commits.committed_scopes():
            return dg.SkipReason("Nothing is committed yet.")
        version = runtime.commits.version()
        if version == published_version(context.instance, names):
            return dg.SensorResult(skip_reason=dg.SkipReason("The catalog shows every commit."), cursor="")
        seen = _Seen(**orjson.loads(context.cursor)) if context.cursor else _Seen()
        busy = _unfinished(context.instance, names)
        if seen.ticks < PATIENCE_TICKS and (busy or seen.version != version):
            waited = orjson.dumps(asdict(_Seen(version, seen.ticks + 1))).decode()
            why = f"Run {busy} has not ended yet." if busy else "Scopes were committed a moment ago."
            return dg.SensorResult(skip_reason=dg.SkipReason(why), cursor=waited)
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"publish:{version}")], cursor="")

    return publish_after_sync


def published_version(instance: dg.DagsterInstance, names: Names) -> str | None:
    """Return the version of the commits that the catalog last logged shows, None when nothing was logged."""
    event = instance.get_latest_materialization_event(names.export("catalog"))
    materialization = event.asset_materialization if event is not None else None
    return (materialization.tags or {}).get(DATA_VERSION_TAG) if materialization is not None else None


def _unfinished(instance: dg.DagsterInstance, names: Names) -> str | None:
    for job in _JOBS:
        wanted = dg.RunsFilter(job_name=names.job(job), statuses=UNFINISHED)
        for run in instance.get_runs(wanted, limit=1):
            return run.run_id
    return None

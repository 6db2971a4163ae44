"""The sensor: scopes that the index shows to be behind get a run each. It is stopped until started.

Here: ticks, their cursor and limit. Not here: which scopes are due (``core.sync.due``). No tick calls Notion: a tick
has 60 seconds, and what it asked for would be in no run.
"""

import contextlib
import datetime as dt
from collections.abc import Generator
from itertools import islice

import dagster as dg

from notion_sync_assets.core.sync.due import DueScope, due_scopes
from notion_sync_assets.core.sync.index import Index, content_hash
from notion_sync_assets.export_steps import chosen
from notion_sync_assets.names import Names
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

RUNS_PER_TICK = 25


def changed_scopes_sensor(names: Names) -> dg.SensorDefinition:
    """Return the sensor of one workspace.

    The cursor is the hash of the index, with ``:<key>`` while scopes after that key were not looked at yet. What a
    scope looked like is part of its run key, so nothing is requested twice, however often the index is made.
    """

    @dg.sensor(
        name=names.automation("changed_scopes_sensor"),
        job_name=names.job("sync_scope"),
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Sync scopes that are new or changed in the index, at most {RUNS_PER_TICK} a tick.",
        required_resource_keys={names.resource("export")},
    )
    def changed_scopes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        runtime = runtime_of(context.resources, names)
        current = content_hash(runtime.storage)
        if current is None:
            return dg.SkipReason("There is no index yet: materialize workspace_index, or run export_job.")
        seen, _, after = (context.cursor or "").partition(":")
        if context.cursor == current:
            return dg.SkipReason("The index is the one of the last tick.")
        with contextlib.closing(_due(runtime, after if seen == current else "")) as due:
            found = list(islice(due, RUNS_PER_TICK + 1))
        requested = found[:RUNS_PER_TICK]
        add_keys(context.instance, names.scopes, [scope.key for scope in requested])
        more = len(found) > RUNS_PER_TICK
        return dg.SensorResult(
            run_requests=[_request(scope) for scope in requested],
            skip_reason=None if requested else dg.SkipReason("No scope changed since it was last listed."),
            cursor=f"{current}:{requested[-1].key}" if more else current,
        )

    return changed_scopes


def _due(runtime: ExportRuntime, after: str) -> Generator[DueScope, None, None]:
    """Yield the due scopes with a key above ``after``, in the order of keys."""
    settle = dt.timedelta(seconds=runtime.settings.sync.settle_seconds)
    index = Index.load(runtime.storage)
    try:
        scopes = [scope for scope in chosen(index, runtime.settings) if scope.key > after]
        yield from due_scopes(runtime.storage, index, scopes, settle=settle)
    finally:
        index.close()


def _request(scope: DueScope) -> dg.RunRequest:
    return dg.RunRequest(partition_key=scope.key, run_key=f"{scope.key}:{scope.content}")

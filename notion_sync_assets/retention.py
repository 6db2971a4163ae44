"""How long Dagster remembers runs: what is removed, and what may not be.

Here: old runs of one workspace. Not here: ticks, which Dagster removes by itself (``retention`` in dagster.yaml), and
the export (``notion-sync gc``). Deleting a run deletes its events, and with the event of its newest materialization a
partition would count as never materialized; so runs that hold one stay, whatever their age.
"""

import datetime as dt
from collections.abc import Iterator

import dagster as dg

from notion_sync_assets.assets.scope_events import OUTPUTS
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.names import Names

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_BATCH = 500


def remove_old_runs(instance: dg.DagsterInstance, names: Names, *, older_than: dt.timedelta) -> int:
    """Delete ended runs of a workspace that are older, with their events; return how many."""
    before = dt.datetime.now(dt.UTC) - older_than
    kept = _with_newest_events(instance, names)
    old = [run_id for run_id in _old(instance, names, before) if run_id not in kept]
    for run_id in old:
        instance.delete_run(run_id)
    return len(old)


def _old(instance: dg.DagsterInstance, names: Names, before: dt.datetime) -> Iterator[str]:
    cursor: str | None = None
    wanted = dg.RunsFilter(statuses=_ENDED, created_before=before)
    while runs := instance.get_runs(wanted, limit=_BATCH, cursor=cursor):
        yield from (run.run_id for run in runs if names.own_run(run))
        cursor = runs[-1].run_id


def _with_newest_events(instance: dg.DagsterInstance, names: Names) -> set[str]:
    """Return the runs that hold the newest materialization of an asset, or of one of its partitions."""
    partitioned = [*map(names.notion, OUTPUTS), *map(names.export, FORMATS)]
    single = [
        names.notion("workspace_index"),
        names.notion("link_table"),
        names.export("site"),
        names.export("catalog"),
    ]
    found = {event.run_id for key in single if (event := instance.get_latest_materialization_event(key))}
    for key in partitioned:
        found |= _runs_of_partitions(instance, key)
    return found


def _runs_of_partitions(instance: dg.DagsterInstance, key: dg.AssetKey) -> set[str]:
    newest = instance.event_log_storage.get_latest_storage_id_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    ids = sorted(newest.values())
    found: set[str] = set()
    for start in range(0, len(ids), _BATCH):
        wanted = dg.AssetRecordsFilter(key, storage_ids=ids[start : start + _BATCH])
        records = instance.fetch_materializations(wanted, limit=_BATCH).records
        found |= {record.event_log_entry.run_id for record in records}
    return found

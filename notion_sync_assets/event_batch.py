"""Runless asset events by the hundred: one transaction for all of them instead of four connections for each.

Here: how events of one asset get into the event log. Not here: what they say (``assets.publishing``), when they are
logged. Dagster's storages take batches; the one for SQLite takes them apart again, and for each event makes four
engines and three transactions (what that costs: `python -m benchmarks.events`). So for
that storage the rows of a batch are written here, by the storage's own statements and into the same tables.
"""

import datetime as dt
import logging
from collections.abc import Sequence

import dagster as dg
from dagster._core.events import AssetObservationData, StepMaterializationData
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

AssetEvent = dg.AssetMaterialization | dg.AssetObservation
_RUNLESS = ""


def log_runless_events(
    instance: dg.DagsterInstance, events: Sequence[AssetEvent], *, at: dt.datetime | None = None
) -> None:
    """Log events of one asset that belong to no run, in their order; ``at``: when they happened, now if None.

    All are in the event log when this returns; when it raises, none or the first ones are.
    """
    moment = (at or dt.datetime.now(dt.UTC)).timestamp()
    entries = [_entry(event, moment) for event in events]
    storage = instance.event_log_storage
    if type(storage) is SqliteEventLogStorage and len(entries) > 1:
        try:
            _store_in_sqlite(storage, entries)
        except Exception:
            # As Dagster does when a batch fails: another version of it may keep its tables in another way.
            logging.getLogger(__name__).debug("events are logged one by one", exc_info=True)
            for entry in entries:
                storage.store_event(entry)
    else:
        storage.store_event_batch(entries)


def _store_in_sqlite(storage: SqliteEventLogStorage, entries: Sequence[dg.EventLogEntry]) -> None:
    """Write the rows into the shard of what belongs to no run, and into the index that is asked about assets."""
    # What these private parts write is compared with what single reports write, by a test.
    rows = [storage._event_to_row(entry) for entry in entries]  # noqa: SLF001
    with storage.run_connection(_RUNLESS) as shard:
        shard.execute(SqlEventLogStorageTable.insert(), rows)
    inserted = SqlEventLogStorageTable.insert().returning(
        SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
    )
    with storage.index_transaction() as index:
        identifiers = list(index.execute(inserted, rows).scalars())
        storage._store_asset_event_tags(index, entries, identifiers)  # noqa: SLF001
        # The table of assets holds the last event of each.
        storage._store_asset_event(index, entries[-1], identifiers[-1])  # noqa: SLF001


def _entry(event: AssetEvent, moment: float) -> dg.EventLogEntry:
    kind, data = (
        (dg.DagsterEventType.ASSET_MATERIALIZATION, StepMaterializationData(event))
        if isinstance(event, dg.AssetMaterialization)
        else (dg.DagsterEventType.ASSET_OBSERVATION, AssetObservationData(event))
    )
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]  # Dagster leaves it untyped
        error_info=None,
        level=logging.INFO,
        user_message="",
        run_id=_RUNLESS,
        timestamp=moment,
        job_name="",
        dagster_event=dg.DagsterEvent(event_type_value=kind.value, job_name="", event_specific_data=data),
    )

"""Asset events by the hundred: one transaction for all of them instead of four connections for each.

Here: how events of one asset get into the event log. Not here: what they say (``assets.publishing``), when they are
logged. Dagster's storages take batches; the one for SQLite takes them apart again, and for each event makes four
engines and three transactions (what that costs: `python -m benchmarks.events`). So for that storage the rows of a
batch are written here, by the storage's own statements and into the same tables (docs/adr/0018).
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.events import AssetObservationData, StepMaterializationData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy.sql.dml import ReturningInsert

AssetEvent = dg.AssetMaterialization | dg.AssetObservation
_RUNLESS = ""
_KINDS: Mapping[type, tuple[dg.DagsterEventType, Callable[[Any], Any]]] = {
    dg.AssetMaterialization: (dg.DagsterEventType.ASSET_MATERIALIZATION, StepMaterializationData),
    dg.AssetObservation: (dg.DagsterEventType.ASSET_OBSERVATION, AssetObservationData),
    dg.AssetCheckEvaluation: (dg.DagsterEventType.ASSET_CHECK_EVALUATION, lambda evaluation: evaluation),
}

_log = logging.getLogger(__name__)


def log_runless_events(
    instance: dg.DagsterInstance, events: Sequence[AssetEvent], *, at: dt.datetime | None = None
) -> None:
    """Log events that belong to no run, in their order for each asset; ``at``: when they happened, now if None.

    What happened before its asset was wiped is logged as of now: Dagster shows nothing that is older than a wipe.
    All are in the event log when this returns; when it raises, none or the first ones are.
    """
    now = dt.datetime.now(dt.UTC).timestamp()
    moment = at.timestamp() if at else now
    wiped = _wiped(instance, {event.asset_key for event in events}) if at else {}
    _store(
        instance,
        [
            _entry(event, moment if moment > wiped.get(event.asset_key, 0.0) else now, _Origin())
            for event in events
        ],
    )


def _wiped(instance: dg.DagsterInstance, keys: set[dg.AssetKey]) -> dict[dg.AssetKey, float]:
    """Return when those of the assets that somebody wiped were wiped last, in seconds since 1970."""
    storage, asked = instance.event_log_storage, sorted(keys)
    if not isinstance(storage, SqlEventLogStorage):
        return {}
    # The public questions do not answer for an asset of which nothing is left.
    details = storage._get_assets_details(asked)  # noqa: SLF001
    return {
        key: each.last_wipe_timestamp
        for key, each in zip(asked, details, strict=True)
        if each and each.last_wipe_timestamp
    }


def log_step_events(context: dg.OpExecutionContext, events: Sequence[AssetEvent]) -> None:
    """Log events of the step that runs, in their order for each asset, as ``context.log_event`` would one by one."""
    moment = dt.datetime.now(dt.UTC).timestamp()
    origin = _Origin(context.run_id, context.job_name, context.get_step_execution_context().step.key)
    _store(context.instance, [_entry(event, moment, origin) for event in events])


def log_evaluations(instance: dg.DagsterInstance, evaluations: Sequence[dg.AssetCheckEvaluation]) -> None:
    """Log outcomes of checks that belong to no run, in their order, as ``report_runless_asset_event`` would one by one."""
    storage = instance.event_log_storage
    if evaluations and isinstance(storage, SqliteEventLogStorage) and storage.supports_asset_checks:
        moment = dt.datetime.now(dt.UTC).timestamp()
        try:
            _store_evaluations_in_sqlite(
                storage, [_entry(evaluation, moment, _Origin()) for evaluation in evaluations], evaluations
            )
        except Exception:  # noqa: BLE001 - logged one by one
            _log.debug("outcomes of checks are logged one by one", exc_info=True)
        else:
            return
    for evaluation in evaluations:
        instance.report_runless_asset_event(evaluation)


def _store(instance: dg.DagsterInstance, entries: Sequence[dg.EventLogEntry]) -> None:
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        try:
            _store_in_sqlite(storage, entries)
        except Exception:  # noqa: BLE001 - logged one by one
            # As Dagster does when a batch fails: another version of it may keep its tables in another way.
            _log.debug("events are logged one by one", exc_info=True)
        else:
            return
    # A batch of PostgreSQL's storage is of one kind and one asset.
    batches: dict[object, list[dg.EventLogEntry]] = {}
    for entry in entries:
        batches.setdefault(_kind_and_asset(entry), []).append(entry)
    for batch in batches.values():
        storage.store_event_batch(batch)


def _store_in_sqlite(storage: SqliteEventLogStorage, entries: Sequence[dg.EventLogEntry]) -> None:
    """Write the rows into the shard of their run, and into the index that is asked about assets."""
    # What these private parts write is compared with what single reports write, by a test.
    rows = _store_in_shard(storage, entries)
    with storage.index_transaction() as index:
        identifiers = list(index.execute(_inserted(), rows).scalars())
        storage._store_asset_event_tags(index, entries, identifiers)  # noqa: SLF001
        # The table of assets holds the last event of each.
        newest = {row["asset_key"]: number for number, row in enumerate(rows)}
        for number in newest.values():
            storage._store_asset_event(index, entries[number], identifiers[number])  # noqa: SLF001


def _store_evaluations_in_sqlite(
    storage: SqliteEventLogStorage,
    entries: Sequence[dg.EventLogEntry],
    evaluations: Sequence[dg.AssetCheckEvaluation],
) -> None:
    """Write the rows as above, and those of the table that tells what became of each check."""
    rows = _store_in_shard(storage, entries)
    with storage.index_transaction() as index:
        identifiers = index.execute(_inserted(), rows).scalars()
        executions = [
            {
                "asset_key": evaluation.asset_key.to_string(),
                "check_name": evaluation.check_name,
                "run_id": _RUNLESS,
                "execution_status": _status(evaluation).value,
                "evaluation_event": dg.serialize_value(entry),
                "evaluation_event_timestamp": storage._event_insert_timestamp(entry),  # type: ignore[no-untyped-call]  # noqa: SLF001
                "evaluation_event_storage_id": identifier,
                "partition": evaluation.partition,
            }
            for entry, evaluation, identifier in zip(entries, evaluations, identifiers, strict=True)
        ]
        index.execute(AssetCheckExecutionsTable.insert(), executions)


def _store_in_shard(
    storage: SqliteEventLogStorage, entries: Sequence[dg.EventLogEntry]
) -> Sequence[Mapping[str, Any]]:
    """Write entries into the shard of their run; return their rows."""
    rows = [storage._event_to_row(entry) for entry in entries]  # noqa: SLF001
    with storage.run_connection(entries[0].run_id) as shard:
        shard.execute(SqlEventLogStorageTable.insert(), rows)
    return rows


def _inserted() -> ReturningInsert[Any]:
    table = SqlEventLogStorageTable
    return table.insert().returning(table.c.id, sort_by_parameter_order=True)


def _status(evaluation: dg.AssetCheckEvaluation) -> AssetCheckExecutionRecordStatus:
    return (
        AssetCheckExecutionRecordStatus.SUCCEEDED
        if evaluation.passed
        else AssetCheckExecutionRecordStatus.FAILED
    )


def _kind_and_asset(entry: dg.EventLogEntry) -> tuple[object, object]:
    event = entry.get_dagster_event()
    return event.event_type, event.asset_key


@dataclass(frozen=True, slots=True)
class _Origin:
    """The run, job and step of an event; without any, it belongs to no run."""

    run_id: str = _RUNLESS
    job_name: str = ""
    step_key: str | None = None


def _entry(event: AssetEvent | dg.AssetCheckEvaluation, moment: float, origin: _Origin) -> dg.EventLogEntry:
    kind, data_of = _KINDS[type(event)]
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]  # Dagster leaves it untyped
        error_info=None,
        level=logging.INFO,
        user_message="",
        run_id=origin.run_id,
        timestamp=moment,
        step_key=origin.step_key,
        job_name=origin.job_name,
        dagster_event=dg.DagsterEvent(
            event_type_value=kind.value,
            job_name=origin.job_name,
            step_key=origin.step_key,
            event_specific_data=data_of(event),
        ),
    )

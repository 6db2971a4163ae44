"""The webhook sensor: what the queued events ask for becomes runs, one for each scope. It is stopped until started.

Here: a tick, in its order: how requested runs have ended, which scope each event belongs to, which runs to ask for.
Not here: the rules of routing and batches (``core.webhooks``), what a run does (``refresh_job``, ``export_job``). No
tick calls Notion, and an event leaves the queue only into a batch that is followed until a run of it succeeded.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence

import dagster as dg

from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.webhooks.batches import WORKSPACE, Batch, BatchBook
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.core.webhooks.routing import Router
from notion_sync_assets.export_steps import chosen
from notion_sync_assets.names import SCOPE_TAG, Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of
from notion_sync_assets.webhook_folder import webhook_folder

BATCH_TAG = "notion_sync/webhook_batch"
RUNS_PER_TICK = 25
_EVENTS_AT_ONCE = 1000
_INTERVAL_S = 10
_WILL_RETRY = "dagster/will_retry"
_FAILED = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def webhook_sensor(names: Names, jobs: Sequence[dg.JobDefinition]) -> dg.SensorDefinition:
    """Return the sensor of one workspace. A batch's number and attempt are its run key: none is started twice.

    ``jobs``: those it starts, the refresh of a scope and the export.
    """

    @dg.sensor(
        name=names.automation("webhook_sensor"),
        jobs=jobs,
        minimum_interval_seconds=_INTERVAL_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Sync what Notion's webhooks tell of, as soon as it comes (needs 'notion-sync serve').",
        required_resource_keys={names.resource("export")},
    )
    def webhooks(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        runtime = runtime_of(context.resources, names)
        database = WebhookDatabase(webhook_folder(runtime.settings))
        if not database.exists():
            return dg.SkipReason("No webhook has come yet: start 'notion-sync serve'.")
        with contextlib.closing(database):
            batches = _due(context.instance, runtime, database)
        if not batches:
            return dg.SkipReason("No event waits, or a run of its scope is still under way.")
        return dg.SensorResult(run_requests=[_request(names, batch) for batch in batches])

    return webhooks


def _due(instance: dg.DagsterInstance, runtime: ExportRuntime, database: WebhookDatabase) -> list[Batch]:
    book = BatchBook(database)
    requested = book.requested()
    ended, unheard = _followed(instance, requested)
    again = [*unheard, *book.finish(ended, time.time())]
    _drain(runtime, EventQueue(database, runtime.settings.serve.queue_events), book)
    return [*again, *book.request(max(0, RUNS_PER_TICK - len(again)), time.time())]


def _followed(instance: dg.DagsterInstance, requested: list[Batch]) -> tuple[dict[int, bool], list[Batch]]:
    """Return how runs ended, by batch, and the batches of which no run is known: the tick that asked was broken off.

    A failed run that Dagster starts again by itself (a killed worker) has not ended.
    """
    ended: dict[int, bool] = {}
    unheard: list[Batch] = []
    for batch in requested:
        newest = instance.get_runs(dg.RunsFilter(tags={BATCH_TAG: _batch_tag(batch)}), limit=1)
        if not newest:
            unheard.append(batch)
        elif newest[0].status is dg.DagsterRunStatus.SUCCESS:
            ended[batch.number] = True
        elif newest[0].status in _FAILED and newest[0].tags.get(_WILL_RETRY) != "true":
            ended[batch.number] = False
    return ended, unheard


def _drain(runtime: ExportRuntime, events: EventQueue, book: BatchBook) -> None:
    pending = events.pending(_EVENTS_AT_ONCE)
    if not pending:
        return
    with _router(runtime) as router:
        while pending:
            book.join([(queued, router.routes(queued.event)) for queued in pending], time.time())
            pending = events.pending(_EVENTS_AT_ONCE)


@contextlib.contextmanager
def _router(runtime: ExportRuntime) -> Iterator[Router]:
    index = Index.load(runtime.storage)
    try:
        yield Router(index, chosen(index, runtime.settings))
    finally:
        index.close()


def _request(names: Names, batch: Batch) -> dg.RunRequest:
    objects = list(batch.objects)
    if batch.scope == WORKSPACE:
        job, op, config = "export_job", "export_scopes", {"delta": True, "pages": objects}
        tags = {BATCH_TAG: _batch_tag(batch)}
    else:
        job, op, config = "refresh_scope", "refresh_objects", {"scope": batch.scope, "objects": objects}
        tags = {BATCH_TAG: _batch_tag(batch), SCOPE_TAG: batch.scope[-32:]}
    return dg.RunRequest(
        run_key=batch.run_key,
        job_name=names.job(job),
        run_config={"ops": {names.job(op): {"config": config}}},
        tags=tags,
    )


def _batch_tag(batch: Batch) -> str:
    return f"{batch.number}-{batch.attempts}"

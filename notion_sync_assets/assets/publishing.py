"""Publishing: the outbox rows of commits become materializations of ``page_versions``, each exactly once.

Here: the event of one page, and the comparison with the event log after an interruption (design §7.6). Not here:
what is in the outbox (``core.sync.outbox``), the observations of data sources, files and comments (``details``).
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

import dagster as dg

from notion_sync_assets.assets.details import DETAIL_ASSETS, DetailSummary
from notion_sync_assets.core.notion.errors import LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.core.sync.events import Event
from notion_sync_assets.event_batch import log_runless_events
from notion_sync_assets.names import CHANGE_TAG, DATA_VERSION_TAG, OBJECT_TAG, SCOPE_TAG, SEQ_TAG, Names
from notion_sync_assets.partitions import add_keys, page_key
from notion_sync_assets.resources.export_runtime import ExportRuntime

_CHUNK = 200
# A commit's events are looked for from its own time on, less what the clocks of two hosts may differ.
_CLOCKS_APART = dt.timedelta(days=1)


def publish_scope(runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names, key: str) -> int:
    """Log a scope's unpublished page events; return how many.

    Another process that publishes the same scope at this moment finishes it alone. What the log holds is asked for
    every commit, also those of this run: an earlier attempt of the step may have logged a part. The events belong
    to no run: a step would keep all it logs in memory until it ends (2 KB each), and SQLite would store them twice.
    """
    if not any(outbox.unpublished(runtime.storage, key)):
        return 0
    lease = f"{layout.EVENTS}/{key}/lease"
    try:
        runtime.leases.take(runtime.storage, lease, "publishing")
    except LeaseHeldError:
        return 0
    try:
        return sum(
            _publish(runtime, instance, names, commit) for commit in outbox.unpublished(runtime.storage, key)
        )
    finally:
        runtime.leases.give_back(lease)


def publish_commit(
    runtime: ExportRuntime,
    instance: dg.DagsterInstance,
    names: Names,
    commit: Commit,
    *,
    at: dt.datetime | None = None,
) -> int:
    """Log those events of a commit that the event log lacks; return how many page events that were.

    ``at``: the time they get in the log, now if None.
    """
    if not runtime.settings.dagster.page_events:
        return 0
    events = outbox.events_of(runtime.storage, commit)
    details: dict[str, DetailSummary] = {}
    pages = _pages_only(events, details)
    count = sum(_log_pages(instance, names, commit, chunk, at) for chunk in _chunks(pages))
    missing = []
    for kind, summary in sorted(details.items()):
        key = names.notion(DETAIL_ASSETS[kind])
        wanted = dg.AssetRecordsFilter(key, asset_partitions=[commit.scope], after_timestamp=_since(commit))
        fetch = partial(instance.fetch_observations, wanted)
        if not any(tags.get(OBJECT_TAG) == kind for _, tags in _of_commit(fetch, commit)):
            missing.append(summary.observation(key, commit))
    if missing:
        log_runless_events(instance, missing, at=at)
    return count


def _publish(runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names, commit: Commit) -> int:
    count = publish_commit(runtime, instance, names, commit)
    outbox.mark_published(runtime.storage, commit.scope, commit.seq)
    return count


def _pages_only(events: Iterator[Event], details: dict[str, DetailSummary]) -> Iterator[Event]:
    """Yield the page events, and leave what the others come to in ``details``."""
    for event in events:
        if event.object == "page":
            yield event
        else:
            details.setdefault(event.object, DetailSummary(event.object)).add(event)


def _log_pages(
    instance: dg.DagsterInstance,
    names: Names,
    commit: Commit,
    events: Sequence[Event],
    at: dt.datetime | None,
) -> int:
    asset_key = names.notion("page_versions")
    keys = [page_key(event.object_id) for event in events]
    add_keys(instance, names.pages, keys)
    wanted = dg.AssetRecordsFilter(asset_key, asset_partitions=keys, after_timestamp=_since(commit))
    fetch = partial(instance.fetch_materializations, wanted)
    logged = {partition for partition, _ in _of_commit(fetch, commit)}
    missing = [event for event in events if page_key(event.object_id) not in logged]
    if missing:
        log_runless_events(
            instance, [page_materialization(asset_key, event, commit.run_id) for event in missing], at=at
        )
    return len(missing)


def page_materialization(asset_key: dg.AssetKey, event: Event, run_id: str) -> dg.AssetMaterialization:
    """Return the materialization that tells one change of one page; the document's hash is its data version.

    ``run_id``: the run that committed the change.
    """
    metadata: dict[str, dg.MetadataValue] = {
        "title": dg.MetadataValue.text(event.title),
        "change": dg.MetadataValue.text(event.change),
        "committed_at": dg.MetadataValue.text(event.committed_at),
        "run": dg.MetadataValue.dagster_run(run_id),
    }
    if event.url:
        metadata["notion"] = dg.MetadataValue.url(event.url)
    if event.last_edited_time:
        metadata["last_edited_time"] = dg.MetadataValue.text(event.last_edited_time)
    if event.previous_document:
        metadata["previous_document"] = dg.MetadataValue.text(event.previous_document)
    tags = {SCOPE_TAG: event.scope[-32:], SEQ_TAG: str(event.seq), CHANGE_TAG: event.change}
    if event.document:
        tags[DATA_VERSION_TAG] = event.document
    return dg.AssetMaterialization(
        asset_key=asset_key, partition=page_key(event.object_id), metadata=metadata, tags=tags
    )


def _since(commit: Commit) -> float:
    return (dt.datetime.fromisoformat(commit.committed_at) - _CLOCKS_APART).timestamp()


def _of_commit(
    fetch: Callable[..., dg.EventRecordsResult], commit: Commit
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield partition and tags of those events of an asset that the event log holds of a commit."""
    cursor: str | None = None
    while True:
        result = fetch(limit=1000, cursor=cursor)
        for record in result.records:
            event = record.asset_event
            tags = event.tags if isinstance(event, dg.AssetMaterialization | dg.AssetObservation) else None
            if (
                event
                and tags
                and (tags.get(SCOPE_TAG), tags.get(SEQ_TAG)) == (commit.scope[-32:], str(commit.seq))
            ):
                yield str(event.partition), tags
        if not result.has_more:
            return
        cursor = result.cursor


def _chunks(events: Iterator[Event]) -> Iterator[list[Event]]:
    while chunk := list(islice(events, _CHUNK)):
        yield chunk

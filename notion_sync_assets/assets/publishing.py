"""Publishing: the outbox rows of commits become materializations of ``page_versions``, each exactly once.

Here: the event of one page, and the comparison with the event log after an interruption (design §7.6). Not here:
what is in the outbox (``core.sync.outbox``).
"""

import datetime as dt
from collections.abc import Iterator
from itertools import islice

import dagster as dg

from notion_sync_assets.core.notion.errors import LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.core.sync.events import PageEvent
from notion_sync_assets.names import CHANGE_TAG, DATA_VERSION_TAG, SCOPE_TAG, SEQ_TAG, Names
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


def _publish(runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names, commit: Commit) -> int:
    count = 0
    asset_key = names.notion("page_versions")
    events = outbox.events_of(runtime.storage, commit) if runtime.settings.dagster.page_events else iter(())
    for chunk in _chunks(events):
        keys = [page_key(event.page_id) for event in chunk]
        add_keys(instance, names.pages, keys)
        logged = _logged(instance, asset_key, commit, keys)
        for event in chunk:
            if page_key(event.page_id) not in logged:
                instance.report_runless_asset_event(page_materialization(asset_key, event, commit.run_id))
                count += 1
    outbox.mark_published(runtime.storage, commit.scope, commit.seq)
    return count


def page_materialization(asset_key: dg.AssetKey, event: PageEvent, run_id: str) -> dg.AssetMaterialization:
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
        asset_key=asset_key, partition=page_key(event.page_id), metadata=metadata, tags=tags
    )


def _logged(
    instance: dg.DagsterInstance, asset_key: dg.AssetKey, commit: Commit, keys: list[str]
) -> set[str]:
    """Return those of the page keys for which the event log holds the event of this commit."""
    found: set[str] = set()
    cursor: str | None = None
    since = dt.datetime.fromisoformat(commit.committed_at) - _CLOCKS_APART
    wanted = dg.AssetRecordsFilter(asset_key, asset_partitions=keys, after_timestamp=since.timestamp())
    while True:
        result = instance.fetch_materializations(wanted, limit=1000, cursor=cursor)
        for record in result.records:
            event = record.asset_materialization
            tags = event.tags if event else None
            if (
                event
                and tags
                and (tags.get(SCOPE_TAG), tags.get(SEQ_TAG)) == (commit.scope[-32:], str(commit.seq))
            ):
                found.add(str(event.partition))
        if not result.has_more:
            return found
        cursor = result.cursor


def _chunks(events: Iterator[PageEvent]) -> Iterator[list[PageEvent]]:
    while chunk := list(islice(events, _CHUNK)):
        yield chunk

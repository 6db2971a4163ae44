"""Publishing: the outbox rows of commits become materializations of ``page_versions``, each exactly once.

Here: the event of one page, and the comparison with the event log after an interruption (design §7.6). Not here:
what is in the outbox (``core.sync.outbox``).
"""

from collections.abc import Callable, Iterator
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

LogEvent = Callable[[dg.AssetMaterialization], None]

_CHUNK = 200


def publish_scope(
    runtime: ExportRuntime,
    instance: dg.DagsterInstance,
    names: Names,
    key: str,
    log_event: LogEvent,
    run_id: str,
) -> int:
    """Log a scope's unpublished page events; return how many.

    Another process that publishes the same scope at this moment finishes it alone. Commits of this very run cannot
    be in the log yet; for others the log is asked first.
    """
    lease = f"{layout.EVENTS}/{key}/lease"
    pending = list(outbox.unpublished(runtime.storage, key))
    if not pending:
        return 0
    try:
        runtime.leases.take(runtime.storage, lease, run_id)
    except LeaseHeldError:
        return 0
    try:
        return sum(_publish(runtime, instance, names, commit, log_event, run_id) for commit in pending)
    finally:
        runtime.leases.give_back(lease)


def _publish(
    runtime: ExportRuntime,
    instance: dg.DagsterInstance,
    names: Names,
    commit: Commit,
    log_event: LogEvent,
    run_id: str,
) -> int:
    count = 0
    asset_key = names.notion("page_versions")
    for chunk in _chunks(outbox.events_of(runtime.storage, commit)):
        keys = [page_key(event.page_id) for event in chunk]
        add_keys(instance, names.pages, keys)
        logged = set() if commit.run_id == run_id else _logged(instance, asset_key, commit, keys)
        for event in chunk:
            if page_key(event.page_id) not in logged:
                log_event(page_materialization(asset_key, event))
                count += 1
    outbox.mark_published(runtime.storage, commit.scope, commit.seq)
    return count


def page_materialization(asset_key: dg.AssetKey, event: PageEvent) -> dg.AssetMaterialization:
    """Return the materialization that tells one change of one page; the document's hash is its data version."""
    metadata: dict[str, dg.MetadataValue] = {
        "title": dg.MetadataValue.text(event.title),
        "change": dg.MetadataValue.text(event.change),
        "committed_at": dg.MetadataValue.text(event.committed_at),
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
    while True:
        result = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=asset_key, asset_partitions=keys), limit=1000, cursor=cursor
        )
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

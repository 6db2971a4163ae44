"""Publishing: the outbox rows of commits become materializations of ``page_versions``, each exactly once.

Here: the event of one page, and the comparison with the event log after an interruption (design §7.6). Not here:
what is in the outbox (``core.sync.outbox``), the observations of data sources, files and comments (``details``).
"""

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

import dagster as dg

from notion_sync_assets.assets.details import DETAIL_ASSETS, DetailSummary
from notion_sync_assets.assets.scope_events import logged
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
_SCOPES_AT_ONCE = 100
# A commit's events are looked for from its own time on, less what the clocks of two hosts may differ.
_CLOCKS_APART = dt.timedelta(days=1)


def publish_scopes(
    runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names, keys: Iterable[str]
) -> int:
    """Log the unpublished page events of scopes; return how many.

    Another process that publishes one of them at this moment finishes it alone. What the log holds is asked for
    every commit, also those of this run: an earlier attempt of the step may have logged a part. The events belong
    to no run: a step would keep all it logs in memory until it ends (2 KB each), and SQLite would store them twice.
    """
    waiting, count = iter(keys), 0
    while some := list(islice(waiting, _SCOPES_AT_ONCE)):
        with contextlib.ExitStack() as leases:
            commits = [commit for key in some for commit in _unpublished(runtime, key, leases)]
            count += publish_commits(runtime, instance, names, commits)
            for key, seq in {commit.scope: commit.seq for commit in commits}.items():
                outbox.mark_published(runtime.storage, key, seq)
    return count


def publish_commits(
    runtime: ExportRuntime,
    instance: dg.DagsterInstance,
    names: Names,
    commits: Sequence[Commit],
    *,
    at: dt.datetime | None = None,
) -> int:
    """Log those events of commits that the event log lacks; return how many page events that were.

    ``at``: the time they get in the log, now if None.
    """
    if not runtime.settings.dagster.page_events:
        return 0
    details: list[tuple[Commit, DetailSummary]] = []
    pages = _page_events(runtime, commits, details)
    count = sum(_log_pages(instance, names, chunk, at) for chunk in _chunks(pages))
    missing = _missing_details(instance, names, details)
    if missing:
        log_runless_events(instance, missing, at=at)
    return count


def _unpublished(runtime: ExportRuntime, key: str, leases: contextlib.ExitStack) -> Iterator[Commit]:
    """Yield a scope's unpublished commits, oldest first, under a lease that is held until ``leases`` is closed."""
    if not outbox.behind(runtime.storage, key):
        return
    lease = f"{layout.EVENTS}/{key}/lease"
    try:
        runtime.leases.take(runtime.storage, lease, "publishing")
    except LeaseHeldError:
        return
    leases.callback(runtime.leases.give_back, lease)
    yield from outbox.unpublished(runtime.storage, key)


def _page_events(
    runtime: ExportRuntime, commits: Sequence[Commit], details: list[tuple[Commit, DetailSummary]]
) -> Iterator[tuple[Commit, Event]]:
    """Yield the page events, and leave what the others come to in ``details``."""
    for commit in commits:
        summaries: dict[str, DetailSummary] = {}
        for event in outbox.events_of(runtime.storage, commit):
            if event.object == "page":
                yield commit, event
            else:
                summaries.setdefault(event.object, DetailSummary(event.object)).add(event)
        details += [(commit, summary) for _, summary in sorted(summaries.items())]


def _log_pages(
    instance: dg.DagsterInstance,
    names: Names,
    events: Sequence[tuple[Commit, Event]],
    at: dt.datetime | None,
) -> int:
    asset_key = names.notion("page_versions")
    keys = list(dict.fromkeys(page_key(event.object_id) for _, event in events))
    add_keys(instance, names.pages, keys)
    wanted = dg.AssetRecordsFilter(
        asset_key, asset_partitions=keys, after_timestamp=_since(commit for commit, _ in events)
    )
    fetch = partial(instance.fetch_materializations, wanted)
    known = {(partition, *_commit_in(tags)) for partition, tags in logged(fetch)}
    missing = [
        page_materialization(asset_key, event, commit.run_id)
        for commit, event in events
        if (page_key(event.object_id), *_tags_of(commit)) not in known
    ]
    if missing:
        log_runless_events(instance, missing, at=at)
    return len(missing)


def _missing_details(
    instance: dg.DagsterInstance, names: Names, details: Sequence[tuple[Commit, DetailSummary]]
) -> list[dg.AssetObservation]:
    """Return the observations that the log lacks; it is asked once for each asset."""
    missing = []
    for name in sorted({DETAIL_ASSETS[summary.kind] for _, summary in details}):
        asset_key = names.notion(name)
        own = [(commit, summary) for commit, summary in details if DETAIL_ASSETS[summary.kind] == name]
        wanted = dg.AssetRecordsFilter(
            asset_key,
            asset_partitions=list(dict.fromkeys(commit.scope for commit, _ in own)),
            after_timestamp=_since(commit for commit, _ in own),
        )
        fetch = partial(instance.fetch_observations, wanted)
        known = {(tags.get(OBJECT_TAG), *_commit_in(tags)) for _, tags in logged(fetch)}
        missing += [
            summary.observation(asset_key, commit)
            for commit, summary in own
            if (summary.kind, *_tags_of(commit)) not in known
        ]
    return missing


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


def _since(commits: Iterable[Commit]) -> float:
    oldest = min(dt.datetime.fromisoformat(commit.committed_at) for commit in commits)
    return (oldest - _CLOCKS_APART).timestamp()


def _tags_of(commit: Commit) -> tuple[str, str]:
    """Return what the tags of a commit's events say of it: scope and number."""
    return commit.scope[-32:], str(commit.seq)


def _commit_in(tags: Mapping[str, str]) -> tuple[str | None, str | None]:
    return tags.get(SCOPE_TAG), tags.get(SEQ_TAG)


def _chunks(events: Iterator[tuple[Commit, Event]]) -> Iterator[list[tuple[Commit, Event]]]:
    while chunk := list(islice(events, _CHUNK)):
        yield chunk

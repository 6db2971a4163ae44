"""The event log brought back: partitions, materializations and observations of a lost Dagster database, from commits.

Here: what is logged again and in which order. Not here: a single page event (``assets.publishing``), what a running
export logs (``jobs``). Everything that is logged carries scope and sequence, and what the log holds already is not logged
twice, so a restore that was interrupted is run again. Events of commits get the time of their commit, in the order of the
commits; what was made from commits, and the outcome of checks, the time of the restore.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from notion_sync_assets.assets.publishing import publish_commits
from notion_sync_assets.assets.scope_events import (
    OUTPUTS,
    committed_result,
    completeness_evaluation,
    data_version,
    logged_versions,
    output_metadata,
)
from notion_sync_assets.checks import failed_scopes_evaluation
from notion_sync_assets.core.history.stream import EventStream
from notion_sync_assets.core.render.render_state import RenderState, rendered_scopes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.event_batch import log_runless_events
from notion_sync_assets.names import DATA_VERSION_TAG, Names
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.resources.export_runtime import ExportRuntime

_RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class RestoredLog:
    """How much a restore logged: scopes and page events; what was there already does not count."""

    scopes: int
    commits: int
    page_events: int


def restore_event_log(runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names) -> RestoredLog:
    """Log what the event log lacks of everything that was committed and rendered."""
    keys = runtime.commits.committed_scopes()
    add_keys(instance, names.scopes, [scope.key for scope in runtime.index_state().scopes])
    add_keys(instance, names.scopes, keys)
    commits = pages = 0
    known = {key: logged_versions(instance, names.notion(OUTPUTS[0]), key) for key in keys}
    for commit in EventStream(runtime.storage).commits():
        if data_version(commit) not in known[commit.scope]:
            _log_commit(runtime, instance, names, commit)
            commits += 1
        pages += publish_commits(runtime, instance, names, [commit], at=_committed_at(commit))
        if outbox.published_through(runtime.storage, commit.scope) < commit.seq:
            outbox.mark_published(runtime.storage, commit.scope, commit.seq)
    for event in _derived(runtime, names):
        if not _is_logged(instance, event):
            instance.report_runless_asset_event(event)
    instance.report_runless_asset_event(failed_scopes_evaluation(names, runtime))
    return RestoredLog(len(keys), commits, pages)


def _log_commit(runtime: ExportRuntime, instance: dg.DagsterInstance, names: Names, commit: Commit) -> None:
    """Log what the sync logged for its scope."""
    newest = runtime.commits.head_seq(commit.scope) == commit.seq
    view = runtime.snapshot(commit.scope) if newest else None
    for name, metadata in output_metadata(committed_result(commit), view).items():
        told = {**metadata, "committed_at": dg.MetadataValue.text(commit.committed_at)}
        event = dg.AssetMaterialization(
            names.notion(name),
            partition=commit.scope,
            metadata=told,
            tags={DATA_VERSION_TAG: data_version(commit)},
        )
        log_runless_events(instance, [event], at=_committed_at(commit))
    if view is not None:
        instance.report_runless_asset_event(completeness_evaluation(names, view))


def _committed_at(commit: Commit) -> dt.datetime:
    return dt.datetime.fromisoformat(commit.committed_at)


def _derived(runtime: ExportRuntime, names: Names) -> Iterator[dg.AssetMaterialization]:
    """Yield a materialization for everything that was made from commits, so that nothing counts as never made."""
    storage = runtime.storage
    told = {_RESTORED: dg.MetadataValue.bool(True)}
    yield dg.AssetMaterialization(names.notion("workspace_index"), metadata=told)
    if storage.names(layout.LINKS):
        yield dg.AssetMaterialization(names.notion("link_table"), metadata=told)
    for form in storage.names(layout.RENDERS):
        for key in rendered_scopes(storage, form):
            if RenderState(storage, form, key).settled() is not None:
                yield dg.AssetMaterialization(names.export(form), partition=key, metadata=told)
    made = {"site": "state/site.json", "catalog": layout.CATALOG}
    for name, path in made.items():
        if storage.exists(path) or (name == "catalog" and storage.exists(layout.CATALOG_POINTER)):
            yield dg.AssetMaterialization(names.export(name), metadata=told)


def _is_logged(instance: dg.DagsterInstance, event: dg.AssetMaterialization) -> bool:
    partitions = [event.partition] if event.partition else None
    wanted = dg.AssetRecordsFilter(event.asset_key, asset_partitions=partitions)
    return bool(instance.fetch_materializations(wanted, limit=1).records)

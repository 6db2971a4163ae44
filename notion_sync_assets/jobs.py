"""Jobs: the two doors to the engine (one partition, or a batch in one run) and the steps around them (design §4).

Here: job definitions and the batch ops, which log each scope's events themselves. Not here: schedules and sensors.
Every job that writes runs in one process: a killed worker then leaves no step behind.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import dagster as dg
from pydantic import Field

from notion_sync_assets.allocation import give_back
from notion_sync_assets.assets.publishing import publish_scopes
from notion_sync_assets.assets.renders import render_metadata
from notion_sync_assets.assets.requests import scope_metadata
from notion_sync_assets.assets.scope_events import (
    OUTPUTS,
    committed_result,
    completeness_evaluation,
    data_version,
    logged_versions,
)
from notion_sync_assets.checks import failed_scopes_evaluation
from notion_sync_assets.core.render.publish import FailedRender, RenderResult, mark_told
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.core.sync.thoroughness import RECONCILE, Thoroughness
from notion_sync_assets.event_batch import log_evaluations, log_step_events
from notion_sync_assets.event_files import kept_open
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.names import DATA_VERSION_TAG, Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of
from notion_sync_assets.resources.groups import TOGETHER_S


class SyncBatchConfig(dg.Config):
    """Which scopes one run syncs."""

    scopes: list[str] = Field(description="Partition keys of the scopes.")
    full: bool = Field(default=False, description="Read every page again instead of only those that changed.")
    delta: bool = Field(default=False, description="Look only at what was edited since the last run.")
    verify: bool = Field(
        default=False, description="Read a large share of the pages again (sync.verify_share)."
    )


class RenderBatchConfig(dg.Config):
    """What one run renders."""

    scopes: list[str] = Field(description="Partition keys of the scopes.")
    formats: list[str] = Field(description="Names of the formats.")


def asset_jobs(names: Names, formats: tuple[str, ...]) -> list[Any]:
    """Return the jobs that materialize assets."""
    selection = {
        "refresh_index": [names.notion("workspace_index")],
        "sync_scope": [names.notion(name) for name in OUTPUTS],
        "refresh_links": [names.notion("link_table")],
        "render_scope": [names.export(form) for form in formats],
        "publish_site": [names.export("site")],
        "publish_catalog": [names.export("catalog")],
    }
    descriptions = {
        "refresh_index": "Search Notion for what changed and what is new.",
        "sync_scope": "Crawl and commit one scope.",
        "refresh_links": "Bring titles, paths and back-links up to date.",
        "render_scope": "Render one scope in every format.",
        "publish_site": "Build the start page, tree and search of the HTML site.",
        "publish_catalog": "Build notion.duckdb from what is committed.",
    }
    return [
        dg.define_asset_job(
            names.job(name),
            selection=_selected(names, keys),
            description=descriptions[name],
            executor_def=dg.in_process_executor,
            tags=names.tags,
        )
        for name, keys in selection.items()
    ]


def _selected(names: Names, keys: Sequence[dg.AssetKey]) -> dg.AssetSelection:
    """Select assets with their checks; a build of the catalog looks at its content itself, when that has moved."""
    found = dg.AssetSelection.assets(*keys)
    return found.without_checks() if names.export("catalog") in keys else found


def batch_jobs(names: Names) -> list[dg.JobDefinition]:
    """Return the jobs that work on many scopes in one run."""
    return [_sync_batch_job(names), _render_batch_job(names)]


def _sync_batch_job(names: Names) -> dg.JobDefinition:
    @dg.op(
        name=names.job("sync_scopes"),
        required_resource_keys={names.resource("export")},
        pool=names.notion_pool,
    )
    def sync_scopes(context: dg.OpExecutionContext, config: SyncBatchConfig) -> None:
        runtime = runtime_of(context.resources, names)
        with told_to_dagster():
            mode = Thoroughness(full=config.full, delta=config.delta, verify=config.verify)
            sync_and_log(context, runtime, names, config.scopes, mode)

    @dg.job(
        name=names.job("sync_batch"),
        description="Crawl and commit a list of scopes in one run.",
        executor_def=dg.in_process_executor,
        tags=names.tags,
    )
    def sync_batch() -> None:
        sync_scopes()

    return sync_batch


def _render_batch_job(names: Names) -> dg.JobDefinition:
    @dg.op(name=names.job("render_scopes"), required_resource_keys={names.resource("export")})
    def render_scopes(context: dg.OpExecutionContext, config: RenderBatchConfig) -> None:
        render_and_log(context, runtime_of(context.resources, names), names, config.scopes, config.formats)

    @dg.job(
        name=names.job("render_batch"),
        description="Render a list of scopes in one run.",
        executor_def=dg.in_process_executor,
        tags=names.tags,
    )
    def render_batch() -> None:
        render_scopes()

    return render_batch


def sync_and_log(
    context: dg.OpExecutionContext,
    runtime: ExportRuntime,
    names: Names,
    keys: Sequence[str],
    mode: Thoroughness = RECONCILE,
    again: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> None:
    """Sync scopes in this step and log what their assets and checks would log; errors of the package are raised.

    ``again``: ids to read again whatever their times say, by scope key (``ExportRuntime.sync``).
    """
    with kept_open(context.instance, context.run_id):
        _log_late(context, runtime, names)
        scopes = runtime.known_scopes(keys)
        with contextlib.closing(runtime.sync(scopes, context.run_id, mode, again)) as groups:
            for results in groups:
                _log_scopes(context, runtime, names, results)
                give_back()
        context.instance.report_runless_asset_event(failed_scopes_evaluation(names, runtime))


def render_and_log(
    context: dg.OpExecutionContext,
    runtime: ExportRuntime,
    names: Names,
    keys: Sequence[str],
    formats: Sequence[str],
) -> None:
    """Bring scopes up to date in the formats, and log those whose files were rendered anew.

    What is done within half a second is logged at once; what a kill keeps from being logged, the next run logs.
    A scope that cannot be rendered costs no other scope and no other format; the first such error is raised at the end.
    """
    errors: list[Exception] = []
    runtime.progress.renders_total, runtime.progress.renders_done = len(keys) * len(formats), 0
    with (
        kept_open(context.instance, context.run_id),
        contextlib.closing(_Renders(context, runtime)) as renders,
    ):
        for key in keys:
            for rendered in _rendered(runtime, names, key, formats, errors):
                renders.add(rendered)
            renders.log_if_due()
            give_back()
    if errors:
        raise errors[0]


class _Renders:
    """The renders that are not in the event log yet."""

    def __init__(self, context: dg.OpExecutionContext, runtime: ExportRuntime) -> None:
        self._context = context
        self._storage = runtime.storage
        self._waiting: list[_Rendered] = []
        self._due = 0.0

    def add(self, rendered: "_Rendered") -> None:
        self._waiting.append(rendered)

    def log_if_due(self) -> None:
        """Log what waits, unless that was done within the last half second."""
        if time.monotonic() >= self._due:
            self.close()
            self._due = time.monotonic() + TOGETHER_S

    def close(self) -> None:
        """Log what waits."""
        if self._waiting:
            log_step_events(self._context, [event for _, event in self._waiting])
        for result, _ in self._waiting:
            mark_told(self._storage, result)
        self._waiting = []


_Rendered = tuple[RenderResult, dg.AssetMaterialization]


def _rendered(
    runtime: ExportRuntime, names: Names, key: str, formats: Sequence[str], errors: list[Exception]
) -> Iterator[_Rendered]:
    view = runtime.snapshot(key)
    if view is None:
        runtime.progress.renders_done += len(formats)
        return
    before = runtime.progress.renders_done
    try:
        with contextlib.closing(runtime.render_all(view, formats)) as outcomes:
            for outcome in outcomes:
                runtime.progress.renders_done += 1
                if isinstance(outcome, FailedRender):
                    outcome.error.add_note(f"while rendering {outcome.form} of {key}")
                    errors.append(outcome.error)
                elif outcome.untold is not None:
                    metadata = render_metadata(runtime, view, outcome)
                    asset_key = names.export(outcome.form)
                    yield outcome, dg.AssetMaterialization(asset_key, partition=key, metadata=metadata)
    except Exception as error:  # noqa: BLE001 - raised when all else is rendered
        error.add_note(f"while rendering {key}")
        errors.append(error)
        runtime.progress.renders_done = before + len(formats)


def _log_late(context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names) -> None:
    """Log what a run that was killed has committed and not logged."""
    late = outbox.scopes_behind(runtime.storage)
    results = [committed_result(view.commit) for view in map(runtime.snapshot, late) if view is not None]
    first = names.notion(OUTPUTS[0])
    unknown = [
        result
        for result in results
        if data_version(result.commit) not in logged_versions(context.instance, first, result.scope.key)
    ]
    _log_states(context, runtime, names, unknown)
    publish_scopes(runtime, context.instance, names, late)


def _log_scopes(
    context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names, results: Sequence[ScopeResult]
) -> None:
    """Log what the scopes' assets would log, of those that changed; page events always, if any are left.

    Page events come last: as long as any is left, the next run asks whether the others are there.
    """
    _log_states(context, runtime, names, [result for result in results if result.changed])
    publish_scopes(runtime, context.instance, names, [result.scope.key for result in results])


def _log_states(
    context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names, results: Sequence[ScopeResult]
) -> None:
    """Log the materializations of scopes, all at once, and their check."""
    events: list[dg.AssetMaterialization] = []
    evaluations = []
    for result in results:
        view = runtime.snapshot(result.scope.key)
        metadata = scope_metadata(runtime, result, view)
        tags = {DATA_VERSION_TAG: data_version(result.commit)}
        events += [
            dg.AssetMaterialization(
                names.notion(name), partition=result.scope.key, metadata=metadata[name], tags=tags
            )
            for name in OUTPUTS
        ]
        evaluations.append(completeness_evaluation(names, view))
    if events:
        log_step_events(context, events)
    log_evaluations(context.instance, evaluations)

"""``export_job``: a whole export as one run, which is what a schedule can start.

Here: the job, and each step as a part of its run. Not here: the steps themselves (``assets``, ``jobs``), jobs for a
part of an export (``export_parts``), what the command line shares (``export_steps``, ``export_report``), when it runs
(``schedules``).
"""

from collections.abc import Collection

import dagster as dg
from pydantic import Field

from notion_sync_assets.assets.index import index_metadata
from notion_sync_assets.core.sync.indexing import IndexResult
from notion_sync_assets.core.sync.thoroughness import Thoroughness
from notion_sync_assets.exit_codes import OK
from notion_sync_assets.export_publish import asked_formats, catalog_op, log_asset, publish_and_log
from notion_sync_assets.export_report import ExportOutcome, ExportReport
from notion_sync_assets.export_steps import (
    chosen_scopes,
    only_export,
    prepare_root,
    private_files,
    sync_to_fixpoint,
)
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.jobs import sync_and_log
from notion_sync_assets.names import Names
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

_ATTEMPTS = 3


class ExportConfig(dg.Config):
    """How thoroughly an export looks for changes."""

    both_ways: bool = Field(
        default=False,
        description="Search oldest first as well, so that nothing edited meanwhile slips through.",
    )
    delta: bool = Field(default=False, description="Look only at what was edited since the last export.")
    verify: bool = Field(
        default=False, description="Read a large share of the pages again (sync.verify_share)."
    )
    full: bool = Field(default=False, description="Read every page again instead of only those that changed.")
    formats: list[str] = Field(
        default=[], description="Names of the formats to write; none for those of output.formats."
    )
    pages: list[str] = Field(
        default=[], description="Ids of pages that a delta looks at even if search does not show them yet."
    )


def export_job(names: Names) -> dg.JobDefinition:
    """Return the job; a run that leaves something reachable out publishes what it has and then fails.

    Its steps hold the pool of what they work on: an export waits for a sync that somebody started from the UI.
    """

    @dg.op(
        name=names.job("export_scopes"),
        description="Index, sync until nothing new is found, links, formats, site, receipt.",
        required_resource_keys={names.resource("export")},
        pool=names.notion_pool,
        out=dg.Out(str, description="What is missing, empty when nothing is."),
    )
    def export_scopes(context: dg.OpExecutionContext, config: ExportConfig) -> str:
        runtime = runtime_of(context.resources, names)
        with told_to_dagster(attempt=context.retry_number, attempts=_ATTEMPTS), private_files():
            steps = _InOneRun(context, runtime, names, config)
            return _shortfall(steps.export(both_ways=config.both_ways, pages=config.pages))

    build_catalog = catalog_op(names, "build_catalog")

    @dg.job(
        name=names.job("export_job"),
        description="Bring the whole export up to date: everything the connection can see, in every format.",
        executor_def=dg.in_process_executor,
        tags=names.tags,
    )
    def export() -> None:
        build_catalog(export_scopes())

    return export


class _InOneRun:
    """The steps of an export as parts of one run, each logged as the asset it brings up to date."""

    def __init__(
        self, context: dg.OpExecutionContext, runtime: ExportRuntime, names: Names, config: ExportConfig
    ) -> None:
        self._mode = Thoroughness(full=config.full, delta=config.delta, verify=config.verify)
        self._formats = asked_formats(runtime.settings, config.formats)
        self._context = context
        self._runtime = runtime
        self._names = names
        self._report = ExportReport(runtime)
        self._report.runs.add(context.run_id)

    def export(self, *, both_ways: bool, pages: Collection[str]) -> ExportOutcome:
        prepare_root(self._runtime.settings)
        with only_export(self._runtime, self._report.run_id):
            with self._report.kept():
                found = self._runtime.search(both_ways=both_ways, delta=self._mode.delta, pages=pages)
                self._index(found)
                self._discover()
                self._render()
            return self._report.write("complete")

    def _discover(self) -> None:
        # What settings leave out is told in the receipt of an export that fails here, too.
        self._report.left_out = chosen_scopes(self._runtime)[1]
        self._report.unfinished = not sync_to_fixpoint(
            self._runtime, self._sync, lambda: self._index(self._runtime.extend())
        )

    def _index(self, result: IndexResult) -> list[str]:
        add_keys(self._context.instance, self._names.scopes, [scope.key for scope in result.scopes])
        log_asset(self._context, self._names.notion("workspace_index"), index_metadata(self._runtime, result))
        return result.due

    def _sync(self, keys: list[str]) -> None:
        sync_and_log(self._context, self._runtime, self._names, keys, self._mode)
        self._report.synced(keys)

    def _render(self) -> None:
        kept, self._report.left_out = chosen_scopes(self._runtime)
        keys = [scope.key for scope in kept]
        publish_and_log(self._context, self._runtime, self._names, keys, self._formats)


def _shortfall(outcome: ExportOutcome) -> str:
    if outcome.facts.exit_code == OK:
        return ""
    failed = outcome.totals.of("failed")
    lines = [
        f"The export is incomplete: {failed} objects failed; {outcome.receipt} in the export names them."
    ]
    lines += [f"{key}: {error} {hint}" for key, (error, hint) in sorted(outcome.facts.errors.items())]
    return "\n".join(lines[:20])

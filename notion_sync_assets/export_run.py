"""One export from the command line: index, sync to the fixpoint, links, formats, receipt, catalog, each as a run.

Here: the order of the Dagster runs. Not here: any step (``assets``, ``jobs``), what the job shares (``export_steps``,
``export_report``), printing (``cli_*``).
"""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

import dagster as dg

from notion_sync_assets.allocation import give_back
from notion_sync_assets.build import build_definitions
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.core.sync.thoroughness import RECONCILE, Thoroughness
from notion_sync_assets.event_files import RunFiles
from notion_sync_assets.export_report import ExportOutcome, ExportReport
from notion_sync_assets.export_steps import (
    chosen_scopes,
    only_export,
    prepare_root,
    private_files,
    sync_to_fixpoint,
)
from notion_sync_assets.failures import cause_of
from notion_sync_assets.instance import end_abandoned_runs, export_tags, open_instance
from notion_sync_assets.resources.export_runtime import ExportRuntime

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class ExportRun:
    """An export in progress. ``phase`` is told the name of each step as it begins."""

    def __init__(
        self,
        runtime: ExportRuntime,
        *,
        mode: Thoroughness = RECONCILE,
        strict: bool,
        phase: Callable[[str], None],
    ) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._mode = mode
        self._phase = phase
        self._report = ExportReport(runtime, strict=strict)

    def run(self) -> ExportOutcome:
        """Do everything. Raises what stops an export before or while it runs; commits made so far stay."""
        with private_files():
            prepare_root(self._settings)
            self._runtime.connect()
            with only_export(self._runtime, self._report.run_id), open_instance(self._settings) as instance:
                end_abandoned_runs(instance, self._settings)
                return self._export(instance)

    def _export(self, instance: dg.DagsterInstance) -> ExportOutcome:
        runs = _Runs(self._runtime, instance, self._report.runs)
        with self._report.kept():
            self._steps(runs)
        outcome = self._report.write("complete")
        self._phase("catalog")
        runs.launch("publish_catalog", {})
        return outcome

    def _steps(self, runs: "_Runs") -> None:
        self._phase("index")
        self._index(runs, search=True)
        self._phase("sync")
        self._discover(runs)
        self._phase("links")
        runs.launch("refresh_links", {})
        self._phase("render")
        kept, self._report.left_out = chosen_scopes(self._runtime)
        formats = [form.value for form in self._settings.output.formats]
        config = self._ops("render_scopes", scopes=[scope.key for scope in kept], formats=formats)
        runs.launch("render_batch", config)
        if HTML in formats:
            runs.launch("publish_site", {})

    def _discover(self, runs: "_Runs") -> None:
        def sync(keys: list[str]) -> None:
            config = self._ops("sync_scopes", scopes=keys, **dataclasses.asdict(self._mode))
            runs.launch("sync_batch", config)
            self._report.synced(keys)

        def extend() -> list[str]:
            return self._index(runs, search=False)

        # What settings leave out is told in the receipt of an export that fails here, too.
        self._report.left_out = chosen_scopes(self._runtime)[1]
        self._report.unfinished = not sync_to_fixpoint(self._runtime, sync, extend)

    def _index(self, runs: "_Runs", *, search: bool) -> list[str]:
        config = {
            "ops": {
                self._runtime.names.op("workspace_index"): {
                    "config": {
                        "search": search,
                        "both_ways": self._mode.full and search,
                        "delta": self._mode.delta and search,
                    }
                }
            }
        }
        runs.launch("refresh_index", config)
        result = self._runtime.index_result
        assert result is not None
        return result.due

    def _ops(self, name: str, **config: Any) -> dict[str, Any]:
        return {"ops": {self._runtime.names.job(name): {"config": config}}}


class _Runs:
    """The Dagster runs an export consists of, one after another; the id of each is added to ``ids`` as it begins."""

    def __init__(self, runtime: ExportRuntime, instance: dg.DagsterInstance, ids: set[str]) -> None:
        self._definitions = build_definitions(runtime.settings, runtime=runtime)
        self._names = runtime.names
        self._tags = export_tags(runtime.settings)
        self._instance = instance
        self._files = RunFiles(instance)
        self._ids = ids

    def launch(self, job: str, config: dict[str, Any]) -> None:
        """Run a job to its end. Raises what ended it."""
        definition = self._definitions.resolve_job_def(self._names.job(job))
        run_id = str(uuid.uuid4())
        self._ids.add(run_id)
        try:
            with self._files.of(run_id):
                definition.execute_in_process(
                    instance=self._instance, run_config={**_QUIET, **config}, run_id=run_id, tags=self._tags
                )
        except dg.Failure as failure:
            # The command line tells the error itself, with its own exit code.
            raise cause_of(failure) or failure from None
        except dg.DagsterExecutionInterruptedError:
            # Dagster's own name for an interruption is no KeyboardInterrupt, and any step may meet one.
            raise KeyboardInterrupt from None
        finally:
            give_back()

"""One export from the command line: index, sync to the fixpoint, links, formats, receipt, catalog, each as a run.

Here: the order of the Dagster runs and what each outcome means for the exit code. Not here: any step (``assets``,
``jobs``), printing (``cli_*``).
"""

import contextlib
import dataclasses
import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from notion_sync_assets.build import build_definitions
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import ConfigurationError, NotionSyncError
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.identity import check_folder, workspace_of
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.receipt import Accounts, RunFacts, Totals, write_receipt
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.selection import selected
from notion_sync_assets.exit_codes import INCOMPLETE, INTERRUPTED, OK
from notion_sync_assets.failures import cause_of
from notion_sync_assets.instance import end_abandoned_runs, export_tags, open_instance
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings_model import Settings

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclasses.dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What an export came to; ``receipt`` is the path below the export root."""

    facts: RunFacts
    totals: Totals
    workspace: Json
    receipt: str


class ExportRun:
    """An export in progress. ``phase`` is told the name of each step as it begins."""

    def __init__(
        self, runtime: ExportRuntime, *, full: bool, strict: bool, phase: Callable[[str], None]
    ) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._full = full
        self._strict = strict
        self._phase = phase
        self._run_id = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        self._started = dt.datetime.now(dt.UTC)
        self._runs: set[str] = set()
        self._errors: dict[str, NotionSyncError] = {}
        self._unfinished = False
        self._left_out: frozenset[str] = frozenset()

    def run(self) -> ExportOutcome:
        """Do everything. Raises what stops an export before or while it runs; commits made so far stay."""
        with private_files():
            self._prepare()
            self._runtime.leases.take(self._runtime.storage, layout.EXPORT_LEASE, self._run_id)
            try:
                self._runtime.storage.clear_scratch()
                with open_instance(self._settings) as instance:
                    end_abandoned_runs(instance, self._settings)
                    return self._export(instance)
            finally:
                self._runtime.leases.give_back(layout.EXPORT_LEASE)

    def _prepare(self) -> None:
        runtime = self._runtime
        prepare_root(self._settings)
        runtime.connect()

    def _export(self, instance: dg.DagsterInstance) -> ExportOutcome:
        defs = build_definitions(self._settings, runtime=self._runtime)
        status = "failed"
        try:
            self._steps(defs, instance)
            status = "complete"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            if status != "complete":
                self._write_receipt(status)
        outcome = self._write_receipt("complete")
        self._phase("catalog")
        self._launch(defs, instance, "publish_catalog", {})
        return outcome

    def _steps(self, defs: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self._phase("index")
        self._index(defs, instance, search=True)
        due = self._selected(self._runtime.index_state().scopes)
        self._phase("sync")
        self._discover(defs, instance, due)
        self._phase("links")
        self._launch(defs, instance, "refresh_links", {})
        self._phase("render")
        scopes = [scope.key for scope in self._selected(self._runtime.index_state().scopes)]
        formats = [form.value for form in self._settings.output.formats]
        config = self._ops("render_scopes", scopes=scopes, formats=formats)
        self._launch(defs, instance, "render_batch", config)
        if HTML in formats:
            self._launch(defs, instance, "publish_site", {})

    def _discover(self, defs: dg.Definitions, instance: dg.DagsterInstance, due: list[Scope]) -> None:
        """Sync, look at what that discovered, and again until nothing new is found."""
        for _ in range(self._settings.sync.max_discovery_rounds):
            if not due:
                return
            keys = [scope.key for scope in due]
            self._launch(defs, instance, "sync_batch", self._ops("sync_scopes", scopes=keys, full=self._full))
            self._errors = {key: error for key, error in self._errors.items() if key not in keys}
            self._errors.update(self._runtime.batch.errors)
            if not self._undiscovered():
                return
            found = self._index(defs, instance, search=False)
            due = [
                scope for scope in self._selected(self._runtime.index_state().scopes) if scope.key in found
            ]
        self._unfinished = bool(due)

    def _undiscovered(self) -> bool:
        """Tell whether some commit was not looked at for references yet, or a page has no scope."""
        state = self._runtime.index_state()
        commits = self._runtime.commits
        behind = any(commits.head_seq(key) > state.resolved.get(key, 0) for key in commits.committed_scopes())
        return behind or state.counts.get("waiting", 0) > 0

    def _index(self, defs: dg.Definitions, instance: dg.DagsterInstance, *, search: bool) -> list[str]:
        config = {
            "ops": {
                self._runtime.names.op("workspace_index"): {
                    "config": {"search": search, "both_ways": self._full and search}
                }
            }
        }
        self._launch(defs, instance, "refresh_index", config)
        result = self._runtime.index_result
        assert result is not None
        return result.due

    def _ops(self, name: str, **config: Any) -> dict[str, Any]:
        return {"ops": {self._runtime.names.job(name): {"config": config}}}

    def _launch(
        self, defs: dg.Definitions, instance: dg.DagsterInstance, job: str, config: dict[str, Any]
    ) -> None:
        definition = defs.resolve_job_def(self._runtime.names.job(job))
        run_id = str(uuid.uuid4())
        self._runs.add(run_id)
        try:
            definition.execute_in_process(
                instance=instance,
                run_config={**_QUIET, **config},
                run_id=run_id,
                tags=export_tags(self._settings),
            )
        except dg.Failure as failure:
            # The command line tells the error itself, with its own exit code.
            raise cause_of(failure) or failure from None
        except dg.DagsterExecutionInterruptedError:
            # Dagster's own name for an interruption is no KeyboardInterrupt, and any step may meet one.
            raise KeyboardInterrupt from None

    def _selected(self, scopes: Sequence[Scope]) -> list[Scope]:
        output = self._settings.output
        index = Index.load(self._runtime.storage)
        try:
            wanted = {*output.databases, *output.pages}
            chosen = selected(index, scopes, wanted=wanted, exclude=output.exclude)
        finally:
            index.close()
        self._left_out = frozenset(scope.key for scope in scopes) - {scope.key for scope in chosen}
        return chosen

    def _write_receipt(self, status: str) -> ExportOutcome:
        runtime = self._runtime
        facts = self._facts(status, OK)
        accounts = Accounts(runtime.storage, runtime.index_state(), facts)
        totals = accounts.totals()
        if status == "complete":
            code = self._exit_code(totals)
            facts = self._facts("complete" if code == OK else "incomplete", code)
        else:
            facts = self._facts(status, INTERRUPTED if status == "interrupted" else INCOMPLETE)
        accounts = Accounts(runtime.storage, runtime.index_state(), facts)
        workspace = workspace_of(runtime.index_state().me)
        path = write_receipt(runtime.storage, accounts, facts, totals, workspace)
        return ExportOutcome(facts, totals, workspace, path)

    def _exit_code(self, totals: Totals) -> int:
        unpublished = any(
            any(outbox.unpublished(self._runtime.storage, key))
            for key in self._runtime.commits.committed_scopes()
        )
        if self._errors or self._unfinished or unpublished or totals.of("failed"):
            return INCOMPLETE
        withheld = totals.of("not_shared") + totals.of("trashed") + sum(totals.omitted.values())
        return INCOMPLETE if self._strict and withheld else OK

    def _facts(self, status: str, code: int) -> RunFacts:
        return RunFacts(
            run_id=self._run_id,
            runs=frozenset(self._runs),
            started_at=self._started.isoformat(),
            finished_at=dt.datetime.now(dt.UTC).isoformat(),
            status=status,
            exit_code=code,
            requests=self._runtime.requests(),
            errors={key: (str(error), error.hint) for key, error in self._errors.items()},
            excluded=frozenset(self._settings.output.exclude),
            left_out=self._left_out,
        )


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Files that libraries make on their own, as Dagster's event log, are as private as ours (design §2, promise 8)."""
    previous = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(previous)


def prepare_root(settings: Settings) -> None:
    """Make the export root (0700), or refuse a folder that holds something else."""
    runtime = ExportRuntime(settings)
    root = runtime.storage.root
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_folder(runtime.storage, sorted(entry.name for entry in root.iterdir()))
        root.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(
            f"cannot use the output folder {root}: {error.strerror}",
            hint="choose a folder you may write to with --output",
        ) from error

"""The report of one export: what is noted while it runs, and the receipt it ends with.

Here: the facts of a run, the exit code they add up to, writing the receipt. Not here: what is in a receipt
(``core.sync.receipt``), the steps of an export (``export_steps``).
"""

import contextlib
import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterator

import dagster as dg

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.history.purged import read_purged
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.identity import workspace_of
from notion_sync_assets.core.sync.receipt import Accounts, RunFacts, Totals, write_receipt
from notion_sync_assets.core.sync.receipt_file import shorten_receipts
from notion_sync_assets.exit_codes import INCOMPLETE, INTERRUPTED, OK
from notion_sync_assets.resources.export_runtime import ExportRuntime

_GAP_HINT = (
    "What is in shared pages and databases was found through them; a top page in the gap is found when it is edited,"
    " or mentioned in an exported page."
)


@dataclasses.dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What an export came to; ``receipt`` is the path below the export root."""

    facts: RunFacts
    totals: Totals
    workspace: Json
    receipt: str


class ExportReport:
    """Notes of an export in progress. ``runs``: Dagster runs it consists of; ``unfinished``: discovery did not end."""

    def __init__(self, runtime: ExportRuntime, *, strict: bool = False) -> None:
        self._runtime = runtime
        self._strict = strict
        self._started = dt.datetime.now(dt.UTC)
        self.run_id = f"{self._started:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        self.runs: set[str] = set()
        self.errors: dict[str, NotionSyncError] = {}
        self.unfinished = False
        self.left_out: frozenset[str] = frozenset()

    def synced(self, keys: Collection[str]) -> None:
        """Note the outcome of a batch: its errors replace what these scopes failed with before."""
        self.errors = {key: error for key, error in self.errors.items() if key not in keys}
        self.errors.update(self._runtime.batch.errors)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Write a receipt of the export that ends within, too; one that gets through is for the caller to write."""
        status = "failed"
        try:
            yield
            status = "complete"
        except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
            status = "interrupted"
            raise
        finally:
            if status != "complete":
                self.write(status)

    def write(self, status: str) -> ExportOutcome:
        """Write the receipt. ``status``: complete (incomplete, if the facts say so), interrupted or failed."""
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
        shorten_receipts(runtime.storage)
        ended = dt.datetime.fromisoformat(facts.finished_at).timestamp()
        runtime.activity.count_export(facts.status, self._started.timestamp(), ended)
        runtime.report_activity()
        return ExportOutcome(facts, totals, workspace, path)

    def _exit_code(self, totals: Totals) -> int:
        unpublished = any(
            any(outbox.unpublished(self._runtime.storage, key))
            for key in self._runtime.commits.committed_scopes()
        )
        if self.errors or self._gap() or self.unfinished or unpublished or totals.of("failed"):
            return INCOMPLETE
        withheld = totals.of("not_shared") + totals.of("trashed") + sum(totals.omitted.values())
        return INCOMPLETE if self._strict and withheld else OK

    def _gap(self) -> dict[str, tuple[str, str]]:
        """Return what no search could reach, as an error of its own."""
        gap = self._runtime.index_state().gap
        return {"search": (f"Notion's search ended before {gap}", _GAP_HINT)} if gap else {}

    def _facts(self, status: str, code: int) -> RunFacts:
        return RunFacts(
            run_id=self.run_id,
            runs=frozenset(self.runs),
            started_at=self._started.isoformat(),
            finished_at=dt.datetime.now(dt.UTC).isoformat(),
            status=status,
            exit_code=code,
            requests=self._runtime.requests(),
            errors={**self._gap(), **{key: (str(error), error.hint) for key, error in self.errors.items()}},
            selection=self._runtime.settings.selection(),
            excluded=frozenset(self._runtime.settings.output.exclude)
            | read_purged(self._runtime.storage).pages,
            left_out=self.left_out,
        )

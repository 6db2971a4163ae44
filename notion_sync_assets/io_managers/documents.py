"""The IO manager of the scope assets: the value is a handle, the load is a lazy reader pinned to a sequence.

Here: that hand-over. The crawl itself does not pass through an IO manager, since it must be durable page by page
(docs/adr/0001).
"""

from dataclasses import dataclass

import dagster as dg

from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.resources.export_runtime import ExportRuntime


@dataclass(frozen=True, slots=True)
class ScopeHandle:
    """A scope at a committed sequence number; 0 when nothing was ever committed."""

    scope: str
    seq: int


class DocumentsIOManager(dg.IOManager):
    """Hands a committed scope to the assets that render it."""

    def __init__(self, runtime: ExportRuntime) -> None:
        self._runtime = runtime

    def handle_output(self, context: dg.OutputContext, obj: ScopeHandle) -> None:  # noqa: ARG002 - Dagster's signature
        """Check that what the handle names is committed: the commit is where the value lives."""
        if obj.seq and self._runtime.commits.head_seq(obj.scope) < obj.seq:
            raise ValueError(f"scope {obj.scope} has no commit {obj.seq}")

    def load_input(self, context: dg.InputContext) -> Snapshot | None:
        """Return the partition's newest committed state, None when there is none."""
        return self._runtime.snapshot(context.partition_key)

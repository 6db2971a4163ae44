"""Verification and repair of an export: the checks of the core, and the runs that read again what is damaged.

Here: joining both. Not here: a check (``core.integrity``), the command (``cli_verify``). A repair asks Notion only for
pages whose documents or files are damaged; what is older than the newest state, nobody but a backup still has.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from notion_sync_assets.committed_work import derive_all, publish_all
from notion_sync_assets.core.integrity.findings import Finding
from notion_sync_assets.core.integrity.verify import (
    pages_to_read,
    remove_damaged,
    rewrite_tables,
    verify,
)
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.identity import workspace_of
from notion_sync_assets.resources.export_runtime import ExportRuntime

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification came to. ``compared``: pages read live; ``repaired``: findings that are no more."""

    findings: list[Finding]
    compared: int = 0
    repaired: int = 0

    @property
    def problems(self) -> list[Finding]:
        """The findings that are not harmless."""
        return [each for each in self.findings if not each.harmless]


def verified(runtime: ExportRuntime, *, repair: bool = False, live: int = 0) -> Verified:
    """Check everything; ``repair`` what can be; compare ``live`` pages with Notion. Nobody else may write meanwhile."""
    found, repaired = _checked(runtime), 0
    if repair:
        found, repaired = _repaired(runtime, found)
    compared = 0
    if live:
        day = dt.datetime.now(dt.UTC).date().isoformat()
        compared, differing = runtime.compare_live(live, day)
        found += differing
    return Verified(found, compared, repaired)


def _repaired(runtime: ExportRuntime, found: list[Finding]) -> tuple[list[Finding], int]:
    """Repair in rounds, as long as each gets something done: a damaged document hides what was rendered of it."""
    repaired = 0
    for _ in range(_ROUNDS):
        problems = {(each.kind, each.path): each for each in found if not each.harmless}
        if not problems:
            break
        _repair(runtime, list(problems.values()))
        found = _checked(runtime)
        left = {(each.kind, each.path) for each in found if not each.harmless}
        repaired += len(problems.keys() - left)
        if left >= problems.keys():
            break
    return found, repaired


def _checked(runtime: ExportRuntime) -> list[Finding]:
    try:
        title = str(workspace_of(runtime.index_state().me)["workspace_name"] or "Notion")
    except (OSError, ValueError):
        # A damaged index is a finding of its own.
        title = "Notion"
    return list(verify(runtime.storage, runtime.render_options(), title))


def _repair(runtime: ExportRuntime, problems: list[Finding]) -> None:
    storage = runtime.storage
    pages = pages_to_read(storage, problems)
    remove_damaged(storage, problems)
    if pages or not storage.exists(layout.CURRENT_INDEX):
        runtime.search()
    if pages:
        runtime.read_again(pages, f"repair {uuid.uuid4().hex[:8]}")
    try:
        rewrite_tables(storage)
        publish_all(runtime)
        derive_all(runtime)
        runtime.build_catalog(
            anew=any(each.path.startswith(("notion.duckdb", "catalog/")) for each in problems)
        )
    except (StorageError, OSError, ValueError):
        # What could not be repaired is in the findings of the check that follows.
        return

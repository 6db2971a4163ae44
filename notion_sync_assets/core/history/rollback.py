"""Rollback: a scope takes up an earlier state again, as a new commit; nothing is rewritten.

Here: which rows the new manifest has. Not here: the commit itself (``core.sync.committing``), keeping others out
(``exclusive``). The next export compares with Notion as always and brings the scope to what Notion then shows: a delta
lists it whole, since the watermark goes.
"""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from itertools import chain

from notion_sync_assets.core.notion.errors import CommitConflictError, ConfigurationError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.clock import Clock, utc_now
from notion_sync_assets.core.sync.commits import Commit, Commits, Snapshot
from notion_sync_assets.core.sync.committing import Proposal, commit_scope
from notion_sync_assets.core.sync.homes import PageHomes
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.plan import ROLLED_BACK, same
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.worktable import WorkTable

_KEEP_HINT = "set output.versions to all (or a number) before, so that gc keeps earlier states"


@dataclasses.dataclass(frozen=True, slots=True)
class _Committer:
    storage: Storage
    documents: DocumentStore
    commits: Commits
    run_id: str
    clock: Clock
    homes: PageHomes = dataclasses.field(default_factory=PageHomes)
    checkpoint: Callable[[str], None] = lambda _step: None


def rollback(
    storage: Storage, key: str, to: int, *, run_id: str, expected: int | None = None, clock: Clock = utc_now
) -> Commit:
    """Commit the state that scope ``key`` had at number ``to``; return the new commit.

    ``expected``: the number the scope is thought to be at; ``CommitConflictError`` when it is at another.
    ``ConfigurationError`` when there is no such state, or its content is no longer kept.
    """
    made = _Committer(storage, DocumentStore(storage), Commits(storage), run_id, clock)
    head = made.commits.head(key)
    if head is None or not 0 < to < head.seq:
        last = head.seq - 1 if head else 0
        raise ConfigurationError(f"{key} has no earlier state {to}", hint=f"earlier states are 1 to {last}")
    if expected is not None and head.seq != expected:
        raise CommitConflictError(expected + 1, head.seq, head.run_id, run=run_id)
    target = made.commits.read(key, to)
    _check_kept(made, target)
    table = WorkTable()
    try:
        counts = _plan(made, table, head, target)
        commit = commit_scope(made, table, _proposal(made, table, head, target, counts))
    finally:
        table.close()
        made.homes.close()
    storage.delete(layout.watermark(key))
    return commit


def _check_kept(made: _Committer, target: Commit) -> None:
    what = f"state {target.seq} of {target.scope}"
    if not made.storage.exists(target.manifest):
        raise ConfigurationError(f"{what} is no longer kept", hint=_KEEP_HINT)
    wanted = chain((row.document for row in _rows(made, target)), (target.head,))
    lost = sum(not made.documents.holds(each) for each in wanted if each)
    if lost:
        raise ConfigurationError(
            f"{lost} documents of {what} are no longer kept, or damaged", hint=_KEEP_HINT
        )


def _plan(made: _Committer, table: WorkTable, head: Commit, target: Commit) -> dict[str, int]:
    """Fill the rows of the new manifest: those of the target, and tombstones for what it did not have."""
    table.load_base(_rows(made, head))
    counts = dict.fromkeys(("changed", "unchanged", "gone"), 0)
    for row in _rows(made, target):
        base = table.base_row(row.page_id)
        moved = base is not None and (base.reason or "").startswith("moved_to")
        _finish(table, base if moved and base is not None else row, base, head.seq + 1, counts)
    for page_id in table.base_ids():
        base = table.base_row(page_id)
        if base is not None and table.done_row(page_id) is None:
            gone = dataclasses.replace(base, state="gone", reason=ROLLED_BACK, read_at=None)
            _finish(table, gone, base, head.seq + 1, counts)
    table.carry_over()
    return counts


def _finish(
    table: WorkTable, row: ManifestRow, base: ManifestRow | None, seq: int, counts: dict[str, int]
) -> None:
    changed = not same(row, base)
    kept = base.document_seq if base is not None and base.document == row.document and base.present else seq
    table.finish(dataclasses.replace(row, document_seq=kept), changed=changed)
    counts["gone" if changed and row.state == "gone" else "changed" if changed else "unchanged"] += 1


def _proposal(
    made: _Committer, table: WorkTable, head: Commit, target: Commit, counts: dict[str, int]
) -> Proposal:
    return Proposal(
        scope=Scope(head.scope, head.kind, head.root_id, target.title),
        base=head.seq,
        sync_id=uuid.uuid4().hex[:16],
        head=made.documents.read(target.head) if target.head else None,
        fingerprint=target.fingerprint,
        counts={**counts, **table.totals(), "container_trashed": target.counts.get("container_trashed", 0)},
        rolled_back_to=target.seq,
    )


def _rows(made: _Committer, commit: Commit) -> Iterator[ManifestRow]:
    return Snapshot(made.storage, made.documents, commit).rows()

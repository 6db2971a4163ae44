"""The commit of a scope: manifest, tables and outbox under names of this sync, then one exclusive creation.

Here: step 5 of the protocol (design §7) and the removal of what lost syncs left. Not here: what the rows are.
"""

import dataclasses
import shutil
from collections.abc import Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion.errors import CommitConflictError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.events import PageEvent, write_events
from notion_sync_assets.core.sync.manifest import ManifestRow, write_manifest
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.worktable import WorkTable


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """What a sync wants to commit."""

    scope: Scope
    base: int
    sync_id: str
    head: Json | None
    counts: dict[str, int]


def commit_scope(ctx: SyncContext, table: WorkTable, proposal: Proposal) -> Commit:
    """Write everything and create the commit; ``CommitConflictError`` when another sync was first.

    Runs in a worker thread. Order: documents are durable already, then tables, manifest and outbox, then the
    commit; so a commit never names what is not on the disk.
    """
    commit = _record(ctx, proposal)
    events = _write_outbox(ctx, table, commit)
    commit = dataclasses.replace(commit, outbox=commit.outbox if events else None)
    ctx.checkpoint("outbox")
    _write_tables(ctx, table, proposal, commit)
    ctx.checkpoint("tables")
    _write_manifest(ctx, table, commit)
    ctx.checkpoint("manifest")
    if not ctx.commits.create(commit):
        _discard(ctx, commit)
        found = ctx.commits.head(commit.scope)
        raise CommitConflictError(
            commit.seq, found.seq if found else commit.seq, found.run_id if found else None
        )
    ctx.checkpoint("commit")
    return commit


def collect_lost(ctx: SyncContext, key: str, head: Commit | None) -> None:
    """Remove what syncs that lost (or were killed) wrote for numbers that are committed by now.

    Files of a number beyond the head stay: their sync may still be about to commit them.
    """
    if head is None:
        return
    for folder, kept in (
        (layout.scope(key), {head.manifest.rsplit("/", 1)[-1]}),
        (f"{layout.scope(key)}/tables", {head.tables.rsplit("/", 1)[-1]}),
        (f"{layout.EVENTS}/{key}", {(head.outbox or "").rsplit("/", 1)[-1]}),
    ):
        for name in ctx.storage.names(folder):
            number = name.removeprefix("manifest-")[:6]
            if name not in kept and number.isdigit() and int(number) == head.seq:
                ctx.storage.delete_tree(f"{folder}/{name}")


def _record(ctx: SyncContext, proposal: Proposal) -> Commit:
    scope, seq, sync_id = proposal.scope, proposal.base + 1, proposal.sync_id
    head = ctx.documents.put(proposal.head, durable=True)[0] if proposal.head is not None else None
    return Commit(
        scope=scope.key,
        kind=scope.kind,
        root_id=scope.root_id,
        title=scope.title,
        seq=seq,
        base=proposal.base,
        sync_id=sync_id,
        run_id=ctx.run_id,
        committed_at=ctx.clock().isoformat(),
        manifest=layout.manifest(scope.key, seq, sync_id),
        tables=layout.tables(scope.key, seq, sync_id),
        outbox=layout.outbox(scope.key, seq, sync_id),
        head=head,
        fingerprint=ctx.options.fingerprint,
        counts=proposal.counts,
    )


def _write_outbox(ctx: SyncContext, table: WorkTable, commit: Commit) -> int:
    assert commit.outbox is not None
    target = ctx.storage.scratch() / f"outbox-{commit.sync_id}.parquet"
    count = write_events(_events(ctx, table, commit), target)
    if count:
        ctx.storage.put_file(target, commit.outbox)
    else:
        target.unlink()
    return count


def _events(ctx: SyncContext, table: WorkTable, commit: Commit) -> Iterator[PageEvent]:
    for row in table.done_rows(changed_only=True):
        base = table.base_row(row.page_id)
        arrived = base is None and ctx.homes.elsewhere(ctx.storage, commit.scope, row.page_id)
        change = plan.event_of(row, base, arrived=arrived)
        if change is not None:
            yield plan.page_event(row, base, change, (commit.scope, commit.seq), commit.committed_at)


def _write_tables(ctx: SyncContext, table: WorkTable, proposal: Proposal, commit: Commit) -> None:
    folder = ctx.storage.scratch() / f"tables-{commit.sync_id}"
    write_commit_tables(_changed_documents(ctx, table, commit.seq), proposal.head, folder)
    paths = []
    for source in sorted(folder.iterdir()):
        paths.append(f"{commit.tables}/{source.name}")
        ctx.storage.put_file(source, paths[-1], durable=False)
    ctx.storage.make_durable(paths)
    shutil.rmtree(folder)


def _changed_documents(
    ctx: SyncContext, table: WorkTable, seq: int
) -> Iterator[tuple[ManifestRow, Document]]:
    for row in table.done_rows(changed_only=True):
        if row.present and row.document is not None and row.document_seq == seq:
            yield row, ctx.documents.document(row.document)


def _write_manifest(ctx: SyncContext, table: WorkTable, commit: Commit) -> None:
    target = ctx.storage.scratch() / f"manifest-{commit.sync_id}.parquet"
    write_manifest(table.done_rows(), target)
    ctx.storage.put_file(target, commit.manifest)


def _discard(ctx: SyncContext, commit: Commit) -> None:
    ctx.storage.delete(commit.manifest)
    ctx.storage.delete_tree(commit.tables)
    if commit.outbox is not None:
        ctx.storage.delete(commit.outbox)

"""The commit of a scope: manifest, tables and outbox under names of this sync, then one exclusive creation.

Here: step 5 of the protocol (design §7) and the removal of what lost syncs left. Not here: what the rows are.
"""

import dataclasses
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion.errors import CommitConflictError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.clock import Clock
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.details import Detail, content_changes, head_changes
from notion_sync_assets.core.sync.events import Event, write_events
from notion_sync_assets.core.sync.homes import PageHomes
from notion_sync_assets.core.sync.manifest import ManifestRow, write_manifest
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.worktable import WorkTable

_CHUNK = 64 * 1024


class Committer(Protocol):
    """What a commit is made with; ``SyncContext`` is one."""

    @property
    def storage(self) -> Storage: ...  # noqa: D102
    @property
    def documents(self) -> DocumentStore: ...  # noqa: D102
    @property
    def commits(self) -> Commits: ...  # noqa: D102
    @property
    def homes(self) -> PageHomes: ...  # noqa: D102
    @property
    def run_id(self) -> str: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def checkpoint(self) -> Callable[[str], None]: ...  # noqa: D102


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """What a sync (or a rollback to commit ``rolled_back_to``) wants to commit."""

    scope: Scope
    base: int
    sync_id: str
    head: Json | None
    fingerprint: str
    counts: dict[str, int]
    rolled_back_to: int | None = None


def commit_scope(ctx: Committer, table: WorkTable, proposal: Proposal) -> Commit:
    """Write everything and create the commit; ``CommitConflictError`` when another sync was first.

    Runs in a worker thread. Order: documents are durable already, then tables, manifest and outbox, then the
    commit; so a commit never names what is not on the disk.
    """
    commit = _record(ctx, proposal)
    hashes: dict[str, str] = {}
    events = _write_outbox(ctx, table, proposal, commit, hashes)
    commit = dataclasses.replace(commit, outbox=commit.outbox if events else None)
    ctx.checkpoint("outbox")
    _write_tables(ctx, table, proposal, commit, hashes)
    ctx.checkpoint("tables")
    _write_manifest(ctx, table, commit, hashes)
    ctx.checkpoint("manifest")
    commit = dataclasses.replace(commit, hashes=hashes)
    if not ctx.commits.create(commit):
        _discard(ctx, commit)
        found = ctx.commits.head(commit.scope)
        raise CommitConflictError(
            commit.seq,
            found.seq if found else commit.seq,
            found.run_id if found else None,
            run=ctx.run_id,
        )
    ctx.checkpoint("commit")
    return commit


def collect_lost(ctx: Committer, key: str, head: Commit | None) -> None:
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


def _record(ctx: Committer, proposal: Proposal) -> Commit:
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
        fingerprint=proposal.fingerprint,
        counts=proposal.counts,
        rolled_back_to=proposal.rolled_back_to,
    )


def _write_outbox(
    ctx: Committer, table: WorkTable, proposal: Proposal, commit: Commit, hashes: dict[str, str]
) -> int:
    assert commit.outbox is not None
    target = ctx.storage.scratch() / f"outbox-{commit.sync_id}.parquet"
    count = write_events(_events(ctx, table, proposal, commit), target)
    if count:
        hashes[commit.outbox] = file_hash(target)
        ctx.storage.put_file(target, commit.outbox)
    else:
        target.unlink()
    return count


def _events(ctx: Committer, table: WorkTable, proposal: Proposal, commit: Commit) -> Iterator[Event]:
    """Yield the events of pages, each followed by those of its files and comments, then those of the head."""
    for row in table.done_rows(changed_only=True):
        base = table.base_row(row.page_id)
        arrived = base is None and ctx.homes.elsewhere(ctx.storage, commit.scope, row.page_id)
        change = plan.event_of(row, base, arrived=arrived)
        if change is not None:
            event = plan.page_event(row, base, change, (commit.scope, commit.seq), commit.committed_at)
            yield event
            if change == "edited":
                yield from (_detail(event, each) for each in _content_changes(ctx, event))
    before = ctx.commits.read(commit.scope, proposal.base).head if proposal.base else None
    if before != commit.head:
        # A head that is damaged or was collected is compared with nothing.
        held = ctx.documents.read(before) if before and ctx.documents.holds(before) else None
        about = Event(
            commit.scope, commit.seq, "data_source", commit.root_id, "edited", "", commit.committed_at
        )
        about = dataclasses.replace(about, document=commit.head, previous_document=before)
        for each in head_changes(commit.root_id, held, proposal.head):
            yield _detail(about, each)


def _content_changes(ctx: Committer, event: Event) -> Iterator[Detail]:
    before, after = event.previous_document, event.document
    # An earlier version may be damaged or collected; the page's own event tells of the change all the same.
    if before and after and ctx.documents.holds(before):
        yield from content_changes(ctx.documents.document(before), ctx.documents.document(after))


def _detail(about: Event, detail: Detail) -> Event:
    return dataclasses.replace(
        about,
        object=detail.object,
        object_id=detail.object_id,
        title=detail.title,
        change=detail.change,
    )


def _write_tables(
    ctx: Committer, table: WorkTable, proposal: Proposal, commit: Commit, hashes: dict[str, str]
) -> None:
    folder = ctx.storage.scratch() / f"tables-{commit.sync_id}"
    write_commit_tables(_changed_documents(ctx, table, commit.seq), proposal.head, folder)
    paths = []
    for source in sorted(folder.iterdir()):
        paths.append(f"{commit.tables}/{source.name}")
        hashes[paths[-1]] = file_hash(source)
        ctx.storage.put_file(source, paths[-1], durable=False)
    ctx.storage.make_durable(paths)
    shutil.rmtree(folder)


def _changed_documents(ctx: Committer, table: WorkTable, seq: int) -> Iterator[tuple[ManifestRow, Document]]:
    for row in table.done_rows(changed_only=True):
        if row.present and row.document is not None and row.document_seq == seq:
            yield row, ctx.documents.document(row.document)


def _write_manifest(ctx: Committer, table: WorkTable, commit: Commit, hashes: dict[str, str]) -> None:
    target = ctx.storage.scratch() / f"manifest-{commit.sync_id}.parquet"
    write_manifest(table.done_rows(), target)
    hashes[commit.manifest] = file_hash(target)
    ctx.storage.put_file(target, commit.manifest)


def _discard(ctx: Committer, commit: Commit) -> None:
    ctx.storage.delete(commit.manifest)
    ctx.storage.delete_tree(commit.tables)
    if commit.outbox is not None:
        ctx.storage.delete(commit.outbox)


def file_hash(path: Path) -> str:
    """Return the SHA-256 (hex) of a local file."""
    result = hashlib.sha256()
    with path.open("rb") as source:
        # Not ``file_digest``: it fills a quarter of a mebibyte with zeros first, and most of these files are small.
        while chunk := source.read(_CHUNK):
            result.update(chunk)
    return result.hexdigest()

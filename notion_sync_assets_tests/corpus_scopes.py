"""Scopes of documents, committed through the real storage classes.

Here: what the sync engine does at a commit, for tests that start from committed state. Not here: documents
(``corpus``). Import :func:`make_scope` from ``corpus``.
"""

import dataclasses
import tempfile
from collections.abc import Iterable
from pathlib import Path

from notion_sync_assets.core.canonical import Json, digest
from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.documents import Document, page_title
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commit, Commits, Snapshot, snapshot
from notion_sync_assets.core.sync.events import Event, write_events
from notion_sync_assets.core.sync.manifest import ManifestRow, write_manifest
from notion_sync_assets.core.sync.scopes import ScopeKind, make_key
from notion_sync_assets_tests.corpus_objects import identifier

COMMITTED = "2026-06-01T00:00:00Z"


def make_scope(
    storage: Storage,
    documents: Iterable[Document],
    *,
    kind: ScopeKind = "page_tree",
    title: str = "Scope",
    head: Json | None = None,
    failed: Iterable[str] = (),
) -> Snapshot:
    """Commit ``documents`` as the whole next state of the scope ``title`` and return it.

    Pages equal to the state before keep their row, pages that are missing become tombstones, and the commit's
    tables hold what changed: as the engine does it. ``head`` belongs to every commit of a data source. Pages
    named in ``failed`` are marked so.
    """
    documents = sorted(documents, key=lambda item: item.page_id)
    key = make_key(title, identifier(title))
    before = snapshot(storage, key)
    rows_before = {row.page_id: row for row in before.rows()} if before else {}
    seq = before.commit.seq + 1 if before else 1
    store = DocumentStore(storage)
    rows = [_row(store, item, documents, seq, rows_before.get(item.page_id)) for item in documents]
    rows = [
        dataclasses.replace(row, state="failed", reason="odd") if row.page_id in failed else row
        for row in rows
    ]
    here = {row.page_id for row in rows}
    gone = [dataclasses.replace(row, state="gone", reason="trashed") for row in rows_before.values()]
    rows = sorted([*rows, *(row for row in gone if row.page_id not in here)], key=lambda row: row.page_id)
    commit = _commit(key, kind, title, seq, rows, store.put(head)[0] if head else None)
    changed = [row for row in rows if row.state != "gone" and row.document_seq == seq]
    by_id = {item.page_id: item for item in documents}
    with tempfile.TemporaryDirectory(dir=storage.scratch()) as place:
        _write(storage, commit, Path(place), rows, [(row, by_id[row.page_id]) for row in changed], head)
    assert Commits(storage).create(commit)
    return Snapshot(storage, store, commit)


def _row(
    store: DocumentStore, item: Document, documents: list[Document], seq: int, before: ManifestRow | None
) -> ManifestRow:
    sha256, size = store.put(item.to_json())
    if before and before.document == sha256 and before.state == "exported":
        return before
    parent = item.page["parent"]
    parent_id = parent.get(parent["type"]) if parent["type"] != "workspace" else None
    return ManifestRow(
        page_id=item.page_id,
        state="exported",
        title=page_title(item.page),
        parent_type=parent["type"],
        parent_id=parent_id,
        parent_page=parent_id if any(other.page_id == parent_id for other in documents) else None,
        listing_hash=digest(item.page),
        document_seq=seq,
        url=item.page["url"],
        created_time=item.page["created_time"],
        last_edited_time=item.page["last_edited_time"],
        document=sha256,
        document_bytes=size,
        read_at=COMMITTED,
        blocks=sum(1 for _ in item.walk()),
        files=len(item.files),
        omitted=len(item.omitted),
    )


def _commit(
    key: str, kind: ScopeKind, title: str, seq: int, rows: list[ManifestRow], head: str | None
) -> Commit:
    sync_id = digest([key, seq, [row.document for row in rows]])[:12]
    return Commit(
        scope=key,
        kind=kind,
        root_id=identifier(title),
        title=title,
        seq=seq,
        base=seq - 1,
        sync_id=sync_id,
        run_id="run",
        committed_at=COMMITTED,
        manifest=layout.manifest(key, seq, sync_id),
        tables=layout.tables(key, seq, sync_id),
        outbox=layout.outbox(key, seq, sync_id),
        head=head,
        fingerprint="settings",
    )


def _write(
    storage: Storage,
    commit: Commit,
    place: Path,
    rows: list[ManifestRow],
    changed: list[tuple[ManifestRow, Document]],
    head: Json | None,
) -> None:
    write_manifest(rows, place / "manifest")
    storage.put_file(place / "manifest", commit.manifest)
    write_events([_event(commit, row) for row in rows], place / "events")
    assert commit.outbox
    storage.put_file(place / "events", commit.outbox)
    tables = place / "tables"
    write_commit_tables(changed, head, tables)
    for file in sorted(tables.iterdir()):
        storage.put_file(file, f"{commit.tables}/{file.name}")


def _event(commit: Commit, row: ManifestRow) -> Event:
    return Event(
        scope=commit.scope,
        seq=commit.seq,
        object="page",
        object_id=row.page_id,
        page_id=row.page_id,
        change="trashed" if row.state == "gone" else "edited",
        title=row.title,
        committed_at=commit.committed_at,
        url=row.url,
        document=row.document,
    )

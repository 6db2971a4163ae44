"""``verify``: all checks in order, and what of their findings can be repaired without Notion.

Here: the order, and the removal of what will be made again. Not here: the checks, reading pages again (``repairs`` of the
shell). Nothing is changed by a verification.
"""

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

from notion_sync_assets.core.catalog.tables import write_commit_tables
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.integrity import places, rendered
from notion_sync_assets.core.integrity.findings import Finding, taking_notes
from notion_sync_assets.core.integrity.history import ScopeHistory
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.render.render_state import rendered_scopes
from notion_sync_assets.core.render.site.build import RECORD
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commit, Commits, Snapshot
from notion_sync_assets.core.sync.committing import file_hash
from notion_sync_assets.core.sync.manifest import ManifestRow

PageIds = dict[str, frozenset[str]]


def verify(storage: Storage, options: RenderOptions, site_title: str) -> Iterator[Finding]:
    """Yield everything that is wrong, or worth a note, with an export; nobody may write to it meanwhile."""
    with taking_notes() as notes:
        for key in Commits(storage).scopes():
            yield from ScopeHistory(storage, notes, key).findings()
        yield from places.findings(storage, notes)
        yield from rendered.findings(storage, notes, options, site_title)


def pages_to_read(storage: Storage, findings: list[Finding]) -> PageIds:
    """Return the pages, by scope, whose damaged documents or files Notion may still give: those that are not gone.

    A scope without pages is one whose head is damaged: every sync reads that.
    """
    wanted: dict[str, set[str]] = {}
    for finding in findings:
        if finding.scope and finding.path.startswith((layout.DOCUMENTS, layout.FILES)):
            wanted.setdefault(finding.scope, set()).update([finding.page_id] if finding.page_id else [])
    return {key: _present(storage, key, pages) for key, pages in wanted.items()}


def remove_damaged(storage: Storage, findings: list[Finding]) -> None:
    """Take away what is made again: damaged documents, files, tables, link slices, records of damaged renders."""
    for finding in findings:
        first = finding.path.split("/")[0]
        if finding.harmless or finding.kind == "extra":
            continue
        if finding.path.startswith((layout.DOCUMENTS, layout.FILES, layout.LINKS)):
            storage.delete(finding.path)
        elif "/tables/" in finding.path:
            storage.delete_tree(finding.path.rsplit("/", 1)[0])
        elif finding.path.startswith(layout.INDEX):
            storage.delete_tree(layout.INDEX)
        elif first in storage.names(layout.RENDERS):
            keys = [finding.scope] if finding.scope else rendered_scopes(storage, first)
            for key in keys:
                storage.delete(f"{layout.RENDERS}/{first}/{key}.json")
            storage.delete(RECORD)
            storage.delete_tree(layout.SITE)


def rewrite_tables(storage: Storage) -> None:
    """Make the tables that ``remove_damaged`` took away again, from the documents of their commits.

    They are derived: where only the documents of the newest state are left, the rows of these are what anybody reads.
    """
    commits = Commits(storage)
    for key in commits.committed_scopes():
        head = commits.head(key)
        needed = _needed(storage, head) if head is not None else set()
        for seq in sorted(needed):
            commit = commits.read(key, seq)
            if head is not None and not storage.names(commit.tables):
                _rewrite(storage, commit, head)


def _needed(storage: Storage, head: Commit) -> set[int]:
    if not storage.exists(head.manifest):
        return set()
    rows = Snapshot(storage, DocumentStore(storage), head).rows()
    return {head.seq, *(row.document_seq for row in rows if row.present)}


def _rewrite(storage: Storage, commit: Commit, head: Commit) -> None:
    folder = storage.scratch() / f"tables-{commit.sync_id}"
    for source in (commit, head):
        shutil.rmtree(folder, ignore_errors=True)
        view = Snapshot(storage, DocumentStore(storage), source)
        # Without its documents a table cannot be made again: what lacks stays a finding.
        with contextlib.suppress(StorageError, FileNotFoundError):
            write_commit_tables(_written(view, commit.seq), view.head(), folder)
            _place(storage, commit, folder)
            break
    shutil.rmtree(folder, ignore_errors=True)


def _place(storage: Storage, commit: Commit, folder: Path) -> None:
    hashes = dict(commit.hashes)
    for made in sorted(folder.iterdir()):
        path = f"{commit.tables}/{made.name}"
        hashes[path] = file_hash(made)
        storage.put_file(made, path)
    if hashes != commit.hashes:
        Commits(storage).replace(dataclasses.replace(commit, hashes=hashes))


def _written(view: Snapshot, seq: int) -> Iterator[tuple[ManifestRow, Document]]:
    for row in view.rows():
        if row.present and row.document_seq == seq:
            yield row, view.document(row)


def _present(storage: Storage, key: str, pages: set[str]) -> frozenset[str]:
    commit = Commits(storage).head(key)
    if commit is None or not storage.exists(commit.manifest):
        return frozenset()
    rows = Snapshot(storage, DocumentStore(storage), commit).rows()
    return frozenset(row.page_id for row in rows if row.page_id in pages and row.state != "gone")

"""``verify``: all checks in order, and what of their findings can be repaired without Notion.

Here: the order, and the removal of what will be made again. Not here: the checks, reading pages again (``repairs`` of the
shell). Nothing is changed by a verification.
"""

import contextlib
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
    """Take away what is made again: damaged documents, files, link slices, and the records of damaged renders."""
    for finding in findings:
        first = finding.path.split("/")[0]
        if finding.harmless or finding.kind == "extra":
            continue
        if finding.path.startswith((layout.DOCUMENTS, layout.FILES, layout.LINKS)):
            storage.delete(finding.path)
        elif finding.path.startswith(layout.INDEX):
            storage.delete_tree(layout.INDEX)
        elif first in storage.names(layout.RENDERS):
            keys = [finding.scope] if finding.scope else rendered_scopes(storage, first)
            for key in keys:
                storage.delete(f"{layout.RENDERS}/{first}/{key}.json")
            storage.delete(RECORD)
            storage.delete_tree(layout.SITE)


def rewrite_tables(storage: Storage, findings: list[Finding]) -> None:
    """Write damaged tables of commits again from their documents, where that gives the bytes the commit names."""
    commits = Commits(storage)
    broken = {finding.scope for finding in findings if "/tables/" in finding.path and finding.scope}
    paths = {finding.path for finding in findings}
    for key in sorted(broken):
        for commit in commits.history(key):
            damaged = sorted(path for path in paths if path.startswith(f"{commit.tables}/"))
            if damaged and storage.exists(commit.manifest):
                _rewrite(storage, commit, damaged)


def _rewrite(storage: Storage, commit: Commit, damaged: list[str]) -> None:
    documents = DocumentStore(storage)
    view = Snapshot(storage, documents, commit)
    folder = storage.scratch() / f"tables-{commit.sync_id}"
    # Without its documents a table cannot be made again: the damage stays a finding.
    with contextlib.suppress(StorageError):
        write_commit_tables(_written(view), view.head(), folder)
        for path in damaged:
            made = folder / Path(path).name
            if made.exists() and file_hash(made) == commit.hashes.get(path):
                storage.put_file(made, path)
    shutil.rmtree(folder, ignore_errors=True)


def _written(view: Snapshot) -> Iterator[tuple[ManifestRow, Document]]:
    for row in view.rows():
        if row.present and row.document_seq == view.commit.seq:
            yield row, view.document(row)


def _present(storage: Storage, key: str, pages: set[str]) -> frozenset[str]:
    commit = Commits(storage).head(key)
    if commit is None or not storage.exists(commit.manifest):
        return frozenset()
    rows = Snapshot(storage, DocumentStore(storage), commit).rows()
    return frozenset(row.page_id for row in rows if row.page_id in pages and row.state != "gone")

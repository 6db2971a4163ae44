"""What has to be kept: the files of state that the current state, kept versions and unfinished work refer to.

Here: the rules, and a temporary table of paths and hashes that spills to disk. Not here: removing the rest (``collect``).

Kept is, whatever the setting: all commits and all events, so that the history of what changed when is complete; the
newest manifest of each scope with all documents it names, tombstones included, and the tables its pages are in; tables
of commits whose references the index has not looked at; what resumable journals name. ``versions`` adds content: ``n``
the ``n`` newest manifests of each scope and versions of each page with their documents; ``all`` every one; with the
tables of those commits, from which the catalog knows what values properties had.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Literal

from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.journal import journalled_documents
from notion_sync_assets.core.sync.manifest import read_manifest
from notion_sync_assets.core.sync.outbox import events_of
from notion_sync_assets.core.temporary_rows import temporary_rows

Versions = Literal["latest", "all"] | int
GRACE = dt.timedelta(hours=1)
"""How long a state stays after the next one was committed: a reader may be at it."""


class Kept:
    """The set of what is kept; ask it with :meth:`holds` and :meth:`holds_file`."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.execute("CREATE TABLE paths (path PRIMARY KEY) WITHOUT ROWID")
        rows.execute("CREATE TABLE documents (sha256 PRIMARY KEY) WITHOUT ROWID")
        rows.execute("CREATE TABLE files (path PRIMARY KEY) WITHOUT ROWID")
        rows.execute("CREATE TABLE versions (page, at, scope, seq, sha256)")

    def holds(self, path: str) -> bool:
        """Tell whether a manifest, the folder of tables or an outbox segment is kept."""
        return self._has("SELECT 1 FROM paths WHERE path = ?", path)

    def holds_document(self, sha256: str) -> bool:
        """Tell whether a document is kept."""
        return self._has("SELECT 1 FROM documents WHERE sha256 = ?", sha256)

    def holds_file(self, path: str) -> bool:
        """Tell whether a hosted file is kept."""
        return self._has("SELECT 1 FROM files WHERE path = ?", path)

    def documents(self) -> Iterator[str]:
        """Yield the hashes of the kept documents and heads, sorted."""
        for (sha256,) in self._rows.execute("SELECT sha256 FROM documents ORDER BY 1"):
            yield sha256

    def keep(self, *paths: str | None) -> None:
        """Keep paths; None for what there is not."""
        self._rows.executemany("INSERT OR IGNORE INTO paths VALUES (?)", ((path,) for path in paths if path))

    def keep_document(self, sha256: str | None) -> None:
        """Keep a document."""
        if sha256:
            self._rows.execute("INSERT OR IGNORE INTO documents VALUES (?)", (sha256,))

    def keep_files(self, storage: Storage) -> None:
        """Keep the hosted files that the kept documents name; what is damaged names none."""
        documents = DocumentStore(storage)
        for sha256 in self.documents():
            if documents.holds(sha256):
                found = documents.read(sha256).get("files") or {}
                paths = (layout.hosted_file(each["sha256"], each["extension"]) for each in found.values())
                self._rows.executemany("INSERT OR IGNORE INTO files VALUES (?)", ((path,) for path in paths))

    def note_version(self, page: str, commit: Commit, sha256: str) -> None:
        """Note a version of a page, to be kept if it is among the newest."""
        where = (page, commit.committed_at, commit.scope, commit.seq, sha256)
        self._rows.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", where)

    def keep_newest_versions(self, count: int) -> None:
        """Keep the ``count`` newest noted versions of each page."""
        self._rows.execute(
            "INSERT OR IGNORE INTO documents SELECT sha256 FROM (SELECT sha256, row_number() OVER"
            " (PARTITION BY page ORDER BY at DESC, seq DESC, scope) AS newest FROM versions) WHERE newest <= ?",
            (count,),
        )

    def _has(self, query: str, value: str) -> bool:
        return self._rows.execute(query, (value,)).fetchone() is not None


@contextmanager
def kept(storage: Storage, versions: Versions, now: dt.datetime) -> Iterator[Kept]:
    """Hand out what is kept under a setting of ``output.versions`` at a time; nobody may commit meanwhile."""
    with closing(temporary_rows()) as rows:
        found = Kept(rows)
        commits = Commits(storage)
        resolved = _resolved(storage)
        for key in commits.committed_scopes():
            history = list(commits.history(key))
            _keep_scope(storage, found, history, versions, now)
            found.keep(*(each.tables for each in history if each.seq > resolved.get(key, 0)))
        if versions not in ("latest", "all"):
            found.keep_newest_versions(int(versions))
        for key in commits.scopes():
            for sha256 in journalled_documents(storage, key):
                found.keep_document(sha256)
        found.keep_files(storage)
        yield found


def _keep_scope(
    storage: Storage, found: Kept, history: list[Commit], versions: Versions, now: dt.datetime
) -> None:
    newest = history[-1]
    for commit, following in zip(history, [*history[1:], None], strict=True):
        found.keep(commit.outbox)
        if following is None or _state_kept(commit, following, newest, versions, now):
            _keep_state(storage, found, commit, with_tables=commit is newest)
            if versions != "latest":
                found.keep(commit.tables)
        if versions != "latest":
            for event in events_of(storage, commit):
                if event.object == "page" and event.document:
                    found.note_version(event.object_id, commit, event.document)
                    if versions == "all":
                        found.keep_document(event.document)


def _state_kept(
    commit: Commit, following: Commit, newest: Commit, versions: Versions, now: dt.datetime
) -> bool:
    if versions == "all" or now - dt.datetime.fromisoformat(following.committed_at) < GRACE:
        return True
    return versions != "latest" and newest.seq - commit.seq < int(versions)


def _keep_state(storage: Storage, found: Kept, commit: Commit, *, with_tables: bool) -> None:
    """Keep a manifest with its documents; ``with_tables``: all tables its pages are in."""
    if not storage.exists(commit.manifest):
        return
    found.keep(commit.manifest)
    found.keep_document(commit.head)
    needed = {commit.seq}
    with storage.open(commit.manifest) as source:
        for row in read_manifest(source):
            found.keep_document(row.document)
            if row.present:
                needed.add(row.document_seq)
    if with_tables:
        commits = Commits(storage)
        found.keep(*(commits.read(commit.scope, seq).tables for seq in sorted(needed)))


def _resolved(storage: Storage) -> dict[str, int]:
    index = Index.load(storage)
    index.close()
    return index.state.resolved

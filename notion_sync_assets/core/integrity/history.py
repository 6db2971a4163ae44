"""The committed history of a scope: commits, what they wrote, their events, the documents they name.

Here: the checks of one scope. Not here: what lies around that no commit names (``places``), rendered files
(``rendered``). A commit has the hashes of what it wrote, and one of itself. Manifests and tables of earlier commits may
have been collected (``history.retention``); commits and events never are.
"""

import hashlib
from collections.abc import Iterator

import orjson
import pyarrow as pa

from notion_sync_assets.core.canonical import digest
from notion_sync_assets.core.integrity.findings import Finding, Notes
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.events import GONE, Event
from notion_sync_assets.core.sync.manifest import ManifestRow, read_manifest
from notion_sync_assets.core.sync.outbox import events_of

_CHUNK = 1024 * 1024
_TOTALS = ("pages", "blocks", "files", "omitted", "failed", "tombstones")


class ScopeHistory:
    """The checks of one scope's history, oldest commit first."""

    def __init__(self, storage: Storage, notes: Notes, key: str) -> None:
        self._storage = storage
        self._documents = DocumentStore(storage)
        self._notes = notes
        self._key = key
        self._last: dict[str, Event] = {}
        self._whole_events = True

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the scope."""
        commits: list[Commit] = []
        last = Commits(self._storage).head_seq(self._key)
        for seq in range(1, last + 1):
            found = self._commit(seq)
            if isinstance(found, Finding):
                self._whole_events = False
                yield found
            else:
                commits.append(found)
        needed = self._needed(commits[-1]) if commits and commits[-1].seq == last else set()
        for commit in commits:
            yield from self._written(commit, newest=commit.seq == last, needed=needed)

    def _commit(self, seq: int) -> Commit | Finding:
        path = layout.commit(self._key, seq)
        try:
            value = orjson.loads(self._storage.read(path))
            commit = Commit.from_json(value)
            whole = value.pop("digest", None) == digest(value)
        except FileNotFoundError:
            return Finding("missing", path, "a later commit is there", self._key)
        except (ValueError, TypeError, AttributeError) as error:
            return Finding("damaged", path, f"no commit record ({type(error).__name__})", self._key)
        if not whole:
            return Finding("damaged", path, "not what was written", self._key)
        if (commit.scope, commit.seq, commit.base) != (self._key, seq, seq - 1):
            return Finding("differs", path, "is the commit of another scope or number", self._key)
        return commit

    def _needed(self, head: Commit) -> set[int]:
        """Return the commits in whose tables the pages of the newest state are."""
        try:
            return {head.seq, *(row.document_seq for row in self._rows(head) if row.present)}
        except (OSError, pa.ArrowException):
            return {head.seq}

    def _rows(self, commit: Commit) -> Iterator[ManifestRow]:
        with self._storage.open(commit.manifest) as source:
            yield from read_manifest(source)

    def _written(self, commit: Commit, *, newest: bool, needed: set[int]) -> Iterator[Finding]:
        damaged: set[str] = set()
        for path, sha256 in sorted(commit.hashes.items()):
            required = path == commit.outbox or newest or (commit.seq in needed and path != commit.manifest)
            found = self._file(path, sha256, required=required)
            if found is not None:
                damaged.add(path)
                yield found
        if commit.outbox in damaged:
            self._whole_events = False
        elif self._whole_events:
            yield from self._events(commit)
        if commit.manifest not in damaged and self._storage.exists(commit.manifest):
            yield from self._manifest(commit, newest=newest)

    def _file(self, path: str, sha256: str, *, required: bool) -> Finding | None:
        try:
            found, size = file_digest(self._storage, path)
        except FileNotFoundError:
            return Finding("missing", path, "a commit names it", self._key) if required else None
        if found != sha256:
            return Finding("damaged", path, f"{size} bytes that are not those written", self._key)
        return None

    def _events(self, commit: Commit) -> Iterator[Finding]:
        for event in events_of(self._storage, commit):
            if (event.scope, event.seq) != (commit.scope, commit.seq):
                yield Finding("differs", str(commit.outbox), "holds events of another commit", self._key)
            elif event.object == "page":
                self._last[event.object_id] = event

    def _manifest(self, commit: Commit, *, newest: bool) -> Iterator[Finding]:
        totals = dict.fromkeys(_TOTALS, 0)
        for row in self._rows(commit):
            _count(totals, row)
            yield from self._document(commit, row.document, row)
            if newest and self._whole_events:
                yield from self._told(commit, row)
        yield from self._document(commit, commit.head, None)
        counted = {name: commit.counts.get(name, 0) for name in _TOTALS}
        if totals != counted:
            yield Finding("differs", commit.manifest, f"counts {totals}, its commit {counted}", self._key)

    def _told(self, commit: Commit, row: ManifestRow) -> Iterator[Finding]:
        """Compare a row of the newest manifest with the last event of its page."""
        event = self._last.get(row.page_id)
        said = event.document if event is not None and event.change not in GONE else None
        moved = row.state == "gone" and (row.reason or "").startswith("moved_to")
        if not moved and said != (row.document if row.present else None):
            detail = f"page {row.page_id}: the manifest and the events tell different documents"
            yield Finding("differs", commit.manifest, detail, self._key, row.page_id)

    def _document(self, commit: Commit, sha256: str | None, row: ManifestRow | None) -> Iterator[Finding]:
        if sha256 is None or not self._notes.first_look(sha256):
            return
        page_id = row.page_id if row is not None else None
        path = layout.document(sha256)
        title = f"page {page_id}" if page_id else "a data source"
        what = f"{title} in state {commit.seq} of {self._key}"
        try:
            value = self._documents.read(sha256)
        except StorageError:
            there = self._storage.exists(path)
            yield Finding("damaged" if there else "missing", path, what, self._key, page_id)
            return
        for each in (value.get("files") or {}).values():
            file = layout.hosted_file(each["sha256"], each["extension"])
            self._notes.needs_file(file, each["size"], self._key, page_id)
        if row is not None and self._documents.whole(sha256) is None:
            yield Finding("differs", path, f"{what} is no document", self._key, page_id)


def file_digest(storage: Storage, path: str) -> tuple[str, int]:
    """Return SHA-256 (hex) and size of a stored object; ``FileNotFoundError`` when it is not there."""
    found, size = hashlib.sha256(), 0
    with storage.open(path) as source:
        while chunk := source.read(_CHUNK):
            found.update(chunk)
            size += len(chunk)
    return found.hexdigest(), size


def _count(totals: dict[str, int], row: ManifestRow) -> None:
    totals["tombstones"] += row.state == "gone"
    totals["failed"] += row.state == "failed"
    if row.present:
        totals["pages"] += 1
        for name in ("blocks", "files", "omitted"):
            totals[name] += getattr(row, name)

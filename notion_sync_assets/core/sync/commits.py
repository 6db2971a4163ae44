"""Commits: the sequence of committed states of a scope, and the exclusive creation that extends it.

Here: the commit record, reading it, and :meth:`Commits.create`. Not here: what leads to a commit (``engine``),
the rows in it (``manifest``). Protocol: design §7.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes, digest
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Result, Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.manifest import ManifestRow, read_manifest, read_present
from notion_sync_assets.core.sync.scopes import ScopeKind

COMMIT_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Commit:
    """One committed state of a scope.

    ``base`` is the sequence it was planned on (0: none). ``head`` names the stored JSON of the data source
    (``{"data_source", "database", "views", "templates"}``), None for a page tree. Paths are relative to the
    export root. ``counts``: pages by state, blocks, files, bytes. ``committed_at``: UTC ISO. ``hashes``: path →
    SHA-256 of each file the commit wrote. ``rolled_back_to``: the commit whose state this one took up again.
    """

    scope: str
    kind: ScopeKind
    root_id: str
    title: str
    seq: int
    base: int
    sync_id: str
    run_id: str
    committed_at: str
    manifest: str
    tables: str
    outbox: str | None
    head: str | None
    fingerprint: str
    counts: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    rolled_back_to: int | None = None

    def to_json(self) -> Json:
        """Return the record as stored; ``digest`` is that of all the rest."""
        value = {"format": COMMIT_FORMAT, **dataclasses.asdict(self)}
        return {**value, "digest": digest(value)}

    @classmethod
    def from_json(cls, value: Json) -> "Commit":
        """Return the commit of a stored record."""
        return cls(**{name: item for name, item in value.items() if name not in ("format", "digest")})


class Commits:
    """The commits of every scope in one export root."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def scopes(self) -> list[str]:
        """Return the keys of all scopes that have state, committed or not, sorted."""
        return self._storage.names(layout.SCOPES)

    def committed_scopes(self) -> list[str]:
        """Return the keys of all scopes with at least one commit, sorted."""
        return list(self.heads())

    def heads(self) -> dict[str, int]:
        """Return the highest committed sequence number of every scope that has a commit, by key, sorted."""
        keys = self.scopes()
        numbers = self._storage.at_once(self.head_seq, keys)
        return {key: seq for key, seq in zip(keys, numbers, strict=True) if seq}

    def version(self) -> str:
        """Return 16 hex digits that change with every commit of any scope."""
        return digest(list(self.heads().items()))[:16]

    def head_seq(self, key: str) -> int:
        """Return the highest committed sequence number of a scope, 0 when there is none."""
        numbers = [int(name.removesuffix(".json")) for name in self._storage.names(layout.commits(key))]
        return max(numbers, default=0)

    def head(self, key: str) -> Commit | None:
        """Return the newest commit of a scope, None when there is none."""
        seq = self.head_seq(key)
        return self.read(key, seq) if seq else None

    def read(self, key: str, seq: int) -> Commit:
        """Return a commit; ``FileNotFoundError`` when it is not there."""
        return Commit.from_json(orjson.loads(self._storage.read(layout.commit(key, seq))))

    def replace(self, commit: Commit) -> None:
        """Write a commit again: for a purge, which takes a page out of what is committed."""
        self._storage.write(layout.commit(commit.scope, commit.seq), canonical_bytes(commit.to_json()))

    def history(self, key: str) -> Iterator[Commit]:
        """Yield the commits of a scope, oldest first."""
        for name in self._storage.names(layout.commits(key)):
            yield self.read(key, int(name.removesuffix(".json")))

    def with_tables(self, key: str) -> Iterator[Commit]:
        """Yield those commits of a scope whose tables are kept (``gc`` removes what no page needs), oldest first."""
        kept = set(self._storage.names(layout.all_tables(key)))
        for commit in self.history(key):
            if commit.tables.rsplit("/", 1)[-1] in kept:
                yield commit

    def create(self, commit: Commit) -> bool:
        """Make ``commit`` the state of its scope; False when another sync took the number first."""
        return self._storage.create(
            layout.commit(commit.scope, commit.seq), canonical_bytes(commit.to_json())
        )


class Snapshot:
    """A scope as it was at one commit; reads are lazy and pinned to that sequence."""

    def __init__(self, storage: Storage, documents: DocumentStore, commit: Commit) -> None:
        self._storage = storage
        self._documents = documents
        self.commit = commit

    def rows(self) -> Iterator[ManifestRow]:
        """Yield all manifest rows, tombstones too, in page id order."""
        with self._storage.open(self.commit.manifest) as source:
            yield from read_manifest(source)

    def present_documents(self) -> Iterator[tuple[str, str]]:
        """Yield page id and document of the pages that belong into output, in page id order."""
        with self._storage.open(self.commit.manifest) as source:
            yield from read_present(source)

    def present(self) -> Iterator[ManifestRow]:
        """Yield the rows of the pages that belong into output, in page id order."""
        return (row for row in self.rows() if row.present)

    def pages(self, rows: Iterable[ManifestRow] | None = None) -> Iterator[tuple[ManifestRow, Document]]:
        """Yield the pages that belong into output with their documents, no more than a few in memory at a time.

        ``rows``: those pages in another order than that of their ids, or some of them.
        """
        present = self.present() if rows is None else (row for row in rows if row.present)
        yield from self.at_once(self._page, present)

    def at_once(self, load: Callable[[ManifestRow], Result], rows: Iterable[ManifestRow]) -> Iterator[Result]:
        """Yield what ``load`` makes of each row, in order; on a store far away a few are loaded at once."""
        return self._storage.at_once(load, rows)

    def _page(self, row: ManifestRow) -> tuple[ManifestRow, Document]:
        return row, self.document(row)

    def document(self, row: ManifestRow) -> Document:
        """Return the document of a row that has one."""
        if row.document is None:
            raise ValueError(f"page {row.page_id} has no document")
        return self._documents.document(row.document)

    def head(self) -> Json | None:
        """Return ``{"data_source", "database", "views", "templates"}`` of a data source, None for a page tree."""
        return self._documents.read(self.commit.head) if self.commit.head else None

    def is_empty(self) -> bool:
        """Tell whether nothing is left to show: a page tree whose pages are all gone."""
        return self.commit.head is None and all(row.state == "gone" for row in self.rows())


def snapshot(storage: Storage, key: str, seq: int | None = None) -> Snapshot | None:
    """Return the scope's newest (or the given) state, None when nothing was ever committed."""
    commits = Commits(storage)
    commit = commits.read(key, seq) if seq else commits.head(key)
    return Snapshot(storage, DocumentStore(storage), commit) if commit else None

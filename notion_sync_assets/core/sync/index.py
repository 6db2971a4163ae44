"""The workspace index: what search saw, and which scope each page belongs to.

Here: the stored index (``state/index``), its scratch table and the questions asked of it. Not here: how it is made
(``indexing``) and how pages find their scope (``placement``).

The scratch table is a private on-disk SQLite database: 100,000 pages cost no memory, and a killed process leaves
nothing behind.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa

from notion_sync_assets.core.canonical import Json, canonical_bytes, normal_digest
from notion_sync_assets.core.catalog.values import text_or_none
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.history.purged import read_purged
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import opened_parquet, write_parquet
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.temporary_rows import temporary_rows

INDEX_FORMAT = 1
_COLUMNS = (
    "page_id",
    "parent_type",
    "parent_id",
    "root",
    "last_edited_time",
    "listing_hash",
    "found_by",
    "object",
)
_SCHEMA = pa.schema([pa.field(name, pa.string()) for name in _COLUMNS])
# Many rows hold a whole page object.
_BATCH = 128

Verdict = Literal["not_shared", "trashed", "found"]
FoundBy = Literal["search", "probe"]


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """A page as search listed it or a direct read gave it (``found_by``).

    ``root``: id of its scope's root, None while nobody knows.
    """

    page_id: str
    parent_type: str
    parent_id: str | None
    root: str | None
    last_edited_time: str | None
    listing_hash: str
    found_by: FoundBy
    object: Json | None


@dataclass
class IndexState:
    """What is known beside the pages.

    ``unfamiliar``: id → kind of results that are neither page nor data source: nobody knows how to read them.
    ``scopes``: every scope ever found and not gone. ``sources``: data source id → database id. ``verdicts``: id →
    ``{"kind", "state", "checked_at"}`` of ids met in content and read directly. ``users``: user objects.
    ``resolved``: scope key → commit number up to which references were looked at. ``source_hashes``: data source id →
    hash of the object as search last showed it. ``gap``: what the last complete search could not reach, in words.
    """

    pages: str = ""
    me: Json = field(default_factory=dict)
    users: list[Json] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    sources: dict[str, str | None] = field(default_factory=dict)
    trashed: dict[str, str] = field(default_factory=dict)
    unfamiliar: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Json] = field(default_factory=dict)
    resolved: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    source_hashes: dict[str, str] = field(default_factory=dict)
    gap: str = ""

    def scope_of(self, root: str) -> Scope | None:
        """Return the scope of a root id."""
        return next((scope for scope in self.scopes if scope.root_id == root), None)


class PageTable:
    """The scratch table of pages. ``place_type`` and ``place_id`` name the parent that placement goes by."""

    def __init__(self) -> None:
        self.connection = temporary_rows(any_thread=True)
        self.connection.executescript(
            """
            CREATE TABLE pages(page_id TEXT PRIMARY KEY, parent_type TEXT, parent_id TEXT, root TEXT,
                               last_edited_time TEXT, listing_hash TEXT, found_by TEXT, object BLOB,
                               place_type TEXT, place_id TEXT);
            CREATE INDEX by_root ON pages(root, page_id);
            CREATE INDEX by_place ON pages(place_id);
            """
        )

    def close(self) -> None:
        """Drop the table."""
        self.connection.close()

    def add(self, page: Json, found_by: FoundBy = "search") -> None:
        """Add a listed page object; of two reads the later edited one stays, of two with one stamp the later one."""
        parent_type, parent_id = parent_of(page)
        kept = None if parent_type == "data_source_id" else canonical_bytes(page)
        values = (
            page["id"],
            parent_type,
            parent_id,
            text_or_none(page.get("last_edited_time")),
            normal_digest(page),
            found_by,
            kept,
            parent_type,
            parent_id,
        )
        self.connection.execute(
            "INSERT INTO pages(page_id, parent_type, parent_id, last_edited_time, listing_hash, found_by, object,"
            " place_type, place_id)"
            " VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(page_id) DO UPDATE SET parent_type=excluded.parent_type,"
            " parent_id=excluded.parent_id, last_edited_time=excluded.last_edited_time,"
            " listing_hash=excluded.listing_hash, found_by=excluded.found_by, object=excluded.object,"
            " place_type=excluded.place_type, place_id=excluded.place_id"
            " WHERE excluded.last_edited_time >= pages.last_edited_time",
            values,
        )

    def get(self, page_id: str) -> IndexedPage | None:
        """Return a page, None when search did not list it."""
        row = self.connection.execute(
            f"SELECT {','.join(_COLUMNS)} FROM pages WHERE page_id=?",  # noqa: S608 - constant names
            (page_id,),
        ).fetchone()
        return _page(row) if row else None

    def holds(self, page_id: str) -> bool:
        """Tell whether search listed a page."""
        return (
            self.connection.execute("SELECT 1 FROM pages WHERE page_id=?", (page_id,)).fetchone() is not None
        )

    def root_of(self, page_id: str) -> str | None:
        """Return the root of a page, None when it has none or is not listed."""
        row = self.connection.execute("SELECT root FROM pages WHERE page_id=?", (page_id,)).fetchone()
        return row[0] if row else None

    def of_root(self, root: str) -> Iterator[IndexedPage]:
        """Yield the pages of a scope in id order."""
        query = f"SELECT {','.join(_COLUMNS)} FROM pages WHERE root=? ORDER BY page_id"  # noqa: S608 - constant names
        for row in self.connection.execute(query, (root,)):
            yield _page(row)

    def probed(self) -> list[str]:
        """Return the ids of pages that only a direct read gave, sorted."""
        query = "SELECT page_id FROM pages WHERE found_by='probe' ORDER BY 1"
        return [row[0] for row in self.connection.execute(query)]

    def remove(self, page_id: str) -> None:
        """Forget a page."""
        self.connection.execute("DELETE FROM pages WHERE page_id=?", (page_id,))

    def count(self) -> int:
        """Return the number of pages."""
        return int(self.connection.execute("SELECT count(*) FROM pages").fetchone()[0])

    def load(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Fill the table from stored rows."""
        marks = ",".join("?" * len(_COLUMNS))
        for batch in batches:
            # By columns: a dictionary for each row takes three times as long.
            rows = zip(*(batch.column(name).to_pylist() for name in _COLUMNS), strict=True)
            self.connection.executemany(f"INSERT INTO pages({','.join(_COLUMNS)}) VALUES({marks})", rows)
        self.connection.execute("UPDATE pages SET place_type=parent_type, place_id=parent_id")

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows as stored, a scope's pages together."""
        yield from self.connection.execute(f"SELECT {','.join(_COLUMNS)} FROM pages ORDER BY root, page_id")  # noqa: S608 - constant names


class Index:
    """The stored index of one export root, loaded. ``stubs``: ids of pages that came as ids alone, to be read directly."""

    def __init__(self, state: IndexState, table: PageTable) -> None:
        self.state = state
        self.pages = table
        self.started_at: dt.datetime | None = None
        self.titles: dict[str, str] = {}
        self.stubs: set[str] = set()

    def add(self, item: Json) -> None:
        """Add a result of search: a page, a data source, or a note that it is in the trash."""
        identifier, kind = str(item.get("id")), str(item.get("object"))
        if item.get("in_trash") or item.get("archived"):
            self.state.trashed[identifier] = kind
        elif kind == "page" and not isinstance(item.get("parent"), dict):
            # An id alone does not tell where the page belongs: taken as it is, a row would become a page of its own.
            self.stubs.add(identifier)
        elif kind == "page":
            self.pages.add(item)
        elif kind == "data_source":
            self.add_source(item)
        else:
            self.state.unfamiliar[identifier] = kind

    def add_source(self, source: Json) -> None:
        """Add a data source object."""
        parent = source.get("parent")
        identifier = str(source["id"])
        self.state.sources[identifier] = (
            text_or_none(parent.get("database_id")) if isinstance(parent, dict) else None
        )
        self.state.source_hashes[identifier] = normal_digest(source)
        self.titles[identifier] = plain_text(source.get("title"))

    @classmethod
    def load(cls, storage: Storage) -> "Index":
        """Return the current index, empty when there was none."""
        state = read_state(storage)
        index = cls(state, PageTable())
        index.started_at = _searched_at(storage)
        if state.pages:
            with storage.open(state.pages) as source, opened_parquet(source) as parquet:
                index.pages.load(parquet.iter_batches(batch_size=_BATCH))
        return index

    def save(self, storage: Storage) -> None:
        """Store the index; an index that says the same changes no file but the time of the search.

        Signatures of hosted files differ on every read and do not count: a file kept may hold expired ones, which
        are asked for again when a page is really read.
        """
        previous = self.state.pages
        for page_id in read_purged(storage).pages:
            self.pages.remove(page_id)
        target = storage.scratch() / f"index-{uuid.uuid4().hex}.parquet"
        content = self._write(target)
        self.state.pages = f"{layout.INDEX}/pages-{content[:16]}.parquet"
        if storage.exists(self.state.pages):
            target.unlink()
        else:
            storage.put_file(target, self.state.pages)
        current = canonical_bytes({"format": INDEX_FORMAT, **asdict(self.state)})
        if not storage.exists(layout.CURRENT_INDEX) or storage.read(layout.CURRENT_INDEX) != current:
            storage.write(layout.CURRENT_INDEX, current)
        assert self.started_at is not None
        storage.write(layout.SEARCHED, canonical_bytes({"started_at": self.started_at.isoformat()}))
        if previous and previous != self.state.pages:
            storage.delete(previous)

    def _write(self, target: Path) -> str:
        content = hashlib.sha256()
        write_parquet(target, _SCHEMA, self.pages.rows(), partial(_table, content), at_a_time=_BATCH)
        return content.hexdigest()

    def close(self) -> None:
        """Drop the scratch table."""
        self.pages.close()


def read_state(storage: Storage) -> IndexState:
    """Return what the current index knows beside its pages, an empty state when there is none."""
    try:
        stored = orjson.loads(storage.read(layout.CURRENT_INDEX))
    except FileNotFoundError:
        return IndexState()
    stored.pop("format")
    return IndexState(**{**stored, "scopes": [Scope(**scope) for scope in stored["scopes"]]})


def content_hash(storage: Storage) -> str | None:
    """Return 16 hex digits that change when the stored index says something else; None when there is no index."""
    try:
        return hashlib.sha256(storage.read(layout.CURRENT_INDEX)).hexdigest()[:16]
    except FileNotFoundError:
        return None


def parent_of(value: Json) -> tuple[str, str | None]:
    """Return ``(parent type, parent id)`` of a page; the id is None for the workspace and unknown kinds."""
    parent = value.get("parent")
    if not isinstance(parent, dict):
        return "unknown", None
    kind = str(parent.get("type") or "unknown")
    identifier = parent.get(kind)
    return kind, identifier if isinstance(identifier, str) else None


def _searched_at(storage: Storage) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(orjson.loads(storage.read(layout.SEARCHED))["started_at"])
    except FileNotFoundError:
        return None


def _page(row: tuple[object, ...]) -> IndexedPage:
    values = dict(zip(_COLUMNS, row, strict=True))
    stored = values.pop("object")
    return IndexedPage(**values, object=orjson.loads(stored) if stored else None)  # type: ignore[arg-type]


def _table(content: "hashlib._Hash", rows: list[tuple[object, ...]]) -> pa.Table:
    columns = [[_text(value) for value in column] for column in zip(*rows, strict=True)]
    # listing_hash stands for the object, without what differs between two reads of it.
    content.update(canonical_bytes(columns[:-1]))
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=_SCHEMA)


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value

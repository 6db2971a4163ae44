"""One scope's slice of the link table: what its documents refer to, as it is now.

Here: the entry, the Parquet form of a slice, lookups in bounded memory. Not here: how the table is made
(``links``), what rendering replaces with it (``overlay``).
A slice has two files below ``state/links/``: ``<scope>.parquet`` with an entry for every page, database and data
source that the scope owns or refers to, every user it names, and every block that somebody's link to one of its pages
names as its anchor; ``<scope>.backlinks.parquet`` with the pages that refer to the scope's pages. Each carries the hash of its content, so that a format that shows no back-links does
not render again because of one.
"""

import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Literal, Protocol, Self, TypeVar

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render import places
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import opened_parquet
from notion_sync_assets.core.sync.scopes import key_id
from notion_sync_assets.core.temporary_rows import temporary_rows

LinkKind = Literal["page", "database", "data_source"]
LinkState = Literal["exported", "failed"]
Rows = Iterable[tuple[object, ...]]
Made = TypeVar("Made")

_ENTRY: "list[pa.Field[Any]]" = [
    pa.field("id", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("title", pa.string(), nullable=False),
    pa.field("scope", pa.string()),
    pa.field("folder", pa.string()),
    pa.field("state", pa.string()),
    pa.field("rendered", pa.bool_()),
    pa.field("url", pa.string()),
    pa.field("markdown_path", pa.string()),
]
# ``page``: of a block, the page that the links to it name; empty otherwise.
SLICE = pa.schema([*_ENTRY, pa.field("user", pa.string()), pa.field("page", pa.string(), nullable=False)])
BACKLINKS = pa.schema([pa.field("target", pa.string(), nullable=False), *_ENTRY])

_CACHED = 1024
_FEW = 64
_COLUMNS = "id, kind, title, scope, folder, state, rendered, url, markdown_path"


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """An object of the workspace as it is now.

    ``title`` is plain text, empty when the object has none. ``scope`` is the key of the scope that exports it,
    ``folder`` the name of that scope in rendered output. ``rendered`` is False for a page that failed before it
    was ever read: it has no file. ``markdown_path`` is the path of its Markdown below the export root, None when
    it has none.
    """

    id: str
    kind: LinkKind
    title: str
    scope: str
    folder: str
    state: LinkState = "exported"
    rendered: bool = True
    url: str | None = None
    markdown_path: str | None = None

    @property
    def html_path(self) -> str | None:
        """The path of its HTML below the export root."""
        if not self.rendered:
            return None
        root_id = key_id(self.scope)
        return places.html_page(root_id, self.id) if self.kind == "page" else places.html_head(root_id)

    @property
    def json_path(self) -> str | None:
        """The path of its JSON below the export root."""
        if not self.rendered:
            return None
        return (
            places.json_page(self.folder, self.id) if self.kind == "page" else places.json_head(self.folder)
        )

    @property
    def csv_path(self) -> str | None:
        """The path of its rows as CSV, None for a page."""
        return None if self.kind == "page" else places.csv_table(self.folder)

    @property
    def parquet_path(self) -> str | None:
        """The path of its rows as Parquet, None for a page."""
        return None if self.kind == "page" else places.parquet_table(self.folder, "rows")


class Lookup(Protocol):
    """What rendering asks the link table."""

    def entry(self, identifier: str) -> LinkEntry | None:
        """Return the page, database or data source, None when the export does not hold it."""

    def user(self, identifier: str) -> Json | None:
        """Return the user as listed now, None when the list does not hold them."""


def titles(links: Lookup) -> Callable[[str], str | None]:
    """Return the function that names an id, None for one the export does not hold."""

    def title_of(identifier: str) -> str | None:
        entry = links.entry(identifier)
        return entry.title if entry else None

    return title_of


class LinkSlice:
    """Lookups in one slice; the rows are in a temporary SQLite database that spills to disk.

    They are loaded when something is looked up: an output that is up to date asks for the hashes alone. ``entries``
    come in the column order of :data:`SLICE`, ``backlinks`` in that of :data:`BACKLINKS`.
    """

    def __init__(
        self, folder: str, content_hash: str, backlinks_hash: str, entries: Rows, backlinks: Rows
    ) -> None:
        self.folder = folder
        self.content_hash = content_hash
        self.backlinks_hash = backlinks_hash
        self._entries = entries
        self._referring = backlinks
        self._known = lru_cache(_CACHED)(self._entry)
        self._known_user = lru_cache(_CACHED)(self._user)
        self.answer = lru_cache(_CACHED)(self._answer)
        # A page asks, and right after it the memory of what it was made from; of anchors, each format.
        self._known_backlinks = lru_cache(1)(self._backlinks)
        self._known_anchors = lru_cache(_FEW)(self._anchors)
        self._asked: set[str] | None = None
        self._made: dict[tuple[str, int], tuple[weakref.ref[Document], Any, set[str]]] = {}

    def __enter__(self) -> Self:
        """Return itself, to be closed when the ``with`` ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the temporary database and of what was looked up, which would wait for the collector."""
        if "_rows" in self.__dict__:
            self._rows.close()
        for known in (
            self._known,
            self._known_user,
            self._known_backlinks,
            self._known_anchors,
            self.answer,
        ):
            known.cache_clear()

    @cached_property
    def _rows(self) -> sqlite3.Connection:
        rows = temporary_rows()
        rows.execute(
            f"CREATE TABLE entries ({_COLUMNS}, user, page, PRIMARY KEY (id, kind, page)) WITHOUT ROWID"
        )
        rows.execute("CREATE INDEX anchors ON entries (page) WHERE kind = 'block'")
        rows.execute(f"CREATE TABLE backlinks (target, {_COLUMNS})")
        rows.execute("CREATE INDEX by_target ON backlinks (target)")
        rows.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._entries)
        rows.executemany("INSERT INTO backlinks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._referring)
        return rows

    @contextmanager
    def recorded(self) -> Iterator[set[str]]:
        """Collect the questions that are asked meanwhile, in the words of :meth:`answer`."""
        before, self._asked = self._asked, set()
        try:
            yield self._asked
        finally:
            self._asked = before

    def once(self, part: str, document: Document, make: Callable[[Document], Made]) -> Made:
        """Return what ``make`` makes of a document by questions to this slice; ``part`` names what it is.

        It is made once as long as the document is in memory; its questions count again each time.
        """
        key = (part, id(document))
        known = self._made.get(key)
        if known is None:
            with self.recorded() as asked:
                made = make(document)
            known = (weakref.ref(document, lambda _gone: self._made.pop(key, None)), made, asked)
            self._made[key] = known
        if self._asked is not None:
            self._asked |= known[2]
        found: Made = known[1]
        return found

    def _answer(self, question: str) -> bytes:
        """Return a short hash of the answer to a question that was recorded: ``<kind of question>:<id>``."""
        kind, identifier = question.split(":", 1)
        asked: dict[str, Callable[[str], object]] = {
            "entry": self._known,
            "user": self._known_user,
            "backlinks": self._known_backlinks,
            "anchors": self._known_anchors,
        }
        return blake2b(repr(asked[kind](identifier)).encode(), digest_size=8).digest()

    def entry(self, identifier: str) -> LinkEntry | None:
        """Return the page, database or data source, None when the export does not hold it."""
        self._note("entry", identifier)
        return self._known(identifier)

    def user(self, identifier: str) -> Json | None:
        """Return the user as listed now, None when the list does not hold them."""
        self._note("user", identifier)
        return self._known_user(identifier)

    def backlinks(self, identifier: str) -> list[LinkEntry]:
        """Return the pages that refer to a page of this scope, in id order."""
        self._note("backlinks", identifier)
        return self._known_backlinks(identifier)

    def anchors(self, page_id: str) -> frozenset[str]:
        """Return the blocks of a page of the scope to which a link anywhere in the export leads."""
        self._note("anchors", page_id)
        return frozenset(block for (block,) in self._known_anchors(page_id))

    def _note(self, kind: str, identifier: str) -> None:
        if self._asked is not None:
            self._asked.add(f"{kind}:{identifier}")

    def _backlinks(self, identifier: str) -> list[LinkEntry]:
        query = f"SELECT {_COLUMNS} FROM backlinks WHERE target = ? ORDER BY id"  # noqa: S608 - constants only
        return [_entry_of(row) for row in self._rows.execute(query, (identifier,))]

    def _anchors(self, page_id: str) -> list[tuple[str]]:
        query = "SELECT id FROM entries WHERE kind = 'block' AND page = ? ORDER BY id"
        return self._rows.execute(query, (page_id,)).fetchall()

    def _entry(self, identifier: str) -> LinkEntry | None:
        query = f"SELECT {_COLUMNS} FROM entries WHERE id = ? AND scope IS NOT NULL"  # noqa: S608 - constants only
        row = self._rows.execute(query, (identifier,)).fetchone()
        return _entry_of(row) if row else None

    def _user(self, identifier: str) -> Json | None:
        row = self._rows.execute(
            "SELECT user FROM entries WHERE id = ? AND kind = 'user'", (identifier,)
        ).fetchone()
        value: Json | None = orjson.loads(row[0]) if row and row[0] else None
        return value


def entries_of(parquet: pq.ParquetFile) -> Iterator[LinkEntry]:
    """Yield the entries of a stored slice that the export holds."""
    for row in _tuples(parquet):
        if row[3] is not None and row[1] in ("page", "database", "data_source"):
            yield _entry_of(row[:9])  # type: ignore[arg-type]  # the columns of SLICE but the user


def _entry_of(
    row: tuple[str, LinkKind, str, str, str, LinkState, int, str | None, str | None],
) -> LinkEntry:
    identifier, kind, title, scope, folder, state, rendered, url, markdown_path = row
    return LinkEntry(identifier, kind, title, scope, folder, state, bool(rendered), url, markdown_path)


def slice_path(key: str) -> str:
    """Return the path of a scope's slice."""
    return f"{layout.LINKS}/{key}.parquet"


def backlinks_path(key: str) -> str:
    """Return the path of the back-links of a scope's pages."""
    return f"{layout.LINKS}/{key}.backlinks.parquet"


def open_slice(storage: Storage, key: str) -> LinkSlice:
    """Return a scope's slice, to be closed by its ``with``; ``FileNotFoundError`` when it was never built."""
    main, back = slice_path(key), backlinks_path(key)
    found, referring = _metadata_at(storage, main), _metadata_at(storage, back)
    rows, backlinks = _stored(storage, main), _stored(storage, back)
    return LinkSlice(found["folder"], found["hash"], referring["hash"], rows, backlinks)


def stored_hash(storage: Storage, path: str) -> str | None:
    """Return the content hash of a stored slice or back-links file, None when it is not there or not whole."""
    if not storage.exists(path):
        return None
    try:
        return _metadata_at(storage, path)["hash"]
    except pa.ArrowInvalid:
        return None


def _metadata_at(storage: Storage, path: str) -> dict[str, str]:
    with storage.open(path) as source:
        metadata = pq.read_schema(source).metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items()}


def _stored(storage: Storage, path: str) -> Iterator[tuple[object, ...]]:
    with storage.open(path) as source:
        yield from _tuples(opened_parquet(source))


def _tuples(parquet: pq.ParquetFile) -> Iterator[tuple[object, ...]]:
    for batch in parquet.iter_batches(batch_size=_CACHED, use_threads=False):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

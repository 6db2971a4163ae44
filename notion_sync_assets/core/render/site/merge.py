"""All scopes in one temporary database, from which the tree and the search index are made.

Here: who lies in whom across scopes, the number of each page, which parts of the index moved since a build. Not here:
one scope (``gather``, ``shards``), the files of the site (``tree``, ``search_index``).
The database spills to disk, so that memory does not grow with the workspace. Words are loaded only for the parts of
the index that moved.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import orjson

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.site.shards import ScopeShard
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.scopes import key_id
from notion_sync_assets.core.temporary_rows import temporary_rows

TABLES = """
CREATE TABLE nodes (id PRIMARY KEY, kind, title, icon, href, scope, parent, listed, position, created, place, excerpt,
    key, ordinal, container) WITHOUT ROWID;
CREATE TABLE places (id PRIMARY KEY, page, position) WITHOUT ROWID;
CREATE TABLE numbers (page PRIMARY KEY, number) WITHOUT ROWID;
CREATE TABLE words (part, term, page, weight);
"""
# A link in a page names the database, not the data source in it.
_PLACES_OF_SOURCES = """
INSERT OR IGNORE INTO places SELECT n.id, p.page, p.position FROM nodes n JOIN places p ON p.id = n.container
"""
_PARENTS = """
UPDATE nodes SET parent = p.page, position = p.position FROM places p WHERE p.id = nodes.id AND p.page <> nodes.id
"""
_NUMBERS = "INSERT INTO numbers SELECT id, row_number() OVER (ORDER BY created, id) - 1 FROM nodes"
_NUMBERS_OF_SCOPE = "SELECT ordinal, number FROM nodes JOIN numbers ON page = id WHERE key = ?"
_IN_ORDER = "SELECT page FROM numbers ORDER BY number LIMIT ?"
_HASH_DIGITS = 16


@contextmanager
def merged(storage: Storage, keys: Sequence[str]) -> Iterator["Merge"]:
    """Hand out the nodes of all scopes with the given keys, whose shards are current."""
    with closing(temporary_rows()) as rows:
        rows.executescript(TABLES)
        for key in keys:
            _load(rows, key, ScopeShard(storage, key))
        rows.executescript(f"{_PLACES_OF_SOURCES};{_PARENTS};{_NUMBERS};")
        yield Merge(storage, keys, rows)


class Merge:
    """The nodes of all scopes; words come with :meth:`load_words`."""

    def __init__(self, storage: Storage, keys: Sequence[str], rows: sqlite3.Connection) -> None:
        self._storage = storage
        self._keys = keys
        self.rows = rows

    def count(self, kind: str) -> int:
        """Return how many nodes are of a kind."""
        query = "SELECT count(*) FROM nodes WHERE kind = ?"
        return int(self.rows.execute(query, (kind,)).fetchone()[0])

    def part_hashes(self) -> Mapping[str, str]:
        """Return each part of the search index with the hash of all that is in it but the numbers of pages."""
        found: dict[str, hashlib._Hash] = {}
        for key in self._keys:
            for part, content in ScopeShard(self._storage, key).part_hashes().items():
                found.setdefault(part, hashlib.sha256()).update(f"{key} {content}\n".encode())
        return {part: content.hexdigest()[:_HASH_DIGITS] for part, content in sorted(found.items())}

    def numbering(self, count: int) -> str:
        """Return the hash of which pages have the first ``count`` numbers: pages added later move none of them."""
        result = hashlib.sha256()
        for (page,) in self.rows.execute(_IN_ORDER, (count,)):
            result.update(f"{page}\n".encode())
        return result.hexdigest()[:_HASH_DIGITS]

    def load_words(self, parts: Collection[str]) -> None:
        """Load the words of the given parts of the index."""
        for key in self._keys if parts else ():
            # A page that two scopes hold, as while it moves, is that of one of them.
            numbers = dict(self.rows.execute(_NUMBERS_OF_SCOPE, (key,)))
            found = ScopeShard(self._storage, key).words(parts)
            self.rows.executemany(
                "INSERT INTO words VALUES (?, ?, ?, ?)",
                (
                    (part, term, numbers[page], weight)
                    for part, term, page, weight in found
                    if page in numbers
                ),
            )


def _load(rows: sqlite3.Connection, key: str, shard: ScopeShard) -> None:
    scope = compact_id(key_id(key))
    for ordinal, identifier, kind, title, icon, href, created, listed, parent, *rest in shard.nodes():
        place, excerpt, container, stubs = rest
        values = (identifier, kind, title, icon, href, scope, parent, listed, 0, created, place, excerpt, key)
        rows.execute(
            "INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, ordinal, container),
        )
        found = ((child, identifier, position) for position, child in enumerate(orjson.loads(stubs)))
        rows.executemany("INSERT OR IGNORE INTO places VALUES (?, ?, ?)", found)

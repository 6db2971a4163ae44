"""What the site knows of each scope, kept beside the render state, so that a build reads only what has changed.

Here: two files below ``state/site/`` per scope, writing them when the scope's HTML moved, reading them in bounded
memory. Not here: what is in them (``gather``), joining them (``merge``). They can be thrown away: a build makes what
is missing.

- ``<scope>.nodes.parquet``: a row per page and data source (:data:`NODES`), ``stubs`` being the child pages and
  databases in the order in which the page shows them;
- ``<scope>.words.parquet``: per part of the search index the terms, each with the nodes that have it; its metadata
  holds a hash per part, so that a build knows which parts of the index moved.
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.render.site.gather import gathered
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet, write_parquet

VERSION = 2

_TYPES: dict[str, pa.DataType] = {
    "ordinal": pa.int32(),
    "listed": pa.int8(),
    "page": pa.int32(),
    "weight": pa.int8(),
}


def _schema(*names: str) -> pa.Schema:
    return pa.schema([pa.field(name, _TYPES.get(name, pa.string())) for name in names])


NODES = _schema(
    "ordinal",
    "id",
    "kind",
    "title",
    "icon",
    "href",
    "created",
    "listed",
    "parent",
    "place",
    "excerpt",
    "container",
    "stubs",
)
WORDS = _schema("part", "term", "page", "weight")

_HASH_DIGITS = 16

Row = tuple[Any, ...]


class ScopeShard:
    """The two files of a scope."""

    def __init__(self, storage: Storage, key: str) -> None:
        self._storage = storage
        self._key = key
        self._nodes, self._words = f"{layout.SITE}/{key}.nodes.parquet", f"{layout.SITE}/{key}.words.parquet"

    def bring_up_to_date(self, made_from: str | None) -> bool:
        """Gather the scope unless that was done from the same input; None: of an unknown one. Tell if it was."""
        wanted = f"{VERSION} {made_from}"
        if made_from is not None and self._made_from() == wanted:
            return False
        # The nodes carry the mark that both are current, so they are written last.
        self._storage.delete(self._nodes)
        with gathered(self._storage, self._key) as rows:
            parts = orjson.dumps(dict(_part_hashes(rows))).decode()
            self._write(rows, "words", "part, term, page", WORDS, self._words, {"parts": parts})
            self._write(rows, "nodes", "ordinal", NODES, self._nodes, {"made_from": wanted})
        return True

    def nodes(self) -> Iterator[Row]:
        """Yield the rows of :data:`NODES`."""
        with self._storage.open(self._nodes) as source:
            for batch in opened_parquet(source).iter_batches(batch_size=BATCH_ROWS):
                yield from _rows(batch)

    def words(self, parts: Collection[str]) -> Iterator[Row]:
        """Yield the rows of :data:`WORDS` that belong to the given parts of the index."""
        wanted = pa.array(sorted(parts), pa.string())
        with self._storage.open(self._words) as source:
            for batch in opened_parquet(source).iter_batches(batch_size=BATCH_ROWS):
                yield from _rows(batch.filter(pc.is_in(batch.column("part"), wanted)))

    def part_hashes(self) -> Mapping[str, str]:
        """Return the parts of the index in which this scope has words, each with the hash of what it has there."""
        with self._storage.open(self._words) as source:
            found: dict[str, str] = orjson.loads(_metadata(source)[b"parts"])
        return found

    def _made_from(self) -> str | None:
        try:
            with self._storage.open(self._nodes) as source:
                return _metadata(source)[b"made_from"].decode()
        except (FileNotFoundError, pa.ArrowInvalid):
            return None

    def _write(
        self,
        rows: sqlite3.Connection,
        table: str,
        order: str,
        schema: pa.Schema,
        path: str,
        about: dict[str, str],
    ) -> None:
        found = rows.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 - names of our own
        made = _parquet(found, schema.with_metadata(about), self._storage.scratch())
        self._storage.put_file(made, path)


def remove_all_but(storage: Storage, keys: Collection[str]) -> None:
    """Remove the files of scopes that are no more."""
    for name in storage.names(layout.SITE):
        if name.split(".", 1)[0] not in keys:
            storage.delete(f"{layout.SITE}/{name}")


def _part_hashes(rows: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    query = """SELECT w.part, w.term, n.id, w.weight FROM words w JOIN nodes n ON n.ordinal = w.page
        ORDER BY 1, 2, w.page"""
    for part, found in groupby(rows.execute(query), lambda row: str(row[0])):
        result = hashlib.sha256()
        for row in found:
            result.update(canonical_bytes(row[1:]))
        yield part, result.hexdigest()[:_HASH_DIGITS]


def _parquet(rows: Iterator[Row], schema: pa.Schema, scratch: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=scratch, suffix=".parquet")
    os.close(descriptor)
    target = Path(name)
    write_parquet(target, schema, rows, partial(_table, schema))
    return target


def _table(schema: pa.Schema, rows: list[Row]) -> pa.Table:
    columns = zip(zip(*rows, strict=True), schema.types, strict=True)
    return pa.table([pa.array(*column) for column in columns], schema=schema)


def _rows(batch: "pa.RecordBatch") -> Iterator[Row]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _metadata(source: Any) -> Mapping[bytes, bytes]:
    return opened_parquet(source).schema_arrow.metadata or {}

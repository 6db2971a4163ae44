"""What every page of a scope was rendered from, so that a render makes only those for which something has moved.

A page's file is a function of its document, of what its exporter adds (``PageOutput.basis``), and of the answers that the
link table gives while it is rendered. The questions are noted with a hash of the answers: asked again, and answered alike,
they would give the file that is there.

Here: the memory, its file (``state/renders/<format>/<scope>.pages``), its use. Not here: when it counts (``publish``), which
files are claimed and written (``outputs``). The rows are in a temporary database that is given.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.options import PageOutput, Step
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet, write_parquet

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("path", pa.string(), nullable=False),
    pa.field("basis", pa.binary(), nullable=False),
    pa.field("questions", pa.list_(pa.string()), nullable=False),
    pa.field("answers", pa.binary(), nullable=False),
]
_SCHEMA = pa.schema(_FIELDS)
_MADE_AT_ONCE = 16
_DIGEST_BYTES = 16

Made = tuple[str, bytes | Path | None]
"""A path and its content; None for a page whose file is the one that is there."""


class PageMemory:
    """The pages of one scope in one format: as they were rendered before, and as they are now."""

    def __init__(self, storage: Storage, links: LinkSlice, rows: sqlite3.Connection) -> None:
        self._storage = storage
        self._links = links
        self._rows = rows

    def load(self, source: BinaryIO) -> None:
        """Remember what an earlier render wrote down."""
        for batch in opened_parquet(source).iter_batches(BATCH_ROWS):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            self._rows.executemany(
                "INSERT INTO pages VALUES (?, ?, ?, ?, 0)",
                ((path, basis, orjson.dumps(questions), answers) for path, basis, questions, answers in rows),
            )

    def made(self, steps: Iterable[Step]) -> Iterator[Made | None]:
        """Yield all outputs with their content; a page that would be rendered as it is there comes without."""
        waiting: list[tuple[str, bytes, PageOutput]] = []
        for step in steps:
            if step is None:
                yield None
                continue
            path, content = step
            if not isinstance(content, PageOutput):
                yield path, content
                continue
            basis = _digest(canonical_bytes(content.basis))
            if self._holds(path, basis):
                yield path, None
                continue
            waiting.append((path, basis, content))
            if len(waiting) == _MADE_AT_ONCE:
                yield from self._make(waiting)
                waiting = []
        yield from self._make(waiting)

    def any(self) -> bool:
        """Tell whether there are pages at all: a table is none."""
        return self._rows.execute("SELECT 1 FROM pages WHERE live").fetchone() is not None

    def write(self, target: Path) -> None:
        """Write down what the pages that are live now were made from."""
        rows = self._rows.execute(
            "SELECT path, basis, questions, answers FROM pages WHERE live ORDER BY path"
        )
        write_parquet(target, _SCHEMA, rows, _table)

    def _holds(self, path: str, basis: bytes) -> bool:
        found = self._rows.execute(
            "SELECT questions, answers FROM pages WHERE path = ? AND basis = ?", (path, basis)
        ).fetchone()
        if found is None or self._answers(orjson.loads(found[0])) != found[1]:
            return False
        self._rows.execute("UPDATE pages SET live = 1 WHERE path = ?", (path,))
        return True

    def _make(self, waiting: list[tuple[str, bytes, PageOutput]]) -> Iterator[Made]:
        documents = self._storage.at_once(lambda each: each[2].load(), waiting)
        for (path, basis, output), document in zip(waiting, documents, strict=True):
            with self._links.recorded() as asked:
                content = output.make(document)
            questions = sorted(asked)
            self._rows.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, 1)",
                (path, basis, orjson.dumps(questions), self._answers(questions)),
            )
            yield path, content

    def _answers(self, questions: list[str]) -> bytes:
        return _digest(b"".join(map(self._links.answer, questions)))


def open_memory(rows: sqlite3.Connection, storage: Storage, links: LinkSlice, path: str | None) -> PageMemory:
    """Return the memory in the file at ``path``, an empty one for None or when there is no such file.

    It is kept in ``rows``, a temporary database.
    """
    rows.execute("CREATE TABLE pages (path PRIMARY KEY, basis, questions, answers, live) WITHOUT ROWID")
    memory = PageMemory(storage, links, rows)
    if path is not None and storage.exists(path):
        with storage.open(path) as source:
            memory.load(source)
    return memory


def _table(rows: list[tuple[str, bytes, bytes, bytes]]) -> pa.Table:
    paths, bases, questions, answers = zip(*rows, strict=True)
    columns = (paths, bases, map(orjson.loads, questions), answers)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, _SCHEMA.types, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()

"""Writing a slice of the link table, and not writing it when its content is the one already there.

Here: the queries that cut a slice out of the gathered table, its hash and its file. Not here: gathering
(``links``), reading (``link_slice``).
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.render.link_slice import (
    BACKLINKS,
    SLICE,
    backlinks_path,
    slice_path,
    stored_hash,
)
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import write_parquet

_FORMAT = "3"
_ENTRY = (
    "o.id, o.kind, o.title, o.scope, s.folder, o.state, o.rendered, o.url, iif(o.rendered, o.markdown, NULL)"
)
_ENTRIES = f"""
SELECT {_ENTRY}, NULL, '' FROM refs r JOIN objects o ON o.id = r.target JOIN scopes s ON s.key = o.scope
WHERE r.scope = :key
UNION ALL
SELECT u.id, 'user', '', NULL, NULL, NULL, NULL, NULL, NULL, u.data, '' FROM refs r JOIN users u ON u.id = r.target
WHERE r.scope = :key
UNION ALL
SELECT a.block, 'block', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, a.page FROM anchors a JOIN objects t ON t.id = a.page
WHERE t.scope = :key
ORDER BY 1, 2, 11
"""  # noqa: S608 - constants only
_BACKLINKS = f"""
SELECT e.target, {_ENTRY} FROM refs r JOIN objects t ON t.id = r.target JOIN edges e ON e.target = t.id
JOIN objects o ON o.id = e.source JOIN scopes s ON s.key = o.scope
WHERE r.scope = :key AND t.scope = :key AND o.rendered AND e.source <> e.target ORDER BY e.target, o.id
"""  # noqa: S608 - constants only

Row = tuple[object, ...]


def write_slice(storage: Storage, rows: sqlite3.Connection, key: str, folder: str) -> tuple[str, bool]:
    """Bring the two files of a scope up to date; return the slice's hash and whether one of them moved."""
    content, moved = _write(storage, rows, key, folder, slice_path(key), _ENTRIES, SLICE)
    _, other = _write(storage, rows, key, folder, backlinks_path(key), _BACKLINKS, BACKLINKS)
    return content, moved or other


def _write(
    storage: Storage,
    rows: sqlite3.Connection,
    key: str,
    folder: str,
    path: str,
    query: str,
    schema: pa.Schema,
) -> tuple[str, bool]:
    content = _content_hash(folder, rows.execute(query, {"key": key}))
    if stored_hash(storage, path) == content:
        return content, False
    described = schema.with_metadata({"folder": folder, "hash": content})
    temporary = _file(storage.scratch(), described, rows.execute(query, {"key": key}))
    storage.put_file(temporary, path)
    return content, True


def _content_hash(folder: str, rows: Iterator[Row]) -> str:
    result = hashlib.sha256(canonical_bytes([_FORMAT, folder]))
    for row in rows:
        result.update(canonical_bytes(row))
    return result.hexdigest()


def _file(scratch: Path, schema: pa.Schema, rows: Iterator[Row]) -> Path:
    descriptor, name = tempfile.mkstemp(dir=scratch, suffix=".parquet")
    os.close(descriptor)
    target = Path(name)
    write_parquet(target, schema, rows, partial(_table, schema))
    return target


def _table(schema: pa.Schema, rows: list[Row]) -> pa.Table:
    columns = zip(zip(*rows, strict=True), schema.types, strict=True)
    return pa.table([_array(*column) for column in columns], schema=schema)


def _array(values: tuple[object, ...], kind: pa.DataType) -> "pa.Array[Any]":
    if pa.types.is_boolean(kind):  # SQLite has no booleans
        return pa.array([None if value is None else bool(value) for value in values], kind)
    return pa.array(values, kind)

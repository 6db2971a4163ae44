"""The site: brought up to date after the pages of all scopes were rendered.

Here: when there is something to do, what is written, what is stale. Not here: content (``tree``, ``search_index``,
``render.html``). The site owns ``html/index.html`` and all of ``html/assets/``; everything else below ``html/`` is a
scope's. Killed anywhere, the next build does all of it again, since the record is written last.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from itertools import chain, islice

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.render import html, places
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.render.render_state import RenderState, rendered_scopes
from notion_sync_assets.core.render.site.gather import gathered
from notion_sync_assets.core.render.site.search_index import search_files
from notion_sync_assets.core.render.site.tree import Tree
from notion_sync_assets.core.storage.base import Storage

VERSION = 1
RECORD = "state/site.json"
START = f"{places.HTML}/index.html"
ASSETS = f"{places.HTML}/assets"

_STATIC = "static"
_BATCH = 64


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What a build did; ``built`` is False when the site was already made from the same pages."""

    built: bool
    pages: int
    files: int
    written: int = 0
    deleted: int = 0


def build_site(storage: Storage, *, title: str = "Notion") -> SiteResult:
    """Bring the site up to the HTML of all scopes; files whose bytes do not change are not touched.

    ``title`` heads the start page. Nothing is left of the site when no scope has HTML.
    """
    wanted = _input_hash(storage, title)
    record = _record(storage)
    if record.get("input") == wanted:
        return SiteResult(built=False, pages=record["pages"], files=record["files"])
    storage.delete(RECORD)
    keys = rendered_scopes(storage, places.HTML)
    if not keys:
        return _removed(storage)
    with gathered(storage, keys) as rows:
        pages = rows.execute("SELECT count(*) FROM nodes WHERE kind = 'page'").fetchone()[0]
        live, written = _write(storage, _outputs(rows, title, pages))
    deleted = _delete_stale(storage, live)
    storage.write(RECORD, canonical_bytes({"input": wanted, "pages": pages, "files": len(live)}) + b"\n")
    return SiteResult(True, pages, len(live), written, deleted)


def site_is_current(storage: Storage, title: str) -> bool:
    """Tell whether the site was made from the HTML there is."""
    return bool(_record(storage).get("input") == _input_hash(storage, title))


def site_outputs(storage: Storage, title: str) -> Iterator[tuple[str, bytes]]:
    """Yield paths and content of the site as it would be built now."""
    with gathered(storage, rendered_scopes(storage, places.HTML)) as rows:
        pages = rows.execute("SELECT count(*) FROM nodes WHERE kind = 'page'").fetchone()[0]
        yield from _outputs(rows, title, pages)


def _record(storage: Storage) -> Json:
    found: Json = orjson.loads(storage.read(RECORD)) if storage.exists(RECORD) else {}
    return found


def _input_hash(storage: Storage, title: str) -> str:
    result = hashlib.sha256(canonical_bytes([VERSION, title]))
    for key in rendered_scopes(storage, places.HTML):
        settled = RenderState(storage, places.HTML, key).settled()
        result.update(canonical_bytes([key, settled["input"] if settled else None]))
    for name, content in _static():
        result.update(canonical_bytes([name, hashlib.sha256(content).hexdigest()]))
    return result.hexdigest()


def _static() -> Iterator[tuple[str, bytes]]:
    for source in sorted(files(html).joinpath(_STATIC).iterdir(), key=lambda item: item.name):
        yield source.name, source.read_bytes()


def _outputs(rows: sqlite3.Connection, title: str, pages: int) -> Iterator[tuple[str, bytes]]:
    for name, content in _static():
        yield f"{ASSETS}/{name}", content
    tree = Tree(rows)
    for name, content in chain(search_files(rows), tree.pieces()):
        yield f"{ASSETS}/{name}.js", content
    tables = rows.execute("SELECT count(*) FROM nodes WHERE kind = 'database'").fetchone()[0]
    yield START, render("start.html.j2", title=title, pages=pages, tables=tables, roots=tree.roots())


def _write(storage: Storage, outputs: Iterator[tuple[str, bytes]]) -> tuple[set[str], int]:
    live: set[str] = set()
    written = 0
    while batch := list(islice(outputs, _BATCH)):
        names = [path for path, _ in batch]
        results = storage.at_once(partial(_write_one, storage), batch)
        moved = [path for path, is_new in zip(names, results, strict=True) if is_new]
        storage.make_durable(moved)
        live.update(names)
        written += len(moved)
    return live, written


def _write_one(storage: Storage, output: tuple[str, bytes]) -> bool:
    path, content = output
    if storage.exists(path) and storage.read(path) == content:
        return False
    storage.write(path, content, durable=False)
    return True


def _delete_stale(storage: Storage, live: set[str]) -> int:
    stale = [path for path in storage.walk(ASSETS) if path not in live]
    for path in stale:
        storage.delete(path)
    for folder in storage.names(ASSETS):
        if "." not in folder and not storage.names(f"{ASSETS}/{folder}"):
            storage.delete_tree(f"{ASSETS}/{folder}")
    return len(stale)


def _removed(storage: Storage) -> SiteResult:
    deleted = _delete_stale(storage, set())
    storage.delete(START)
    for folder in (ASSETS, places.HTML):
        if not storage.names(folder):
            storage.delete_tree(folder)
    return SiteResult(built=False, pages=0, files=0, deleted=deleted)

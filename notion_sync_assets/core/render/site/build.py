"""The site: brought up to date after the pages of all scopes were rendered.

Here: when there is something to do, what is written, what is stale. Not here: content (``tree``, ``search_index``,
``render.html``), what is known of each scope (``shards``). The site owns ``html/index.html``, ``html/dictionary.html`` and all of ``html/assets/``; everything else below ``html/`` is a
scope's. Killed anywhere, the next build writes all of it again, since the record is written last.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from itertools import chain

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.render import html, places
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.render.outputs import equal
from notion_sync_assets.core.render.render_state import RenderState, rendered_scopes
from notion_sync_assets.core.render.site import dictionary
from notion_sync_assets.core.render.site.merge import Merge, merged
from notion_sync_assets.core.render.site.search_index import FOLDER as INDEX
from notion_sync_assets.core.render.site.search_index import directory_files, index_file, index_files
from notion_sync_assets.core.render.site.shards import ScopeShard, remove_all_but
from notion_sync_assets.core.render.site.tree import Tree
from notion_sync_assets.core.storage.base import Storage

VERSION = 3
RECORD = "state/site.json"
START = dictionary.START
ASSETS = f"{places.HTML}/assets"

_STATIC = "static"
_BATCH_FILES = 64
_BATCH_BYTES = 1024 * 1024


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

    ``title`` heads the start page. Documents are read only of scopes that moved since the last build. Nothing is
    left of the site when no scope has HTML.
    """
    keys = rendered_scopes(storage, places.HTML)
    inputs = {key: _made_from(storage, key) for key in keys}
    wanted = _input_hash(title, inputs)
    record = _record(storage)
    if record.get("input") == wanted:
        return SiteResult(built=False, pages=record["pages"], files=record["files"])
    storage.delete(RECORD)
    remove_all_but(storage, keys)
    if not keys:
        return _removed(storage)
    for key, made_from in inputs.items():
        ScopeShard(storage, key).bring_up_to_date(made_from)
    with merged(storage, keys) as merge:
        return _build(storage, merge, title, wanted, record)


def _build(storage: Storage, merge: Merge, title: str, wanted: str, before: Json) -> SiteResult:
    pages = merge.count("page")
    parts = merge.part_hashes()
    moved = _moved_parts(storage, merge, parts, before)
    merge.load_words(moved)
    live, written = _write(storage, _outputs(merge, title, parts))
    live |= {f"{ASSETS}/{index_file(part)}.js" for part in parts}
    deleted = _delete_stale(storage, live)
    total = merge.count("page") + merge.count("database")
    known = {"parts": parts, "numbered": [total, merge.numbering(total)]}
    dictionary.leave_announcement(storage)
    made = {"input": wanted, "pages": pages, "files": len(live), **known}
    storage.write(RECORD, canonical_bytes(made) + b"\n")
    return SiteResult(True, pages, len(live), written, deleted)


def _moved_parts(storage: Storage, merge: Merge, parts: Mapping[str, str], before: Json) -> set[str]:
    count, numbering = before.get("numbered") or (0, None)
    if numbering is None or merge.numbering(count) != numbering:
        return set(parts)
    here = set(storage.names(f"{ASSETS}/{INDEX}"))
    known = before["parts"]
    return {part for part in parts if known.get(part) != parts[part] or f"{part}.js" not in here}


def site_is_current(storage: Storage, title: str) -> bool:
    """Tell whether the site was made from the HTML there is."""
    inputs = {key: _made_from(storage, key) for key in rendered_scopes(storage, places.HTML)}
    return bool(_record(storage).get("input") == _input_hash(title, inputs))


def site_outputs(storage: Storage, title: str) -> Iterator[tuple[str, bytes]]:
    """Yield paths and content of the site as it would be built now from what is known of each scope."""
    with merged(storage, rendered_scopes(storage, places.HTML)) as merge:
        parts = merge.part_hashes()
        merge.load_words(set(parts))
        yield from _outputs(merge, title, parts)


def _record(storage: Storage) -> Json:
    found: Json = orjson.loads(storage.read(RECORD)) if storage.exists(RECORD) else {}
    return found


def _made_from(storage: Storage, key: str) -> str | None:
    settled = RenderState(storage, places.HTML, key).settled()
    return str(settled["input"]) if settled else None


def _input_hash(title: str, inputs: Mapping[str, str | None]) -> str:
    result = hashlib.sha256(canonical_bytes([VERSION, title]))
    for each in inputs.items():
        result.update(canonical_bytes(each))
    for name, content in _static():
        result.update(canonical_bytes([name, hashlib.sha256(content).hexdigest()]))
    return result.hexdigest()


def _static() -> Iterator[tuple[str, bytes]]:
    for source in sorted(files(html).joinpath(_STATIC).iterdir(), key=lambda item: item.name):
        yield source.name, source.read_bytes()


def _outputs(merge: Merge, title: str, parts: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for name, content in _static():
        yield f"{ASSETS}/{name}", content
    tree = Tree(merge.rows)
    data = chain(index_files(merge.rows), directory_files(merge.rows, parts), tree.pieces())
    for name, content in data:
        yield f"{ASSETS}/{name}.js", content
    counts = {"pages": merge.count("page"), "tables": merge.count("database")}
    yield START, render("start.html.j2", title=title, roots=tree.roots(), **counts)


def _write(storage: Storage, outputs: Iterator[tuple[str, bytes]]) -> tuple[set[str], int]:
    live: set[str] = set()
    written = 0
    for batch in _batches(outputs):
        names = [path for path, _ in batch]
        results = storage.at_once(partial(_write_one, storage), batch)
        moved = [path for path, is_new in zip(names, results, strict=True) if is_new]
        storage.make_durable(moved)
        live.update(names)
        written += len(moved)
    return live, written


def _batches(outputs: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for output in outputs:
        batch.append(output)
        size += len(output[1])
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _write_one(storage: Storage, output: tuple[str, bytes]) -> bool:
    path, content = output
    if equal(storage, path, content):
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
    storage.delete(dictionary.PAGE)
    for folder in (ASSETS, places.HTML):
        if not storage.names(folder):
            storage.delete_tree(folder)
    return SiteResult(built=False, pages=0, files=0, deleted=deleted)

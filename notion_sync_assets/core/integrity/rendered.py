"""Rendered files against what they would be rendered to now, the site, the catalog, and every link's target.

Here: rendering again without writing, and comparing. Not here: state (``history``, ``places``). A render is a pure
function of committed state (design §2, promise 5), so no hash of its files has to be kept.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from notion_sync_assets.core.catalog.dictionary import Section, dictionary_page, sections
from notion_sync_assets.core.catalog.publication import opened_catalog, published_catalog
from notion_sync_assets.core.integrity.findings import Finding, Notes
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice, entries_of, open_slice, slice_path
from notion_sync_assets.core.render.options import PageOutput, RenderOptions
from notion_sync_assets.core.render.outputs import equal
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.core.render.publish import input_hash
from notion_sync_assets.core.render.render_state import RenderState, rendered_scopes
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.render.site import dictionary
from notion_sync_assets.core.render.site.build import ASSETS, START, site_is_current, site_outputs
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import opened_parquet
from notion_sync_assets.core.sync.commits import Commits, snapshot

_BROKEN = (OSError, ValueError, StorageError)


def findings(storage: Storage, notes: Notes, options: RenderOptions, site_title: str) -> Iterator[Finding]:
    """Yield what is wrong with everything people open."""
    forms = [form for form in FORMATS if form in storage.names(layout.RENDERS)]
    for form in forms:
        for key in rendered_scopes(storage, form):
            yield from _scope(storage, notes, form, key, options)
    yield from _site(storage, notes, site_title)
    if storage.exists(START):
        notes.add_output(dictionary.PAGE)
    for form in FORMATS:
        for path in storage.walk(form):
            if not notes.has_output(path):
                yield Finding("extra", path, "nothing was rendered to it")
    yield from _links(storage, notes, forms)
    yield from _catalog(storage, notes)


def _scope(storage: Storage, notes: Notes, form: str, key: str, options: RenderOptions) -> Iterator[Finding]:
    state = RenderState(storage, form, key)
    for path in state.known():
        notes.add_output(path)
    try:
        view, record = snapshot(storage, key), state.settled()
        if view is None or record is None:
            yield Finding("outdated", f"{form}/", f"{key} was not rendered to the end", key)
            return
        with open_slice(storage, key) as links, OrderedSnapshot(storage, view.commit) as ordered:
            if record["input"] != input_hash(view, links, FORMATS[form], options):
                yield Finding("outdated", f"{form}/", f"{key} is to be rendered again", key)
                return
            yield from _outputs(storage, notes, _rendered(ordered, links, form, options), key)
    except _BROKEN as error:
        yield Finding("differs", f"{form}/", f"{key} cannot be rendered again: {error}", key)


def _rendered(
    view: OrderedSnapshot, links: LinkSlice, form: str, options: RenderOptions
) -> Iterator[tuple[str, bytes | Path]]:
    for path, content in filter(None, FORMATS[form].export(view, links, options)):
        if isinstance(content, PageOutput):
            yield path, content.make(content.load())
            continue
        yield path, content
        if isinstance(content, Path):
            content.unlink(missing_ok=True)


def _outputs(
    storage: Storage, notes: Notes, outputs: Iterator[tuple[str, bytes | Path]], key: str | None
) -> Iterator[Finding]:
    for path, content in outputs:
        notes.add_output(path)
        if not storage.exists(path):
            yield Finding("missing", path, "it was rendered", key)
        elif not equal(storage, path, content):
            yield Finding("damaged", path, "not what was rendered", key)


def _site(storage: Storage, notes: Notes, title: str) -> Iterator[Finding]:
    try:
        if site_is_current(storage, title):
            yield from _outputs(storage, notes, site_outputs(storage, title), None)
            return
        if rendered_scopes(storage, HTML):
            yield Finding("outdated", f"{HTML}/", "the site is to be built again")
    except _BROKEN as error:
        yield Finding("differs", f"{HTML}/", f"the site cannot be built again: {error}")
    for path in [*storage.walk(ASSETS), START]:
        notes.add_output(path)


def _dictionary(storage: Storage, notes: Notes, found: list[Section]) -> Iterator[Finding]:
    if storage.exists(START):
        yield from _outputs(
            storage, notes, iter([(dictionary.PAGE, dictionary.dictionary_html(found))]), None
        )


def _links(storage: Storage, notes: Notes, forms: list[str]) -> Iterator[Finding]:
    """Look for the target of every entry of every slice: nothing else is ever linked to."""
    seen: set[str] = set()
    for key in Commits(storage).committed_scopes():
        with suppress(FileNotFoundError, *_BROKEN), storage.open(slice_path(key)) as source:
            for entry in entries_of(opened_parquet(source)):
                for path in _targets(entry, forms):
                    if path not in seen and not notes.has_output(path):
                        seen.add(path)
                        yield Finding("missing", path, f"{key} links to it", entry.scope)


def _targets(entry: LinkEntry, forms: list[str]) -> list[str]:
    places = {"html": entry.html_path, "json": entry.json_path, "markdown": entry.markdown_path}
    return [path for form, path in places.items() if path is not None and form in forms]


def _catalog(storage: Storage, notes: Notes) -> Iterator[Finding]:
    path = published_catalog(storage)
    if path is None:
        yield from _dictionary(storage, notes, [])
        return
    heads = Commits(storage).heads()
    try:
        with opened_catalog(storage) as file, duckdb.connect(file, read_only=True) as connection:
            shown = dict(connection.execute("SELECT scope, seq FROM main.scopes").fetchall())
            for schema, name in connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables()"
            ).fetchall():
                # Every column of every row, since a block is only checked when it is read.
                connection.execute(f'SELECT bit_xor(hash(t)) FROM {schema}."{name}" t').fetchall()  # noqa: S608
            found = sections(connection)
    except (duckdb.Error, OSError) as error:
        yield Finding("damaged", path, f"cannot be read ({type(error).__name__})")
        return
    if shown != heads:
        yield Finding("outdated", path, "the catalog is behind the commits")
    yield from _outputs(storage, notes, iter([(layout.DICTIONARY, dictionary_page(found).encode())]), None)
    yield from _dictionary(storage, notes, found)

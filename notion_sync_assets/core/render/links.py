"""The link table: what every id of the export is called now and where it is, cut into one slice per scope.

Here: building the slices from all manifests, heads and the ``links`` tables of commits. Not here: reading a slice
(``link_slice``), what is replaced with it (``overlay``).
Everything is gathered in a temporary SQLite database that spills to disk, so memory does not grow with the
workspace. Tombstones give no entry: a fresh export would not know those pages either (design §2, promise 5).
Titles and folders depend on the committed state only, never on the order or time of syncs.
"""

import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.catalog.values import text_or_none
from notion_sync_assets.core.documents import objects_in, plain_text
from notion_sync_assets.core.render.link_paths import place_objects
from notion_sync_assets.core.render.link_slice import slice_path, stored_hash
from notion_sync_assets.core.render.link_writer import write_slice
from notion_sync_assets.core.render.names import file_names
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS, opened_parquet
from notion_sync_assets.core.sync.commits import Commit, Commits, snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.temporary_rows import temporary_rows

_TABLES = """
CREATE TABLE scopes (key PRIMARY KEY, folder, root) WITHOUT ROWID;
CREATE TABLE objects (
    id PRIMARY KEY, kind, title, scope, state, rendered, url, rank, position, parent, name, markdown
) WITHOUT ROWID;
CREATE TABLE users (id PRIMARY KEY, data) WITHOUT ROWID;
CREATE TABLE current (page PRIMARY KEY, seq) WITHOUT ROWID;
CREATE TABLE refs (scope, target, PRIMARY KEY (scope, target)) WITHOUT ROWID;
CREATE TABLE edges (target, source, PRIMARY KEY (target, source)) WITHOUT ROWID;
CREATE TABLE inner_links (source, place, target_type, target);
CREATE TABLE anchors (page, block, PRIMARY KEY (page, block)) WITHOUT ROWID;
"""
# A page that is in two scopes, as after a move that only one of them has seen, belongs to the later read.
_PAGE = """
INSERT INTO objects VALUES (?, 'page', ?, ?, ?, ?, ?, ?, 0, ?, NULL, NULL) ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, scope = excluded.scope, state = excluded.state, rendered = excluded.rendered,
    url = excluded.url, rank = excluded.rank, parent = excluded.parent
WHERE excluded.rank > rank
"""
# A container of several data sources is named as read last, and lies where its first data source does.
_CONTAINER = """
INSERT INTO objects VALUES (?, ?, ?, ?, 'exported', 1, ?, ?, ?, NULL, NULL, NULL) ON CONFLICT (id) DO UPDATE SET
    title = iif(excluded.rank > rank, excluded.title, title), url = iif(excluded.rank > rank, excluded.url, url),
    scope = iif(excluded.position < position, excluded.scope, scope),
    rank = max(excluded.rank, rank), position = min(excluded.position, position)
"""
# A link with an anchor is two rows of one place: the page and the block (catalog.references).
_ANCHORS = """
INSERT OR IGNORE INTO anchors SELECT p.target, b.target FROM inner_links b
JOIN inner_links p ON p.source = b.source AND p.place = b.place AND p.target_type <> 'block'
WHERE b.target_type = 'block'
"""
_BACKLINK_KINDS = frozenset(("mention", "link_to_page", "relation", "internal_url"))
_COLUMNS = ["page_id", "block_id", "property_id", "kind", "target_type", "target"]
_ID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

Link = tuple[str, str | None, str | None, str, str, str]
"""A row of a ``links`` table in the order of ``_COLUMNS``."""


@dataclass(frozen=True, slots=True)
class LinkTable:
    """What a build of the link table found.

    ``slices``: scope key → hash of its stored slice, for every scope that has output, in key order; None when it
    was never asked for. A scope of ``state/renders`` that is not among them has vanished. ``written``: the scopes whose slice or back-links moved. ``entries``: pages,
    data sources and databases in the export.
    """

    slices: dict[str, str | None]
    written: list[str]
    entries: int


def build_link_table(
    storage: Storage, users: Sequence[Json], *, scopes: Collection[str] | None = None
) -> LinkTable:
    """Bring ``state/links/`` up to the committed state of all scopes; unchanged slices are not touched.

    ``users`` are the workspace's users in full. ``scopes`` limits which slices are written; all manifests are
    read either way, for any of them may have renamed something.
    """
    with closing(temporary_rows()) as rows:
        rows.executescript(_TABLES)
        rows.executemany("INSERT OR REPLACE INTO users VALUES (?, ?)", (_user(user) for user in users))
        _name_folders(rows, dict(_gathered(storage, rows)))
        place_objects(rows)
        rows.executescript("CREATE INDEX by_place ON inner_links (source, place);" + _ANCHORS)
        return _publish(storage, rows, scopes)


def _user(user: Json) -> tuple[str, str]:
    return user["id"], canonical_bytes(user).decode()


def _gathered(storage: Storage, rows: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, str]]]:
    for key in Commits(storage).scopes():
        title = _load(storage, rows, key)
        if title is not None:
            yield key, title


def _load(storage: Storage, rows: sqlite3.Connection, key: str) -> tuple[str, str] | None:
    """Gather one scope; return ``(root id, title)``, None when it has nothing to show."""
    state = snapshot(storage, key)
    if state is None:
        return None
    rows.execute("DELETE FROM current")
    for row in state.rows():
        if row.state != "gone":
            _load_page(rows, key, row)
    rows.execute("INSERT OR IGNORE INTO refs SELECT ?, page FROM current", (key,))
    head = state.head()
    if head is not None:
        _load_head(rows, key, head)
    elif rows.execute("SELECT 1 FROM current LIMIT 1").fetchone() is None:
        return None
    _load_references(storage, rows, key)
    return state.commit.root_id, _scope_title(rows, state.commit, head)


def _load_page(rows: sqlite3.Connection, key: str, row: ManifestRow) -> None:
    rank = f"{int(row.present)} {row.read_at or ''}"
    rows.execute(_PAGE, (row.page_id, row.title, key, row.state, row.present, row.url, rank, row.parent_page))
    rows.execute(
        "INSERT INTO current VALUES (?, ?)", (row.page_id, row.document_seq if row.document else None)
    )


def _scope_title(rows: sqlite3.Connection, commit: Commit, head: Json | None) -> str:
    if head is not None:
        return _title(head["data_source"]) or _title(head.get("database") or {})
    found = rows.execute("SELECT title FROM objects WHERE id = ?", (commit.root_id,)).fetchone()
    return str(found[0]) if found else commit.title


def _load_head(rows: sqlite3.Connection, key: str, head: Json) -> None:
    source, container = head["data_source"], head.get("database") or {}
    rows.execute(_CONTAINER, _container("data_source", key, source, source, 0))
    if container.get("id"):
        order = [item.get("id") for item in objects_in(container.get("data_sources"))]
        position = order.index(source["id"]) if source["id"] in order else len(order)
        rows.execute(_CONTAINER, _container("database", key, container, container, position))
    found = {match.decode() for match in _ID.findall(canonical_bytes(head))}
    rows.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?)", ((key, target) for target in found))


def _container(kind: str, key: str, value: Json, timed: Json, position: int) -> tuple[object, ...]:
    rank = str(timed.get("last_edited_time") or "")
    return value["id"], kind, _title(value), key, text_or_none(value.get("url")), rank, position


def _title(value: Json) -> str:
    return plain_text(value.get("title"))


def _load_references(storage: Storage, rows: sqlite3.Connection, key: str) -> None:
    """Add what the current documents of a scope refer to, from the tables of the commits that wrote them."""
    commits = Commits(storage)
    written = "SELECT DISTINCT seq FROM current WHERE seq IS NOT NULL ORDER BY seq"
    for (seq,) in rows.execute(written).fetchall():
        with storage.open(f"{commits.read(key, seq).tables}/links.parquet") as source:
            for links in _links(source):
                pages = _written_by(rows, seq, {link[0] for link in links})
                _add_references(rows, key, [link for link in links if link[0] in pages])


def _written_by(rows: sqlite3.Connection, seq: int, pages: set[str]) -> set[str]:
    """Return those of some pages whose current document a commit has written."""
    query = "SELECT 1 FROM current WHERE page = ? AND seq = ?"
    return {page for page in pages if rows.execute(query, (page, seq)).fetchone()}


def _links(source: BinaryIO) -> Iterator[list[Link]]:
    for batch in opened_parquet(source).iter_batches(BATCH_ROWS, columns=_COLUMNS):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _add_references(rows: sqlite3.Connection, key: str, links: list[Link]) -> None:
    targets = {link[5] for link in links if link[4] != "url"}
    rows.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?)", ((key, target) for target in targets))
    shown = {(target, page) for page, _, _, kind, _, target in links if kind in _BACKLINK_KINDS}
    rows.executemany("INSERT OR IGNORE INTO edges VALUES (?, ?)", shown)
    inner = (
        (page, block or name or "", target_type, target)
        for page, block, name, kind, target_type, target in links
        if kind == "internal_url"
    )
    rows.executemany("INSERT INTO inner_links VALUES (?, ?, ?, ?)", inner)


def _name_folders(rows: sqlite3.Connection, titles: dict[str, tuple[str, str]]) -> None:
    folders = file_names(titles.values())
    rows.executemany(
        "INSERT INTO scopes VALUES (?, ?, ?)",
        ((key, folders[root], root) for key, (root, _) in titles.items()),
    )


def _publish(storage: Storage, rows: sqlite3.Connection, scopes: Collection[str] | None) -> LinkTable:
    slices: dict[str, str | None] = {}
    written = []
    for key, folder in rows.execute("SELECT key, folder FROM scopes ORDER BY key").fetchall():
        if scopes is not None and key not in scopes:
            slices[key] = stored_hash(storage, slice_path(key))
            continue
        slices[key], moved = write_slice(storage, rows, key, folder)
        written += [key] if moved else []
    for name in storage.names(layout.LINKS):
        if name.split(".", 1)[0] not in slices:
            storage.delete(f"{layout.LINKS}/{name}")
    count = rows.execute("SELECT count(*) FROM objects").fetchone()[0]
    return LinkTable(slices, written, count)

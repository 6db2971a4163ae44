"""What the site knows of every page: title, place, children, words; gathered from all scopes that have HTML.

Here: one pass over the documents into a temporary database that spills to disk, so that memory does not grow with
the workspace. Not here: the files made of it (``tree``, ``search_index``). Documents are brought up to date first
(``render.overlay``), so that the site follows from the state of the workspace alone.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.documents import Document, page_title, plain_text
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.ancestors import above_source
from notion_sync_assets.core.render.link_slice import LinkSlice, open_slice, titles
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.overlay import overlay, overlay_document
from notion_sync_assets.core.render.site.words import words
from notion_sync_assets.core.render.values import display_text
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Snapshot, snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

TABLES = """
CREATE TABLE nodes (id PRIMARY KEY, kind, title, icon, href, scope, parent, listed, position, created, place, excerpt)
    WITHOUT ROWID;
CREATE TABLE places (id PRIMARY KEY, page, position) WITHOUT ROWID;
CREATE TABLE postings (term, page, weight);
"""
_STUBS = ("child_page", "child_database")
_TITLE_WEIGHT = 10
_MOST_WEIGHT = 9
_EXCERPT = 180
_FOLDER = f"{places.HTML}/"


@contextmanager
def gathered(storage: Storage, keys: Iterable[str]) -> Iterator[sqlite3.Connection]:
    """Hand out the database of :data:`TABLES`, filled from the scopes with the given keys."""
    with closing(sqlite3.connect("")) as rows:
        rows.executescript(TABLES)
        for key in keys:
            state = snapshot(storage, key)
            if state is not None:
                with open_slice(storage, key) as links:
                    _scope(rows, state, links)
        rows.execute(
            "UPDATE nodes SET parent = p.page, position = p.position FROM places p "
            "WHERE p.id = nodes.id AND nodes.parent IS NOT 'row' AND p.page <> nodes.id"
        )
        yield rows


def _scope(rows: sqlite3.Connection, state: Snapshot, links: LinkSlice) -> None:
    head = state.head()
    place = ""
    if head is not None:
        current = overlay(head, links)
        place = _source(rows, state.commit.root_id, current, links)
    for row, stored in state.pages():
        document = overlay_document(stored, links)
        _page(rows, row, document, state.commit.root_id, place)
        _index(rows, row.page_id, document, links)


def _source(rows: sqlite3.Connection, root_id: str, head: Json, links: LinkSlice) -> str:
    source, container = head["data_source"], head.get("database") or {}
    title = plain_text(source.get("title")) or plain_text(container.get("title")) or UNTITLED
    # A link in a page names the database, not the data source in it.
    above = above_source(head, links)
    parent = above[-1].id if above else None
    href = places.html_head(root_id).removeprefix(_FOLDER)
    values = (source["id"], "database", title, _emoji(source), href, compact_id(root_id), parent, 1, 0)
    created = str(source.get("created_time") or "")
    about = plain_text(source.get("description"))
    _node(rows, (*values, created, above[-1].title if above else "", about[:_EXCERPT]))
    rows.execute(
        "INSERT OR IGNORE INTO places SELECT ?, page, position FROM places WHERE id = ?",
        (source["id"], container.get("id")),
    )
    _count(rows, source["id"], title, about)
    return title


def _page(rows: sqlite3.Connection, row: ManifestRow, document: Document, root_id: str, place: str) -> None:
    title = page_title(document.page) or UNTITLED
    is_row = bool(place) and row.parent_page is None
    href = places.html_page(root_id, row.page_id).removeprefix(_FOLDER)
    values = (row.page_id, "page", title, _emoji(document.page), href, compact_id(root_id), row.parent_page)
    excerpt = _excerpt(document)
    _node(rows, (*values, 0 if is_row else 1, 0, str(row.created_time or ""), place, excerpt))
    stubs = (block for block, _ in document.walk() if block.get("type") in _STUBS)
    found = ((str(block.get("id")), row.page_id, position) for position, block in enumerate(stubs))
    rows.executemany("INSERT OR IGNORE INTO places VALUES (?, ?, ?)", found)


def _node(rows: sqlite3.Connection, values: tuple[object, ...]) -> None:
    rows.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _emoji(value: Json) -> str:
    icon = value.get("icon")
    return str(icon.get("emoji") or "") if isinstance(icon, dict) and icon.get("type") == "emoji" else ""


def _excerpt(document: Document) -> str:
    parts: list[str] = []
    for block, _ in document.walk():
        parts += block_text(block).split() if block.get("type") not in _STUBS else ()
        if sum(map(len, parts)) > _EXCERPT:
            break
    return " ".join(parts)[:_EXCERPT]


def _index(rows: sqlite3.Connection, page_id: str, document: Document, links: LinkSlice) -> None:
    title_of = titles(links)
    values = (document.page.get("properties") or {}).values()
    shown = [display_text(value, title_of) for value in values if value.get("type") != "title"]
    blocks = [block_text(block) for block, _ in document.walk()]
    said = [plain_text(comment.get("rich_text")) for comment in document.comments or []]
    _count(rows, page_id, page_title(document.page), "\n".join([*shown, *blocks, *said]))


def _count(rows: sqlite3.Connection, identifier: str, title: str, text: str) -> None:
    weights = {term: min(count, _MOST_WEIGHT) for term, count in Counter(words(text)).items()}
    for term in words(title):
        weights[term] = _TITLE_WEIGHT + weights.get(term, 0)
    rows.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)",
        ((term, identifier, weight) for term, weight in weights.items()),
    )

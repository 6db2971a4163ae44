"""What the site knows of one scope: each page's title, place, children and words.

Here: one pass over a scope's documents into a temporary database that spills to disk, so that memory does not grow
with the scope. Not here: where that is kept (``shards``), how scopes are joined (``merge``). Documents are brought up
to date first (``render.overlay``), so that the site follows from the state of the workspace alone.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import orjson

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import block_text
from notion_sync_assets.core.documents import Document, page_properties, page_title, plain_text
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.ancestors import above_source
from notion_sync_assets.core.render.link_slice import LinkSlice, open_slice, titles
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.overlay import overlay, overlay_document
from notion_sync_assets.core.render.site.words import shard, words
from notion_sync_assets.core.render.values import display_text
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Snapshot, snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.temporary_rows import temporary_rows

TABLES = """
CREATE TABLE nodes (ordinal INTEGER PRIMARY KEY, id, kind, title, icon, href, created, listed, parent, place, excerpt,
    container, stubs);
CREATE TABLE words (part, term, page, weight);
"""
_STUBS = ("child_page", "child_database")
_TITLE_WEIGHT = 10
_MOST_WEIGHT = 9
_EXCERPT = 180
_FOLDER = f"{places.HTML}/"


@contextmanager
def gathered(storage: Storage, key: str) -> Iterator[sqlite3.Connection]:
    """Hand out the database of :data:`TABLES`, filled from a scope; empty when nothing of it is committed."""
    with closing(temporary_rows()) as rows:
        rows.executescript(TABLES)
        state = snapshot(storage, key)
        if state is not None:
            with open_slice(storage, key) as links:
                _ScopeReader(rows, state, links).read()
        yield rows


class _ScopeReader:
    """One pass over a scope; a node's number is its place in the pass."""

    def __init__(self, rows: sqlite3.Connection, state: Snapshot, links: LinkSlice) -> None:
        self._rows = rows
        self._state = state
        self._links = links
        self._title_of = titles(links)
        self._ordinals = count()

    def read(self) -> None:
        head = self._state.head()
        source = self._source(overlay(head, self._links)) if head else ""
        for row, stored in self._state.pages():
            self._page(row, overlay_document(stored, self._links), source)

    def _source(self, head: Json) -> str:
        source, container = head["data_source"], head.get("database") or {}
        title = plain_text(source.get("title")) or plain_text(container.get("title")) or UNTITLED
        above = above_source(head, self._links)
        about = plain_text(source.get("description"))
        href = places.html_head(self._state.commit.root_id).removeprefix(_FOLDER)
        shown = (source["id"], "database", title, _emoji(source), href, str(source.get("created_time") or ""))
        place = (1, above[-1].id, above[-1].title) if above else (1, None, "")
        self._add(shown, place, about[:_EXCERPT], title, about, container=container.get("id"))
        return title

    def _page(self, row: ManifestRow, document: Document, source: str) -> None:
        title = page_title(document.page)
        is_row = bool(source) and row.parent_page is None
        href = places.html_page(self._state.commit.root_id, row.page_id).removeprefix(_FOLDER)
        icon, created = _emoji(document.page), str(row.created_time or "")
        shown = (row.page_id, "page", title or UNTITLED, icon, href, created)
        place = (0 if is_row else 1, row.parent_page, source)
        blocks = [(block, block_text(block)) for block, _ in document.walk()]
        stubs = [str(block.get("id")) for block, _ in blocks if block.get("type") in _STUBS]
        self._add(shown, place, _excerpt(blocks), title, self._text(document, blocks), stubs=stubs)

    def _text(self, document: Document, blocks: list[tuple[Json, str]]) -> str:
        values = page_properties(document.page).values()
        shown = [display_text(value, self._title_of) for value in values if value.get("type") != "title"]
        said = [plain_text(comment.get("rich_text")) for comment in document.comments or []]
        return "\n".join([*shown, *(text for _, text in blocks), *said])

    def _add(
        self,
        shown: tuple[object, ...],
        place: tuple[object, ...],
        excerpt: str,
        title: str,
        text: str,
        *,
        container: str | None = None,
        stubs: list[str] | None = None,
    ) -> None:
        ordinal = next(self._ordinals)
        children = orjson.dumps(stubs or []).decode()
        values = (ordinal, *shown, *place, excerpt, container, children)
        self._rows.execute("INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        self._rows.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?)",
            ((shard(term), term, ordinal, weight) for term, weight in _weights(title, text).items()),
        )


def _emoji(value: Json) -> str:
    icon = value.get("icon")
    return str(icon.get("emoji") or "") if isinstance(icon, dict) and icon.get("type") == "emoji" else ""


def _excerpt(blocks: list[tuple[Json, str]]) -> str:
    parts: list[str] = []
    size = 0
    for block, text in blocks:
        found = text.split() if block.get("type") not in _STUBS else []
        parts += found
        size += sum(map(len, found))
        if size > _EXCERPT:
            break
    return " ".join(parts)[:_EXCERPT]


def _weights(title: str, text: str) -> dict[str, int]:
    weights = {term: min(times, _MOST_WEIGHT) for term, times in Counter(words(text)).items()}
    for term in words(title):
        weights[term] = _TITLE_WEIGHT + weights.get(term, 0)
    return weights

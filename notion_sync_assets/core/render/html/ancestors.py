"""The pages above a page, for its breadcrumbs.

Here: the chain of parents inside a scope, and the place of the scope itself. Not here: markup (``navigation``).
The chains are in a temporary database that spills to disk, so that memory does not grow with a scope.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html.addresses import relative
from notion_sync_assets.core.render.html.context import Crumb
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.temporary_rows import temporary_rows

_DEEPEST = 50
_PARENTS = ("page_id", "database_id", "data_source_id")


class Ancestors:
    """Breadcrumbs of the pages of one scope."""

    def __init__(self, parents: sqlite3.Connection, links: LinkSlice, above: Sequence[LinkEntry]) -> None:
        self._parents = parents
        self._links = links
        self._above = above

    def crumbs(self, page_id: str, path: str) -> list[Crumb]:
        """Return the way to a page whose file is ``path``, topmost first, the page not among it."""
        return [crumb(entry, path) for entry in (*self._above, *reversed(list(self._chain(page_id))))]

    def _chain(self, page_id: str) -> Iterator[LinkEntry]:
        for _ in range(_DEEPEST):
            found = self._parents.execute("SELECT parent FROM parents WHERE page = ?", (page_id,)).fetchone()
            if found is None:
                return
            page_id = found[0]
            entry = self._links.entry(page_id)
            if entry is not None:
                yield entry


@contextmanager
def open_ancestors(snapshot: Snapshot, links: LinkSlice, head: Json | None) -> Iterator[Ancestors]:
    """Hand out the ancestors of a scope's pages; ``head`` is that of a data source."""
    with closing(temporary_rows()) as parents:
        parents.execute("CREATE TABLE parents (page PRIMARY KEY, parent) WITHOUT ROWID")
        rows = ((row.page_id, row.parent_page) for row in snapshot.rows() if row.present and row.parent_page)
        parents.executemany("INSERT OR REPLACE INTO parents VALUES (?, ?)", rows)
        above = [*above_source(head, links), *_source(head, links)] if head else []
        yield Ancestors(parents, links, above)


def above_source(head: Json, links: LinkSlice) -> list[LinkEntry]:
    """Return what a data source lies in, as far as the export tells: the page its database is in."""
    parent = (head.get("database") or {}).get("parent") or head["data_source"].get("database_parent")
    if not isinstance(parent, dict):
        return []
    found = [links.entry(str(parent[key])) for key in _PARENTS if parent.get(key)]
    return [entry for entry in found if entry is not None]


def crumb(entry: LinkEntry, path: str) -> Crumb:
    """Return a step of the way to the file ``path``."""
    target = entry.html_path
    return Crumb(entry.id, entry.title or UNTITLED, relative(target, path) if target else None)


def _source(head: Json, links: LinkSlice) -> list[LinkEntry]:
    entry = links.entry(head["data_source"]["id"])
    return [entry] if entry else []

"""Sightings: what a search shows of pages beside where they are, noted in passing.

Here: values that were cut, hosted files and linked ids of page objects, kept on disk so that 100,000 pages cost no
memory. Not here: content below pages (``sampling``), what the notes are worth (``forecast``).
"""

from collections.abc import Collection, Iterable, Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.references import Place, References
from notion_sync_assets.core.documents import hosted_files
from notion_sync_assets.core.notion.properties import may_be_cut
from notion_sync_assets.core.temporary_rows import temporary_rows

_NOWHERE = Place(None, None, "", "")
_FOLLOWED = ("page", "database", "data_source", "user", "unknown")


class Sightings:
    """Notes on the page objects of one search."""

    def __init__(self) -> None:
        self._connection = temporary_rows(any_thread=True)
        self._connection.executescript(
            """
            CREATE TABLE pages(page_id TEXT PRIMARY KEY, cut INTEGER, files INTEGER) WITHOUT ROWID;
            CREATE TABLE linked(id TEXT PRIMARY KEY, kind TEXT) WITHOUT ROWID;
            """
        )

    def see(self, result: Json) -> None:
        """Note what one result of the search shows."""
        self.link(targets([{**result, "parent": None}]))
        if result.get("object") != "page":
            return
        cut = sum(may_be_cut(value) for value in _values(result))
        files = len({key for key, _ in hosted_files(result)})
        if cut or files:
            row = (str(result["id"]), cut, files)
            self._connection.execute("INSERT OR REPLACE INTO pages VALUES(?,?,?)", row)

    def of(self, page_id: str) -> tuple[int, int]:
        """Return ``(values that were cut, hosted files)`` of a page object."""
        found = self._connection.execute(
            "SELECT cut, files FROM pages WHERE page_id=?", (page_id,)
        ).fetchone()
        return (int(found[0]), int(found[1])) if found else (0, 0)

    def link(self, found: Iterable[tuple[str, str]]) -> None:
        """Note ids that something links to, as ``(id, kind)``."""
        self._connection.executemany("INSERT OR IGNORE INTO linked VALUES(?,?)", found)

    def explain(self, identifiers: Collection[str]) -> None:
        """Forget links to what is accounted for."""
        self._connection.executemany("DELETE FROM linked WHERE id=?", ((each,) for each in identifiers))

    def unexplained(self) -> Iterator[tuple[str, str]]:
        """Yield ``(id, kind)`` of links to what nobody accounted for, in id order."""
        yield from self._connection.execute("SELECT id, kind FROM linked ORDER BY id")

    def close(self) -> None:
        """Drop the notes."""
        self._connection.close()


def targets(values: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Yield ``(id, kind)`` of the pages, databases, data sources and users that API objects refer to."""
    found = References(None)
    for value in values:
        found.visit(value, _NOWHERE)
    return ((link.target, link.target_type) for link in found.links if link.target_type in _FOLLOWED)


def _values(page: Json) -> list[Json]:
    properties = page.get("properties")
    return (
        [each for each in properties.values() if isinstance(each, dict)]
        if isinstance(properties, dict)
        else []
    )

"""The search index: for each word the pages that have it, in files small enough to be loaded while somebody types.

Here: ``html/assets/search/<shard>.js``, ``pages-<n>.js`` and ``shards.js``. Not here: what a word is (``words``), the
lookup (``static/search.js``).

- a shard is ``{term: [number of pages, page, weight, page, weight, …]}``, best pages first; a term keeps at most
  :data:`MOST_PAGES`, and the first number tells when pages are left out;
- pages are numbered in the order in which they were created, so that a new page moves no number; each is ``[title,
  href, place, excerpt]`` in the piece of its number;
- ``shards`` is the list of shards, so that no file is asked for that does not exist.

A shard is one part of the index: it is written again only when what is in it moved (``merge``).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

import orjson

from notion_sync_assets.core.render.html.data_files import data_file

FOLDER = "search"
MOST_PAGES = 2000
PAGES_PIECE = 500


def index_file(part: str) -> str:
    """Return the name of the data file of a part of the index."""
    return f"{FOLDER}/{part}"


def directory_files(rows: sqlite3.Connection, parts: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of the list of parts and of the pieces that say what each page is."""
    yield f"{FOLDER}/shards", data_file(f"{FOLDER}/shards", list(parts))
    yield from _pages(rows)


def index_files(rows: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each part whose words are loaded; one is in memory at a time."""
    query = "SELECT part, term, page, weight FROM words ORDER BY 1, 2, weight DESC, page"
    for name, group in groupby(rows.execute(query), lambda row: index_file(row[0])):
        # Encoded one by one, since numbers take ten times as much; and as text, since encoded bytes keep 4 KiB of room each.
        terms = {
            term: orjson.Fragment(orjson.dumps(_hits(hits)).decode()) for term, hits in groupby(group, _term)
        }
        yield name, data_file(name, terms)


def _term(row: tuple[str, str, int, int]) -> str:
    return row[1]


def _hits(rows: Iterator[tuple[str, str, int, int]]) -> list[int]:
    hits = [0]
    for _, _, number, weight in rows:
        hits[0] += 1
        if hits[0] <= MOST_PAGES:
            hits += (number, weight)
    return hits


def _pages(rows: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    query = """SELECT n.number, d.title, d.href, d.place, d.excerpt FROM numbers n JOIN nodes d ON d.id = n.page
        ORDER BY n.number"""
    for piece, group in groupby(rows.execute(query), lambda row: row[0] // PAGES_PIECE):
        name = f"{FOLDER}/pages-{piece}"
        yield name, data_file(name, [list(row[1:]) for row in group])

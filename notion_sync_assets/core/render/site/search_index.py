"""The search index: for each word the pages that have it, in files small enough to be loaded while somebody types.

Here: ``html/assets/search/<shard>.js``, ``pages-<n>.js`` and ``shards.js``. Not here: what a word is (``words``), the
lookup (``static/search.js``).

- a shard is ``{term: [number of pages, page, weight, page, weight, …]}``, best pages first; a term keeps at most
  :data:`MOST_PAGES`, and the first number tells when pages are left out;
- pages are numbered in the order in which they were created, so that a new page moves no number; each is ``[title,
  href, place, excerpt]`` in the piece of its number;
- ``shards`` is the list of shards, so that no file is asked for that does not exist.
"""

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from notion_sync_assets.core.render.html.data_files import data_file
from notion_sync_assets.core.render.site.words import shard

FOLDER = "search"
MOST_PAGES = 2000
PAGES_PIECE = 500


def search_files(rows: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each data file; one shard is in memory at a time."""
    _number(rows)
    names = []
    for name, content in _shards(rows):
        names.append(name.removeprefix(f"{FOLDER}/"))
        yield name, content
    yield f"{FOLDER}/shards", data_file(f"{FOLDER}/shards", names)
    yield from _pages(rows)


def _number(rows: sqlite3.Connection) -> None:
    rows.execute("CREATE TABLE numbers (page PRIMARY KEY, number) WITHOUT ROWID")
    rows.execute("INSERT INTO numbers SELECT id, row_number() OVER (ORDER BY created, id) - 1 FROM nodes")


def _shards(rows: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    rows.create_function("shard", 1, shard, deterministic=True)
    query = """SELECT shard(p.term), p.term, n.number, p.weight FROM postings p JOIN numbers n ON n.page = p.page
        ORDER BY 1, 2, p.weight DESC, n.number"""
    for name, group in groupby(rows.execute(query), lambda row: f"{FOLDER}/{row[0]}"):
        terms = {term: _hits(hits) for term, hits in groupby(group, lambda row: row[1])}
        yield name, data_file(name, terms)


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

"""The data dictionary: every table, column, view and macro with its meaning, from a catalog itself.

Here: reading the comments, and the page in Markdown; run as a module, the page of the tables that every catalog has.
Not here: the comments (``ddl``, ``views``, ``source_tables``), where the page goes (``builder``), the page in HTML
(``render.site.dictionary``).
``python -m notion_sync_assets.core.catalog.dictionary > docs/data-dictionary.md`` after changing a table.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from notion_sync_assets.core.catalog.ddl import create_tables
from notion_sync_assets.core.catalog.views import MACROS, create_views

Column = tuple[str, str, str]

_OPENING = """\
# Data dictionary

What is in `notion.duckdb`. Ids are Notion's, times are UTC. The same texts are comments in the catalog:
`SELECT table_name, comment FROM duckdb_tables()` and `SELECT column_name, comment FROM duckdb_columns()`."""
_OF_ALL = """\
<!-- Written by `python -m notion_sync_assets.core.catalog.dictionary`; do not edit. -->

These tables every catalog has. Each data source has one more, named by its title, with a column per property:
`tasks`, `projects` ([recipes.md](recipes.md)). `catalog/dictionary.md` in an export describes those, too."""
_SOURCES = """\
A row per page of the data source, a column per property. Relations hold ids; `relations` has a row for each, to be joined
from either side:"""
_JOIN = """\
SELECT … FROM tasks
JOIN relations r USING (page_id)
JOIN projects ON projects.page_id = r.target_id"""

_TABLES = """
    SELECT table_name, comment FROM duckdb_tables()
    WHERE schema_name = 'main' AND (table_name IN (SELECT table_name FROM main.source_columns)) = ?
    ORDER BY table_name
"""
_VIEWS = (
    "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal ORDER BY 1"
)
_COLUMNS = """
    SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE schema_name = 'main' AND NOT internal ORDER BY table_name, column_index
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A table, view or macro: its name, what it is, and its columns as ``(name, type, meaning)``."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind. ``about`` is Markdown, ``code`` an example in SQL."""

    title: str
    entries: tuple[Entry, ...]
    about: str = ""
    code: str = ""


def sections(connection: duckdb.DuckDBPyConnection) -> list[Section]:
    """Return what is in an open catalog."""
    columns: dict[str, list[Column]] = defaultdict(list)
    for table, name, kind, meaning in connection.execute(_COLUMNS).fetchall():
        columns[table].append((name, kind, meaning or ""))

    def entries(query: str, *values: object) -> tuple[Entry, ...]:
        found = connection.execute(query, values).fetchall()
        return tuple(Entry(name, comment or "", tuple(columns[name])) for name, comment in found)

    macros = [
        Entry(
            f"{macro.name}({macro.parameter})",
            macro.comment,
            tuple((name, "", meaning) for name, meaning in macro.columns.items()),
        )
        for macro in MACROS
    ]
    sources = entries(_TABLES, True)
    return [
        *([Section("Data sources", sources, _SOURCES, _JOIN)] if sources else []),
        Section("Tables", entries(_TABLES, False)),
        Section("Views", entries(_VIEWS)),
        Section("Macros", tuple(macros), "Asked like tables:", "FROM search_blocks('words')"),
    ]


def reference() -> list[Section]:
    """Return what is in every catalog."""
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        return sections(connection)


def dictionary_page(found: Iterable[Section]) -> str:
    """Return the dictionary of a catalog in Markdown, ending with a line break."""
    return "\n".join([_OPENING, *_lines(found)])


def reference_page() -> str:
    """Return the dictionary of what every catalog has in Markdown."""
    return "\n".join([_OPENING, "", _OF_ALL, *_lines(reference())])


def _lines(found: Iterable[Section]) -> Iterator[str]:
    for section in found:
        yield from ("", f"## {section.title}")
        if section.about:
            yield from ("", section.about)
        if section.code:
            yield from ("", "```sql", section.code, "```")
        for entry in section.entries:
            yield from ("", f"### `{entry.name}`", "", _plain(entry.meaning), "")
            yield from ("| column | type | meaning |", "|---|---|---|")
            for name, kind, meaning in entry.columns:
                yield f"| `{name}` | {f'`{kind}`' if kind else ''} | {_plain(meaning)} |"
    yield ""


def _plain(text: str) -> str:
    """Return what people wrote as one line that is no markup."""
    line = " ".join(text.split())
    for character in "\\`*_[]<>|":
        line = line.replace(character, f"\\{character}")
    return line


if __name__ == "__main__":
    sys.stdout.write(reference_page())

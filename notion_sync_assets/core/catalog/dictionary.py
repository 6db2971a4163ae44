"""The data dictionary: every table, column, view and macro with its meaning, as Markdown, from a catalog itself.

Here: reading the comments and the page's text; run as a module, the page of the tables that every catalog has. Not
here: the comments (``ddl``, ``views``, ``source_tables``), where the page goes (``builder``).
``python -m notion_sync_assets.core.catalog.dictionary > docs/data-dictionary.md`` after changing a table.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

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
from either side:

```sql
SELECT … FROM tasks JOIN relations r USING (page_id) JOIN projects ON projects.page_id = r.target_id
```"""

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


def dictionary_page(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the dictionary of an open catalog, ending with a line break."""
    return "\n".join([_OPENING, *_sections(connection)])


def reference_page() -> str:
    """Return the dictionary of what every catalog has."""
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        return "\n".join([_OPENING, "", _OF_ALL, *_sections(connection)])


def _sections(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    columns: dict[str, list[Column]] = defaultdict(list)
    for table, *column in connection.execute(_COLUMNS).fetchall():
        columns[table].append(tuple(column))
    sources = connection.execute(_TABLES, [True]).fetchall()
    if sources:
        yield from _section(columns, "Data sources", sources, _SOURCES)
    yield from _section(columns, "Tables", connection.execute(_TABLES, [False]).fetchall())
    yield from _section(columns, "Views", connection.execute(_VIEWS).fetchall())
    yield from ("", "## Macros", "", "Asked like tables: `FROM search_blocks('words')`.")
    for macro in MACROS:
        yield from _entry(f"{macro.name}({macro.parameter})", macro.comment)
        yield from _table((name, "", meaning) for name, meaning in macro.columns.items())
    yield ""


def _section(
    columns: Mapping[str, list[Column]], title: str, tables: list[tuple[str, str]], about: str = ""
) -> Iterator[str]:
    yield from ("", f"## {title}")
    if about:
        yield from ("", about)
    for name, comment in tables:
        yield from _entry(name, comment)
        yield from _table(columns[name])


def _entry(name: str, comment: str | None) -> Iterator[str]:
    yield from ("", f"### `{name}`", "", _plain(comment), "")


def _table(columns: Iterable[Column]) -> Iterator[str]:
    yield from ("| column | type | meaning |", "|---|---|---|")
    for name, kind, meaning in columns:
        yield f"| `{name}` | {f'`{kind}`' if kind else ''} | {_plain(meaning)} |"


def _plain(text: str | None) -> str:
    """Return what people wrote as one line that is no markup."""
    line = " ".join((text or "").split())
    for character in "\\`*_[]<>|":
        line = line.replace(character, f"\\{character}")
    return line


if __name__ == "__main__":
    sys.stdout.write(reference_page())

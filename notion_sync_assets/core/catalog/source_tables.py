"""A typed table per data source: ``tasks``, ``projects``, with a row per page and a column per property.

Here: which tables there are to be, and bringing them up to date. Not here: values of single properties
(``source_columns``), how titles become names (``naming``). ``source_columns`` in the catalog says which tables there are;
one is made again when its scope moved or anything it is described by did: its name, its columns, the names of the tables
its relations lead to.
"""

# ruff: noqa: S608 - names are quoted, texts are literals

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from notion_sync_assets.core.catalog import ddl
from notion_sync_assets.core.catalog.naming import distinct_names, reserved_words
from notion_sync_assets.core.catalog.source_columns import COMPUTED, SourceColumn
from notion_sync_assets.core.catalog.sql import literal, quoted
from notion_sync_assets.core.catalog.views import VIEWS

_FIXED = {
    "page_id": ("p.page_id", "VARCHAR", "The page; joins pages, blocks, properties and relations"),
    "page_title": ("p.title", "VARCHAR", "The page's title"),
    "page_url": ("p.url", "VARCHAR", "The page's address in Notion"),
    "page_created_time": ("p.created_time", "TIMESTAMP", "When the page was created"),
    "page_created_by": ("p.created_by", "VARCHAR", "Id of the user who created the page; joins users"),
    "page_last_edited_time": ("p.last_edited_time", "TIMESTAMP", "When the page was last edited"),
    "page_last_edited_by": (
        "p.last_edited_by",
        "VARCHAR",
        "Id of the user who edited the page last; joins users",
    ),
}

_SOURCES = """
    SELECT d.data_source_id, d.scope, d.title, d.description, d.created_time
    FROM main.data_sources d JOIN main.scopes s ON s.scope = d.scope AND s.root_id = d.data_source_id
    ORDER BY d.created_time NULLS LAST, d.data_source_id
"""
_PROPERTIES = """
    SELECT data_source_id, property_id, name, type, description, config ->> '$.data_source_id'
    FROM main.schema_properties ORDER BY data_source_id, position, property_id
"""
_RESULTS = """
    SELECT DISTINCT d.data_source_id, v.property_id,
        CASE WHEN v.result <> 'array' THEN v.result
             WHEN (v.value ->> '$.rollup.array[0].type') = 'number' THEN 'array number' ELSE 'array' END
    FROM (SELECT scope, property_id, value, coalesce(value ->> '$.formula.type', value ->> '$.rollup.type') AS result
          FROM main.properties WHERE type IN ('formula', 'rollup') AND text <> '') v
    JOIN main.data_sources d ON d.scope = v.scope
"""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The table of a data source: what it is called, which property each further column is made of."""

    data_source_id: str
    scope: str
    name: str
    comment: str
    columns: tuple[SourceColumn, ...]

    def described(self) -> Iterator[ddl.SourceColumnRow]:
        """Yield its columns as the catalog's ``source_columns`` has them."""
        shown = [(name, kind, None, None, None, about) for name, (_, kind, about) in _FIXED.items()]
        own = [(c.name, c.sql_type, c.property_id, c.label, c.type, c.comment) for c in self.columns]
        for position, (name, kind, property_id, label, type_, about) in enumerate([*shown, *own]):
            where = (self.data_source_id, self.scope, self.name)
            yield ddl.SourceColumnRow(*where, name, kind, property_id, label, type_, position, about)


def remove_stale(connection: duckdb.DuckDBPyConnection, moved: Collection[str]) -> list[SourceTable]:
    """Remove the tables of data sources that are not what the catalog's rows tell; return those to be created.

    ``moved``: scopes that were replaced.
    """
    wanted = {table.data_source_id: table for table in source_tables(connection)}
    described = {key: sorted(table.described()) for key, table in wanted.items()}
    known = _known(connection)
    stale = [key for key in known if known[key] != described.get(key) or known[key][0].scope in moved]
    # All go before any comes: a name may pass from one data source to another.
    for name in sorted({known[key][0].table_name for key in stale}):
        connection.execute(f"DROP TABLE main.{quoted(name)}")
    connection.execute("DELETE FROM main.source_columns WHERE data_source_id IN (SELECT unnest(?))", [stale])
    return [table for key, table in wanted.items() if key in stale or key not in known]


def create(connection: duckdb.DuckDBPyConnection, tables: Iterable[SourceTable]) -> None:
    """Create tables of data sources, with their rows."""
    described: list[ddl.SourceColumnRow] = []
    for table in tables:
        rows = list(table.described())
        _create(connection, table, rows)
        described += rows
    columns = {field: [getattr(row, field) for row in described] for field in ddl.SourceColumnRow._fields}
    connection.register("described", pa.table(columns, schema=ddl.SOURCE_COLUMNS.arrow_schema()))
    connection.execute("INSERT INTO main.source_columns FROM described")
    connection.unregister("described")


def source_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[SourceTable]:
    """Yield the tables the data sources are to have, oldest first."""
    sources = connection.execute(_SOURCES).fetchall()
    columns = _columns(connection)
    reserved = reserved_words(connection)
    titles = [(key, title) for key, _, title, _, _ in sources]
    names = distinct_names(titles, reserved | _own_names(connection), "rows", lambda key: key[-8:])
    for key, scope, title, description, _ in sources:
        about = f"A row of the data source {title!r}" + (f": {description}" if description else "")
        own = tuple(_named(columns[key], reserved, names))
        yield SourceTable(key, scope, names[key], about, own)


def _own_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    system = connection.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()
    ours = [table.name for table in ddl.people_tables()] + [view.name for view in VIEWS]
    return {*ours, *(name for (name,) in system), "main", "scoped", "search"}


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[SourceColumn]]:
    results: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, property_id, result in connection.execute(_RESULTS).fetchall():
        results[source, property_id].add(str(result))
    found: dict[str, list[SourceColumn]] = defaultdict(list)
    for source, property_id, name, kind, description, target in connection.execute(_PROPERTIES).fetchall():
        given = frozenset(results[source, property_id]) if kind in COMPUTED else frozenset()
        related = target if kind == "relation" else None
        found[source].append(SourceColumn(property_id, name, kind, "", description, given, related))
    return found


def _named(
    columns: list[SourceColumn], reserved: frozenset[str], tables: dict[str, str]
) -> Iterator[SourceColumn]:
    by_id = {column.property_id: column for column in columns}
    titles = [(key, column.label) for key, column in by_id.items()]
    places = {key: str(position + 1) for position, key in enumerate(by_id)}
    names = distinct_names(titles, reserved | _FIXED.keys(), "value", lambda key: f"column_{places[key]}")
    for key, column in by_id.items():
        target = tables.get(column.target) if column.target else None
        yield SourceColumn(
            key, column.label, column.type, names[key], column.description, column.results, target
        )


def _known(connection: duckdb.DuckDBPyConnection) -> dict[str, list[ddl.SourceColumnRow]]:
    found: dict[str, list[ddl.SourceColumnRow]] = defaultdict(list)
    for row in connection.execute("FROM main.source_columns").fetchall():
        each = ddl.SourceColumnRow(*row)
        found[each.data_source_id].append(each)
    return {key: sorted(rows) for key, rows in found.items()}


def _create(
    connection: duckdb.DuckDBPyConnection, table: SourceTable, rows: Iterable[ddl.SourceColumnRow]
) -> None:
    name = f"main.{quoted(table.name)}"
    values = "".join(
        f", TRY_CAST({column.sql_value()} AS {column.sql_type}) AS {quoted(column.name)}"
        for column in table.columns
    )
    fixed = ", ".join(f"{source} AS {column}" for column, (source, _, _) in _FIXED.items())
    own = ", v.* EXCLUDE (of_page)" if table.columns else ""
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {fixed}{own} FROM main.pages p LEFT JOIN ("
        f"SELECT page_id AS of_page{values} FROM main.properties WHERE scope = {literal(table.scope)} GROUP BY page_id"
        f") v ON v.of_page = p.page_id WHERE p.scope = {literal(table.scope)} AND {_is_row(table)}"
        " ORDER BY p.created_time, p.page_id"
    )
    ddl.comment(connection, name, table.comment, {row.column_name: row.comment for row in rows})


def _is_row(table: SourceTable) -> str:
    """Return SQL that tells rows from pages that lie inside a row, and from templates."""
    return f"p.parent_page IS NULL AND p.page_id NOT IN ({_TEMPLATES.format(literal(table.scope))})"


_TEMPLATES = "SELECT target FROM main.links WHERE kind = 'template' AND page_id IS NULL AND scope = {0}"

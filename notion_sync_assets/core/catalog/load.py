"""Filling the catalog: set-based SQL over the Parquet files of commits.

Here: one statement per table, whatever the number of scopes. Not here: which scopes moved (``builder``), which
tables there are (``ddl``). Rows never pass through Python.
"""

# ruff: noqa: S608 - names of tables and columns come from the declarations in this package

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import pyarrow as pa

from notion_sync_assets.core.catalog import ddl
from notion_sync_assets.core.catalog.columns import Table
from notion_sync_assets.core.catalog.schema import TABLES, file_name
from notion_sync_assets.core.catalog.sources import Sources, glob_free
from notion_sync_assets.core.catalog.text import json_text
from notion_sync_assets.core.sync.commits import Commit

_PRESENT = "m.state <> 'gone' AND m.document IS NOT NULL"
_RELATIONS = """
    INSERT INTO main.relations
    SELECT scope, page_id, property_id, name, generate_subscripts(targets, 1) - 1, unnest(targets)
    FROM (SELECT *, value ->> '$.relation[*].id' AS targets FROM main.properties
          WHERE type = 'relation' AND scope IN (SELECT unnest(?)))
"""
_OF_PAGE = "m.scope = f.scope AND m.page_id = t.page_id AND m.document_seq = f.seq"


def remove_scopes(connection: duckdb.DuckDBPyConnection, scopes: Iterable[str]) -> None:
    """Remove every row of scopes but their events, which only grow (see :func:`remove_events`)."""
    made = [("main", table) for table in (ddl.SCOPES, ddl.RELATIONS, ddl.PROPERTY_HISTORY)]
    tables = [*made, *_scope_tables(), ("scoped", ddl.MANIFEST)]
    for schema, table in tables:
        connection.execute(
            f'DELETE FROM {schema}."{table.name}" WHERE scope IN (SELECT unnest(?))', [list(scopes)]
        )


def remove_events(connection: duckdb.DuckDBPyConnection, scopes: Iterable[str]) -> None:
    """Remove the events of scopes that vanished or whose history was replaced."""
    connection.execute("DELETE FROM main.events WHERE scope IN (SELECT unnest(?))", [list(scopes)])


def load_scopes(connection: duckdb.DuckDBPyConnection, sources: Sources, heads: Sequence[Commit]) -> None:
    """Load the state of scopes at their newest commits; their earlier rows must be gone."""
    if not heads:
        return
    _load_scope_rows(connection, sources, heads)
    _load_manifests(connection, sources, heads)
    _register_commits(connection, sources, heads)
    for name in TABLES:
        _load_table(connection, name)
    connection.unregister("commit_files")
    connection.execute(_RELATIONS, [[commit.scope for commit in heads]])


def load_events(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """Add the page events of outbox segments."""
    if paths:
        values = ", ".join(column.sql_value("t") for column in ddl.EVENTS.columns)
        statement = f"INSERT INTO main.events SELECT {values} FROM read_parquet(?) t"
        connection.execute(statement, [[glob_free(path) for path in paths]])


def _scope_tables() -> Iterator[tuple[str, Table]]:
    """Yield schema and table of everything a commit's tables are loaded into."""
    for name, table in TABLES.items():
        yield ("scoped" if name in ddl.SHARED else "main"), ddl.PAGES if name == "pages" else table


def _load_scope_rows(
    connection: duckdb.DuckDBPyConnection, sources: Sources, heads: Sequence[Commit]
) -> None:
    records = [{**commit.to_json(), "tables_kept": sources.tables_kept(commit)} for commit in heads]
    columns = {
        column.name: [_cell(record[column.name]) for record in records] for column in ddl.SCOPES.columns
    }
    connection.register("scope_rows", pa.table(columns))
    values = ", ".join(column.sql_value("t") for column in ddl.SCOPES.columns)
    connection.execute(f"INSERT INTO main.scopes SELECT {values} FROM scope_rows t")
    connection.unregister("scope_rows")


def _cell(value: object) -> object:
    return json_text(value) if isinstance(value, dict) else value


def _load_manifests(connection: duckdb.DuckDBPyConnection, sources: Sources, heads: Sequence[Commit]) -> None:
    files = {sources.local(commit.manifest): commit.scope for commit in heads}
    connection.register("manifest_files", pa.table({"path": list(files), "scope": list(files.values())}))
    values = ", ".join("f.scope" if c.name == "scope" else c.sql_value("t") for c in ddl.MANIFEST.columns)
    connection.execute(
        f"INSERT INTO scoped.manifest SELECT {values} FROM read_parquet(?, filename = true) t"
        " JOIN manifest_files f ON f.path = t.filename",
        [[glob_free(path) for path in files]],
    )
    connection.unregister("manifest_files")


def _register_commits(
    connection: duckdb.DuckDBPyConnection, sources: Sources, heads: Sequence[Commit]
) -> None:
    """Make the view ``commit_files``: which file of which table holds rows that count."""
    newest = {commit.scope: commit for commit in heads}
    needed = connection.execute(
        f"SELECT DISTINCT m.scope, m.document_seq FROM scoped.manifest m"
        f" WHERE m.scope IN (SELECT unnest(?)) AND {_PRESENT}",
        [list(newest)],
    ).fetchall()
    wanted = sorted({*needed, *((commit.scope, commit.seq) for commit in heads)})
    commits = [sources.commits.read(scope, seq) for scope, seq in wanted]
    rows = [
        {
            "table_name": name,
            "path": sources.local(f"{commit.tables}/{file_name(name)}"),
            "scope": commit.scope,
            "seq": commit.seq,
            "newest": newest[commit.scope].seq == commit.seq,
        }
        for commit in commits
        for name in TABLES
    ]
    connection.register("commit_files", pa.Table.from_pylist(rows))


def _load_table(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    statement = _statement(name)
    paths = connection.execute(
        "SELECT path FROM commit_files WHERE table_name = ? ORDER BY path", [name]
    ).fetchall()
    connection.execute(statement, [[glob_free(path) for (path,) in paths], name])


def _statement(name: str) -> str:
    """Return the statement that loads a table: rows of pages from the commit that holds them, heads from the newest."""
    if name == "pages":
        return _pages_statement()
    table = TABLES[name]
    schema = "scoped" if name in ddl.SHARED else "main"
    values = ", ".join(column.sql_value("t") for column in table.columns)
    source = (
        f'INSERT INTO {schema}."{name}" SELECT f.scope, {values} FROM read_parquet(?, filename = true) t'
        " JOIN commit_files f ON f.path = t.filename AND f.table_name = ?"
    )
    if not any(column.name == "page_id" for column in table.columns):
        return f"{source} WHERE f.newest"
    return (
        f"{source} LEFT JOIN scoped.manifest m ON {_OF_PAGE} AND {_PRESENT}"
        " WHERE m.page_id IS NOT NULL OR (t.page_id IS NULL AND f.newest)"
    )


def _pages_statement() -> str:
    own = [f'm."{column.name}"' for column in ddl.MANIFEST.columns]
    added = [column.sql_value("t") for column in ddl.PAGES.columns[len(own) :]]
    return (
        f"INSERT INTO main.pages SELECT {', '.join([*own, *added])} FROM scoped.manifest m LEFT JOIN"
        " (SELECT f.scope, f.seq, t.* FROM read_parquet(?, filename = true) t"
        "  JOIN commit_files f ON f.path = t.filename AND f.table_name = ?) t"
        " ON t.scope = m.scope AND t.page_id = m.page_id AND t.seq = m.document_seq AND m.document IS NOT NULL"
        " WHERE m.state <> 'gone' AND m.scope IN (SELECT scope FROM commit_files)"
    )


def load_info(connection: duckdb.DuckDBPyConnection, facts: dict[str, str]) -> None:
    """Replace the facts about the catalog."""
    connection.register("facts", _two_columns("key", "value", list(facts.items())))
    connection.execute("DELETE FROM main.catalog_info")
    connection.execute("INSERT INTO main.catalog_info SELECT key, value FROM facts")
    connection.unregister("facts")


def _two_columns(first: str, second: str, rows: Sequence[tuple[str, str]]) -> pa.Table:
    columns = {first: [row[0] for row in rows], second: [row[1] for row in rows]}
    return pa.table(columns, schema=pa.schema([(first, pa.string()), (second, pa.string())]))

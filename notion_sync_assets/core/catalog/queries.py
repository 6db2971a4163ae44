"""Questions to the catalog: one read-only statement in a locked-down DuckDB.

Here: what may run and how it is shut in. Not here: showing results (``query_output``), writing the catalog
(``builder``). Text in the catalog comes from anybody who can write in the workspace, and SQL gets pasted, so a
query can reach nothing but the catalog: no files, no network, no extensions, no settings.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from notion_sync_assets.core.catalog.ddl import DuckDBConfig
from notion_sync_assets.core.notion.errors import ConfigurationError

# A PIVOT is parsed as several statements of this type.
_ALLOWED = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
_LOCKED: DuckDBConfig = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "enable_external_access": False,
    # Else what does not fit into memory is written beside the catalog.
    "temp_directory": "",
}
_ALLOWED_HINT = (
    "one statement that reads: SELECT, WITH, FROM, VALUES, PIVOT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN"
)
_MEMORY_HINT = "a query writes nothing to disk: ask for less at once, or raise catalog.query_memory_limit"
_NO_CATALOG_HINT = "run 'notion-sync export' once, or 'notion-sync catalog rebuild'"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gave: names and DuckDB types of the columns, and the rows. Timestamps are UTC."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def run_query(path: Path, sql: str, *, memory_limit: str = "1GB") -> QueryResult:
    """Run one reading statement on the catalog file ``path``.

    Raises ``ConfigurationError`` with DuckDB's own message when the SQL is wrong or not allowed, and when there is
    no catalog that can be opened.
    """
    _check(sql)
    connection = _open(path, memory_limit)
    try:
        cursor = connection.execute(sql)
        described = cursor.description or []
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise ConfigurationError(f"the query failed: {error}", hint=_hint(error)) from error
    finally:
        connection.close()
    return QueryResult(
        tuple(str(item[0]) for item in described), tuple(str(item[1]) for item in described), rows
    )


def _check(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise ConfigurationError(f"the query cannot be read: {error}", hint=_hint(error)) from error
    if len(statements) != 1 or statements[0].type not in _ALLOWED:
        found = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise ConfigurationError(f"this query is not allowed ({found})", hint=f"write {_ALLOWED_HINT}")


def _open(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    if not path.is_file():
        raise ConfigurationError(f"there is no catalog at {path}", hint=_NO_CATALOG_HINT)
    config: DuckDBConfig = {"memory_limit": memory_limit, **_LOCKED}
    try:
        connection = duckdb.connect(path, read_only=True, config=config)
        # Last of all, since nothing can be set behind it.
        connection.execute("SET TimeZone = 'UTC'; SET lock_configuration = true")
    except duckdb.Error as error:
        raise ConfigurationError(f"the catalog cannot be opened: {error}", hint=_NO_CATALOG_HINT) from error
    return connection


def _hint(error: duckdb.Error) -> str:
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        return "'SHOW TABLES' lists the tables, 'DESCRIBE pages' the columns of one"
    if isinstance(error, duckdb.OutOfMemoryException):
        return _MEMORY_HINT
    return f"write {_ALLOWED_HINT}"

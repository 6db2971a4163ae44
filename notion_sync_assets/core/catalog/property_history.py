"""What values properties had, and when: read from the tables of all commits of a scope that are kept.

Here: the table ``property_history``. Not here: which commits are kept (``core.history.retention``), versions of whole
pages (``derive``). A scope's history is made again as a whole when the scope moved, so that one built in steps and one
built at once are the same; most scopes have one commit, and nothing to compare. Commits that were read with other settings
do not count: they may name people whom the newest state does not.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from notion_sync_assets.core.catalog.schema import TABLES, file_name
from notion_sync_assets.core.catalog.sources import Sources, glob_free
from notion_sync_assets.core.sync.commits import Commit

_KEPT = ("page_id", "property_id", "name", "type")
_VALUES = ("text", "number", "boolean", "date_start", "date_end")
_FILE_FIELDS: "list[pa.Field[Any]]" = [
    *(pa.field(name, pa.string()) for name in ("path", "scope", "at")),
    pa.field("seq", pa.int64()),
]
_FILES = pa.schema(_FILE_FIELDS)

# A value that reads the same again begins nothing: its text tells all the others.
_STATEMENT = """
    INSERT INTO main.property_history BY NAME
    WITH told AS (
        SELECT f.scope, f.seq, (f.at::TIMESTAMPTZ AT TIME ZONE 'UTC') AS valid_from, {columns}
        FROM read_parquet(?, filename = true) t JOIN history_files f ON f.path = t.filename
    ),
    begun AS (SELECT * FROM told {only_changes})
    SELECT b.*, {valid_to} AS valid_to, e.last_edited_time AS edited_time, e.edited_by
    FROM begun b LEFT JOIN main.events e
        ON e.scope = b.scope AND e.seq = b.seq AND e.object = 'page' AND e.object_id = b.page_id
"""
_ONLY_CHANGES = """
    WINDOW value AS (PARTITION BY scope, page_id, property_id ORDER BY seq)
    QUALIFY text IS DISTINCT FROM lag(text) OVER value OR type IS DISTINCT FROM lag(type) OVER value
"""
_VALID_TO = "lead(b.valid_from) OVER (PARTITION BY b.scope, b.page_id, b.property_id ORDER BY b.seq)"


def load_property_history(
    connection: duckdb.DuckDBPyConnection, sources: Sources, heads: Sequence[Commit]
) -> None:
    """Load the values that the kept commits of scopes tell; what the table had of them must be gone."""
    single: list[Commit] = []
    several: list[Commit] = []
    for head in heads:
        kept = [
            each for each in sources.commits.with_tables(head.scope) if each.fingerprint == head.fingerprint
        ]
        (single if len(kept) == 1 else several).extend(kept)
    _load(
        connection, sources, single, _STATEMENT.format(columns=_columns(), only_changes="", valid_to="NULL")
    )
    compared = _STATEMENT.format(columns=_columns(), only_changes=_ONLY_CHANGES, valid_to=_VALID_TO)
    _load(connection, sources, several, compared)


def _load(
    connection: duckdb.DuckDBPyConnection, sources: Sources, commits: Sequence[Commit], statement: str
) -> None:
    if not commits:
        return
    rows = [
        {
            "path": sources.local(f"{commit.tables}/{file_name('properties')}"),
            "scope": commit.scope,
            "seq": commit.seq,
            "at": commit.committed_at,
        }
        for commit in commits
    ]
    connection.register("history_files", pa.Table.from_pylist(rows, schema=_FILES))
    connection.execute(statement, [[glob_free(str(row["path"])) for row in rows]])
    connection.unregister("history_files")


def _columns() -> str:
    wanted = [column for column in TABLES["properties"].columns if column.name in (*_KEPT, *_VALUES)]
    return ", ".join(f"{column.sql_value('t')} AS {column.name}" for column in wanted)

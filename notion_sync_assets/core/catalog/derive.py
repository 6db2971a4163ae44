"""Tables made from others: one row per object, user, database and view, whichever scopes tell of it; page versions.

Here: the choice among rows. Not here: where the rows come from (``load``). Every choice has a total order, so a
catalog built in steps and one built at once are the same.
"""

# ruff: noqa: S608 - names of tables and columns come from the declarations in this package

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.references import user_row
from notion_sync_assets.core.catalog.rows import UserRow
from notion_sync_assets.core.catalog.schema import SCHEMAS

# A database's own head before a page that shows it, the newest reading before older ones.
_CHOICES = {
    "databases": ("database_id", "page_id NULLS FIRST, last_edited_time DESC NULLS LAST, scope, page_id"),
    "views": ("view_id", "last_edited_time DESC NULLS LAST, scope"),
}

# Where two scopes know a page, the one that holds it wins over tombstones, a reason to be gone over a move.
_OBJECTS = """
    INSERT INTO main.objects BY NAME
    SELECT page_id AS id, 'page' AS object, title, state, scope, parent_type, parent_id, url,
           created_time, last_edited_time, reason
    FROM scoped.manifest
    QUALIFY row_number() OVER (
        PARTITION BY page_id
        ORDER BY CASE state WHEN 'exported' THEN 0 WHEN 'failed' THEN 1 ELSE 2 END,
                 starts_with(coalesce(reason, ''), 'moved_to'), last_edited_time DESC NULLS LAST, scope) = 1
    UNION ALL BY NAME
    SELECT data_source_id AS id, 'data_source' AS object, title,
           CASE WHEN in_trash THEN 'gone' ELSE 'exported' END AS state, scope, parent_type, parent_id, url,
           created_time, last_edited_time, CASE WHEN in_trash THEN 'trashed' END AS reason
    FROM main.data_sources
    UNION ALL BY NAME
    SELECT database_id AS id, 'database' AS object, title,
           CASE WHEN in_trash THEN 'gone' ELSE 'exported' END AS state, scope, parent_type, parent_id, url,
           created_time, last_edited_time,
           CASE WHEN in_trash THEN 'trashed' WHEN data_sources = 0 THEN 'linked, or its rows are not shared' END
               AS reason
    FROM main.databases
"""

_USERS = """
    INSERT INTO main.users
    SELECT id, name, type, email, avatar_url, listed
    FROM (SELECT id, name, type, email, avatar_url, true AS listed, '' AS scope, '' AS page_id FROM listed_users
          UNION ALL
          SELECT id, name, type, email, avatar_url, false, scope, coalesce(page_id, '') FROM scoped.users)
    QUALIFY row_number() OVER (
        PARTITION BY id ORDER BY listed DESC, email NULLS LAST, name NULLS LAST, avatar_url, scope, page_id) = 1
"""


# Of two commits at one time, of a page that moved, the later number is the later state.
_VERSIONS = """
    INSERT INTO main.versions BY NAME
    SELECT page_id, row_number() OVER page AS version, scope, seq, change,
           change NOT IN ('trashed', 'not_found', 'removed') AS present, title, url, document, previous_document,
           last_edited_time, edited_by, committed_at AS valid_from, lead(committed_at) OVER page AS valid_to
    FROM main.events WHERE object = 'page'
    WINDOW page AS (PARTITION BY page_id ORDER BY committed_at, seq, scope)
"""


def derive_tables(connection: duckdb.DuckDBPyConnection, users: Sequence[Json]) -> None:
    """Rebuild the tables that choose one row per id; ``users`` are the user objects the workspace lists."""
    for name, (identity, order) in _CHOICES.items():
        connection.execute(f"DELETE FROM main.{name}")
        connection.execute(
            f"INSERT INTO main.{name} SELECT * FROM scoped.{name}"
            f" QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY {order}) = 1"
        )
    connection.execute("DELETE FROM main.objects")
    connection.execute(_OBJECTS)
    connection.execute("DELETE FROM main.versions")
    connection.execute(_VERSIONS)
    _derive_users(connection, users)


def _derive_users(connection: duckdb.DuckDBPyConnection, users: Sequence[Json]) -> None:
    listed: list[UserRow] = [user_row(None, user) for user in users]
    rows = [row._asdict() for row in listed]
    connection.register("listed_users", pa.Table.from_pylist(rows, schema=SCHEMAS["users"]))
    connection.execute("DELETE FROM main.users")
    connection.execute(_USERS)
    connection.unregister("listed_users")

"""The catalog's tables in DuckDB: what people query, with a comment on every table and column.

Here: the tables beyond those of the commits, and their creation. Not here: filling them (``load``).
Tables of the schema ``main`` are for people. Those of ``scoped`` hold what several scopes may tell about the same
thing; ``main`` has the one row chosen of them, so an id is there once.
"""

import dataclasses
from typing import Annotated, NamedTuple

import duckdb

from notion_sync_assets.core.catalog import rows
from notion_sync_assets.core.catalog.columns import JSON, TIME, Column, Table, TableColumn, table_of
from notion_sync_assets.core.catalog.schema import TABLES, TABLES_FORMAT

DuckDBConfig = dict[str, str | bool | int | float | list[str]]

CATALOG_FORMAT = f"2.{TABLES_FORMAT}"

SCOPE = TableColumn("scope", "text", "Key of the scope that holds it", nullable=False)

Scope = Annotated[str, Column(SCOPE.comment)]
Seq = Annotated[int, Column("Sequence number of the commit")]
CommittedAt = Annotated[str, Column("When it was committed", TIME)]
Title = Annotated[str, Column("Its title")]


class ScopeRow(NamedTuple):
    """A scope at its newest commit, which is what this catalog shows."""

    scope: Scope
    kind: Annotated[str, Column("data_source or page_tree")]
    root_id: Annotated[str, Column("Id of the data source or root page")]
    title: Title
    seq: Seq
    sync_id: Annotated[str, Column("The sync that made the commit")]
    run_id: Annotated[str, Column("The run that made the commit")]
    committed_at: CommittedAt
    fingerprint: Annotated[str, Column("Fingerprint of the settings it was read with")]
    counts: Annotated[str, Column("Pages by state, blocks, files, bytes", JSON)]


class ManifestColumns(NamedTuple):
    """A page as the manifest of its scope tells it, tombstones included."""

    scope: Scope
    page_id: rows.PageId
    title: Title
    state: Annotated[str, Column("exported, failed (reason says why) or gone")]
    reason: Annotated[str | None, Column("Why it failed or is gone")]
    parent_type: rows.ParentType
    parent_id: rows.ParentId
    parent_page: Annotated[str | None, Column("The page of its scope it is shown under")]
    url: rows.Url
    created_time: rows.Created
    last_edited_time: rows.Edited
    document: Annotated[str | None, Column("SHA-256 of its document")]
    document_bytes: Annotated[int, Column("Size of its document in bytes")]
    document_seq: Annotated[int, Column("The commit that holds its rows")]
    read_at: Annotated[str | None, Column("When its content was read", TIME)]
    blocks: Annotated[int, Column("How many blocks it has")]
    files: Annotated[int, Column("How many hosted files it has")]
    omitted: Annotated[int, Column("How much of it is omitted")]


class ObjectRow(NamedTuple):
    """Every page, database and data source the export knows, each in one state."""

    id: Annotated[str, Column("Id of the object")]
    object: Annotated[str, Column("page, database or data_source")]
    title: Title
    state: Annotated[str, Column("exported, failed or gone")]
    scope: Scope
    parent_type: rows.ParentType
    parent_id: rows.ParentId
    url: rows.Url
    created_time: rows.Created
    last_edited_time: rows.Edited
    reason: Annotated[str | None, Column("Why it failed, is gone or has no rows")]


class KnownUserRow(NamedTuple):
    """A user, as the workspace lists it or as a document tells it."""

    id: Annotated[str, Column("The user")]
    name: Annotated[str | None, Column("The user's name")]
    type: Annotated[str | None, Column("person or bot")]
    email: Annotated[str | None, Column("The user's address, when the connection may see it")]
    avatar_url: Annotated[str | None, Column("Address of the user's picture")]
    listed: Annotated[bool, Column("Whether the workspace lists the user; guests and former members are not")]


class EventColumns(NamedTuple):
    """What a commit changed: pages, heads and columns of data sources, files and comments."""

    scope: Scope
    seq: Seq
    object: Annotated[str, Column("page, data_source, property, file or comment")]
    object_id: Annotated[str, Column("Id of what changed; of a file its address without signature")]
    page_id: Annotated[str | None, Column("The page; null for a data source and its columns")]
    change: Annotated[
        str,
        Column(
            "created, added, edited, renamed, restored, moved, trashed, not_found or removed (the last by a rollback)"
        ),
    ]
    title: Title
    url: rows.Url
    document: Annotated[str | None, Column("SHA-256 of the document (or head) after the change")]
    previous_document: Annotated[str | None, Column("SHA-256 of the document (or head) before it")]
    last_edited_time: rows.Edited
    edited_by: rows.EditedBy
    committed_at: CommittedAt


class VersionColumns(NamedTuple):
    """A version of a page: what it was from one commit to the next one that changed it."""

    page_id: rows.PageId
    version: Annotated[int, Column("Number of the version, from 1")]
    scope: Scope
    seq: Seq
    change: Annotated[str, Column("created, edited, restored, moved, trashed, not_found or removed")]
    present: Annotated[bool, Column("Whether the page was there: not trashed, not_found or removed")]
    title: Title
    url: rows.Url
    document: Annotated[str | None, Column("SHA-256 of its document")]
    previous_document: Annotated[str | None, Column("SHA-256 of the document before it")]
    last_edited_time: rows.Edited
    edited_by: rows.EditedBy
    valid_from: Annotated[str, Column("When it was committed", TIME)]
    valid_to: Annotated[
        str | None, Column("When the next version was committed; null for the current one", TIME)
    ]


class RunRow(NamedTuple):
    """A run, from its receipt."""

    run_id: Annotated[str, Column("The run")]
    started_at: Annotated[str | None, Column("When it started", TIME)]
    finished_at: Annotated[str | None, Column("When it ended", TIME)]
    status: Annotated[str | None, Column("How it ended")]
    counts: Annotated[str | None, Column("What it counted", JSON)]
    requests: Annotated[str | None, Column("Its requests to Notion", JSON)]
    receipt: Annotated[str, Column("The whole receipt", JSON)]


class InfoRow(NamedTuple):
    """Facts about this catalog: format, workspace, and digests of what it was made from."""

    key: Annotated[str, Column("Name of the fact")]
    value: Annotated[str, Column("The fact")]


SCOPES = table_of("scopes", ScopeRow)
MANIFEST = table_of("manifest", ManifestColumns)
OBJECTS = table_of("objects", ObjectRow)
USERS = table_of("users", KnownUserRow)
EVENTS = table_of("events", EventColumns)
VERSIONS = table_of("versions", VersionColumns)
RUNS = table_of("runs", RunRow)
INFO = table_of("catalog_info", InfoRow)

# A target that is not shared, or lies in another workspace, is known to nobody here; a tombstone is.
_DEAD_LINKS = """
CREATE VIEW dead_links AS
SELECT l.scope, l.page_id, carrier.title, l.block_id, l.property_id, l.kind, l.target_type, l.target, l.text,
    coalesce(target.state, 'unknown') AS target_state
FROM links l LEFT JOIN objects carrier ON carrier.id = l.page_id LEFT JOIN objects target ON target.id = l.target
WHERE l.kind IN ('child_page', 'child_database', 'link_to_page', 'mention', 'relation', 'internal_url')
    AND l.target_type IN ('page', 'database', 'data_source', 'block')
    AND (target.id IS NULL OR target.state = 'gone') AND l.target NOT IN (SELECT block_id FROM blocks)
"""
_DEAD_LINKS_COMMENT = (
    "A link that leads to nothing in this export: its target is unknown (not shared, or elsewhere) or gone"
)

# What the heads or documents of several scopes may hold of the same object.
SHARED = ("users", "databases", "views")


def scoped(table: Table) -> Table:
    """Return a commit's table as the catalog holds it: with the scope in front."""
    return dataclasses.replace(table, columns=(SCOPE, *table.columns))


_PAGES_ASOF = """
    CREATE MACRO main.pages_asof(moment) AS TABLE
    SELECT * EXCLUDE (present, valid_to) FROM main.versions
    WHERE present AND valid_from <= moment::TIMESTAMP AND (valid_to IS NULL OR valid_to > moment::TIMESTAMP)
"""


def _pages() -> Table:
    own = {column.name for column in MANIFEST.columns}
    added = tuple(column for column in TABLES["pages"].columns if column.name not in own)
    return Table("pages", "A page that is not gone", (*MANIFEST.columns, *added))


PAGES = _pages()


def people_tables() -> list[Table]:
    """Return the tables of ``main``."""
    own = {"pages": PAGES, "users": USERS}
    from_commits = [own.get(name) or scoped(table) for name, table in TABLES.items()]
    return [OBJECTS, *from_commits, EVENTS, VERSIONS, RUNS, SCOPES, INFO]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table of an empty catalog."""
    connection.execute("CREATE SCHEMA scoped")
    for table in people_tables():
        _create(connection, "main", table)
    for table in (MANIFEST, *(scoped(TABLES[name]) for name in SHARED)):
        _create(connection, "scoped", table)
    _create_dead_links(connection)
    connection.execute(_PAGES_ASOF)


def _create_dead_links(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_DEAD_LINKS)
    connection.execute(f"COMMENT ON VIEW dead_links IS {literal(_DEAD_LINKS_COMMENT)}")
    comments = {column.name: column.comment for column in scoped(TABLES["links"]).columns}
    added = {"title": "Title of the page it is on", "target_state": "gone, or unknown to the export"}
    for name, comment in (comments | added).items():
        connection.execute(f"COMMENT ON COLUMN dead_links.{name} IS {literal(comment)}")


def _create(connection: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    name = f'{schema}."{table.name}"'
    columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    connection.execute(f"COMMENT ON TABLE {name} IS {literal(table.comment)}")
    for column in table.columns:
        connection.execute(f'COMMENT ON COLUMN {name}."{column.name}" IS {literal(column.comment)}')


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"

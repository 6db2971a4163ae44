"""The catalog's tables in DuckDB: what people query, with a comment on every table and column.

Here: the tables beyond those of the commits, and their creation. Not here: filling them (``load``).
Tables of the schema ``main`` are for people; views and macros over them are in ``views``, tables of
data sources in ``source_tables``. Those of ``scoped`` hold what several scopes may tell about the same thing; ``main``
has the one row chosen of them, so an id is there once.
"""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, NamedTuple

import duckdb

from notion_sync_assets.core.catalog import rows
from notion_sync_assets.core.catalog.columns import JSON, TIME, Column, Table, TableColumn, table_of
from notion_sync_assets.core.catalog.schema import TABLES, TABLES_FORMAT
from notion_sync_assets.core.catalog.sql import literal, quoted

DuckDBConfig = dict[str, str | bool | int | float | list[str]]

CATALOG_FORMAT = f"4.{TABLES_FORMAT}"

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
    tables_kept: Annotated[int, Column("Of how many commits the values are kept: see property_history")]
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


class RelationColumns(NamedTuple):
    """A relation of one page to another: joins page_id to the one table, target_id to the other, both ways."""

    scope: Scope
    page_id: rows.PageId
    property_id: Annotated[str, Column("The relation property")]
    property: Annotated[str, Column("The property's name")]
    position: Annotated[int, Column("Ordinal among the related pages, from 0")]
    target_id: Annotated[str, Column("The related page")]


class PropertyHistoryColumns(NamedTuple):
    """A value of a property for as long as it held, as far back as versions of the present settings are kept."""

    scope: Scope
    page_id: rows.PageId
    property_id: Annotated[str, Column("The property's id, decoded; names change, ids do not")]
    name: Annotated[str, Column("The property's name")]
    type: Annotated[str, Column("Notion's property type")]
    seq: Seq
    text: Annotated[str, Column("The value as text; empty when there was none")]
    number: Annotated[float | None, Column("The value of numbers, unique ids, numeric formulas and rollups")]
    boolean: Annotated[bool | None, Column("The value of checkboxes and boolean formulas")]
    date_start: Annotated[str | None, Column("The date, or where a range started", TIME)]
    date_end: Annotated[str | None, Column("Where a range of dates ended", TIME)]
    edited_time: Annotated[
        str | None, Column("When the page was last edited as of that commit: the change is not later", TIME)
    ]
    edited_by: rows.EditedBy
    valid_from: Annotated[str, Column("When the value was committed", TIME)]
    valid_to: Annotated[
        str | None, Column("When another value was committed; null for the newest one known", TIME)
    ]


class SourceColumnRow(NamedTuple):
    """A column of a table that was made for a data source, and the property it is made of."""

    data_source_id: Annotated[str, Column("The data source")]
    scope: Scope
    table_name: Annotated[str, Column("The table with a row per page of the data source")]
    column_name: Annotated[str, Column("The column")]
    column_type: Annotated[str, Column("The column's type in DuckDB")]
    property_id: Annotated[str | None, Column("The property; null for what every page has")]
    property: Annotated[str | None, Column("The property's name in Notion")]
    property_type: Annotated[str | None, Column("Notion's property type")]
    position: Annotated[int, Column("Ordinal in the table, from 0")]
    comment: Annotated[str, Column("What it holds")]


class SearchPageRow(NamedTuple):
    """A page as the search index numbers it."""

    scope: Scope
    number: Annotated[int, Column("Ordinal in its scope, by page id, from 0")]
    page_id: rows.PageId


class RunRow(NamedTuple):
    """A run, from its receipt."""

    run_id: Annotated[str, Column("The run")]
    started_at: Annotated[str | None, Column("When it started", TIME)]
    finished_at: Annotated[str | None, Column("When it ended", TIME)]
    status: Annotated[str | None, Column("How it ended")]
    counts: Annotated[str | None, Column("What it counted", JSON)]
    requests: Annotated[str | None, Column("Its requests to Notion", JSON)]
    receipt: Annotated[str, Column("The receipt; its objects are in receipts", JSON)]


class ReceiptRow(NamedTuple):
    """What one of the newest runs did with an object: each is in exactly one state."""

    run_id: Annotated[str, Column("The run")]
    id: Annotated[str, Column("The object")]
    object: Annotated[str, Column("page, database, data_source, block, comment, user or unknown")]
    state: Annotated[str, Column("exported, unchanged, not_shared, trashed, failed or excluded")]
    scope: Annotated[str | None, Column("Key of the scope that holds it")]
    reason: Annotated[str | None, Column("Why it failed or is not shared")]


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
RECEIPTS = table_of("receipts", ReceiptRow)
INFO = table_of("catalog_info", InfoRow)

RELATIONS = table_of("relations", RelationColumns)
PROPERTY_HISTORY = table_of("property_history", PropertyHistoryColumns)
SOURCE_COLUMNS = table_of("source_columns", SourceColumnRow)
SEARCH_PAGES = table_of("pages", SearchPageRow)

_SEARCH_WORDS = "The search index: in which pages of a scope a word is; ask it with search_blocks(text)"
_SEARCH_WORDS_COLUMNS = {
    "scope": SCOPE.comment,
    "word": "A word in lower case, without accents",
    "pages": "Numbers of the pages in search.pages, ascending",
}

# What the heads or documents of several scopes may hold of the same object.
SHARED = ("users", "databases", "views")


def scoped(table: Table) -> Table:
    """Return a commit's table as the catalog holds it: with the scope in front."""
    return dataclasses.replace(table, columns=(SCOPE, *table.columns))


def _pages() -> Table:
    own = {column.name for column in MANIFEST.columns}
    added = tuple(column for column in TABLES["pages"].columns if column.name not in own)
    return Table("pages", "A page that is not gone", (*MANIFEST.columns, *added))


PAGES = _pages()


def people_tables() -> list[Table]:
    """Return the tables of ``main``."""
    own = {"pages": PAGES, "users": USERS}
    from_commits = [own.get(name) or scoped(table) for name, table in TABLES.items()]
    made = [RELATIONS, PROPERTY_HISTORY, SOURCE_COLUMNS]
    return [OBJECTS, *from_commits, *made, EVENTS, VERSIONS, RUNS, RECEIPTS, SCOPES, INFO]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table of an empty catalog."""
    connection.execute("CREATE SCHEMA scoped")
    connection.execute("CREATE SCHEMA search")
    for table in people_tables():
        _create(connection, "main", table)
    for table in (MANIFEST, *(scoped(TABLES[name]) for name in SHARED)):
        _create(connection, "scoped", table)
    _create(connection, "search", SEARCH_PAGES)
    connection.execute("CREATE TABLE search.words (scope VARCHAR, word VARCHAR, pages INTEGER[])")
    comment(connection, "search.words", _SEARCH_WORDS, _SEARCH_WORDS_COLUMNS)


def comment(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    about: str,
    columns: Mapping[str, str],
    kind: str = "TABLE",
) -> None:
    """Say what a table (or view) and each of its columns is; ``name`` is quoted where it has to be."""
    told = [
        f"COMMENT ON COLUMN {name}.{quoted(column)} IS {literal(text)}" for column, text in columns.items()
    ]
    connection.execute("; ".join([f"COMMENT ON {kind} {name} IS {literal(about)}", *told]))


def _create(connection: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    name = f'{schema}."{table.name}"'
    columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    comment(connection, name, table.comment, {column.name: column.comment for column in table.columns})

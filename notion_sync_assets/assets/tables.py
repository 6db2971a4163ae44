"""Table schemas and row counts in the form that Dagster's UI knows: columns with types and meaning.

Here: translation from the package's tables and from Notion's schemas. Not here: the tables (``core.catalog``).
"""

from collections.abc import Iterable

import dagster as dg

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.columns import Table
from notion_sync_assets.core.catalog.ddl import MANIFEST, people_tables
from notion_sync_assets.core.catalog.schema import TABLES
from notion_sync_assets.core.documents import page_properties, plain_text

COLUMN_SCHEMA = "dagster/column_schema"
ROW_COUNT = "dagster/row_count"
PARTITION_ROW_COUNT = "dagster/partition_row_count"


def definition_metadata(asset: str) -> dict[str, dg.MetadataValue]:
    """Return what is known of a scope asset's table before anything is materialized."""
    table = {"pages": MANIFEST, "blocks": TABLES["blocks"], "files": TABLES["files"]}.get(asset)
    return {} if table is None else {COLUMN_SCHEMA: column_schema(table)}


def catalog_tables() -> dg.TableMetadataValue:
    """Return the tables of the catalog: name, what a row is, number of columns."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord({"table": table.name, "a row is": table.comment, "columns": len(table.columns)})
            for table in people_tables()
        ]
    )


def column_schema(table: Table) -> dg.TableSchemaMetadataValue:
    """Return the columns of one of our tables."""
    return _schema(dg.TableColumn(each.name, each.kind, each.comment) for each in table.columns)


def source_schema(head: Json | None) -> dict[str, dg.MetadataValue]:
    """Return the properties of a data source as columns, by their names; nothing for a page tree."""
    if head is None:
        return {}
    columns = (
        dg.TableColumn(name, str(each.get("type")), plain_text(each.get("description")) or None)
        for name, each in sorted(page_properties(head["data_source"]).items())
    )
    return {COLUMN_SCHEMA: _schema(columns)}


def _schema(columns: Iterable[dg.TableColumn]) -> dg.TableSchemaMetadataValue:
    return dg.MetadataValue.table_schema(dg.TableSchema(columns=list(columns)))

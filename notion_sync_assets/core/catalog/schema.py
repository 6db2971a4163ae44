"""The tables of a commit: one Parquet file each, always all of them.

Here: their names and Parquet schemas, derived from ``rows``. Not here: the catalog's own tables, which are made of
these (``ddl``). ``TABLES_FORMAT`` changes whenever a schema does: a catalog of another format is rebuilt.
"""

import pyarrow as pa

from notion_sync_assets.core.catalog import rows
from notion_sync_assets.core.catalog.columns import Table, table_of

TABLES_FORMAT = 1

TABLES: dict[str, Table] = {
    name: table_of(name, row)
    for name, row in {
        "pages": rows.PageRow,
        "blocks": rows.BlockRow,
        "properties": rows.PropertyRow,
        "links": rows.LinkRow,
        "files": rows.FileRow,
        "comments": rows.CommentRow,
        "users": rows.UserRow,
        "omitted": rows.OmittedRow,
        "data_sources": rows.DataSourceRow,
        "databases": rows.DatabaseRow,
        "schema_properties": rows.SchemaPropertyRow,
        "options": rows.OptionRow,
        "views": rows.ViewRow,
    }.items()
}

SCHEMAS: dict[str, pa.Schema] = {name: table.arrow_schema() for name, table in TABLES.items()}


def file_name(table: str) -> str:
    """Return the name of a table's file in a commit's folder."""
    return f"{table}.parquet"

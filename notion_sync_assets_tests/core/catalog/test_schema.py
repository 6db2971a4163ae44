"""Declarations: they fit the files they describe."""

import pyarrow as pa

from notion_sync_assets.core.catalog import ddl
from notion_sync_assets.core.catalog.schema import SCHEMAS, TABLES
from notion_sync_assets.core.sync import events, manifest


def names(table):
    return [column.name for column in table.columns]


def test_columns_have_the_types_their_annotations_tell():
    blocks = SCHEMAS["blocks"]
    assert blocks.field("position") == pa.field("position", pa.int64(), nullable=False)
    assert blocks.field("has_children") == pa.field("has_children", pa.bool_(), nullable=False)
    assert SCHEMAS["properties"].field("number") == pa.field("number", pa.float64())
    assert SCHEMAS["links"].field("block_id") == pa.field("block_id", pa.string())


def test_the_catalog_gives_json_and_times_their_types():
    types = {column.name: column.sql_type for column in TABLES["blocks"].columns}
    assert (types["raw"], types["created_time"], types["position"]) == ("JSON", "TIMESTAMP", "BIGINT")


def test_no_name_is_declared_twice():
    for table in ddl.people_tables():
        assert len(names(table)) == len(set(names(table)))
    assert len(ddl.people_tables()) == len({table.name for table in ddl.people_tables()})


def test_the_catalog_reads_only_columns_that_manifests_and_events_have():
    assert set(names(ddl.MANIFEST)) - {"scope"} <= set(manifest.SCHEMA.names)
    assert set(names(ddl.EVENTS)) <= set(events.SCHEMA.names)


def test_the_tables_people_ask_for_are_there():
    expected = {
        "objects",
        "pages",
        "blocks",
        "databases",
        "data_sources",
        "properties",
        "schema_properties",
        "views",
    }
    expected |= {"links", "files", "comments", "users", "events", "runs", "omitted", "scopes", "options"}
    assert expected <= {table.name for table in ddl.people_tables()}

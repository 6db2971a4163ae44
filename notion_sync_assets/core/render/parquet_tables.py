"""Parquet: the rows of a data source with their types, the edges of its relations, its schema.

Here: three files below ``parquet/<Data source> <8 hex>/``. Not here: page trees, which are no tables and have no
Parquet; the type of a value (``typed_values``), column order and names (``columns``).

- ``rows.parquet``: a column per property, then the system columns; as CSV, with types.
- ``relations.parquet``: an edge per related page: page_id, property_id, property, position, target_id,
  target_title (null where the export does not hold the page).
- ``schema.parquet``: a row per property: position, column (its name in ``rows``), property_id, name, type,
  description, config (JSON), options (id, name, color, group) of selects and statuses.

Rows stream in row groups of 1,000, so memory does not grow with their number.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.values import text_or_none
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.columns import SYSTEM, Column, columns, matched
from notion_sync_assets.core.render.link_slice import LinkSlice, titles
from notion_sync_assets.core.render.options import RenderOptions, Step
from notion_sync_assets.core.render.rows import OrderedSnapshot, current_rows
from notion_sync_assets.core.render.scratch import scratch_file
from notion_sync_assets.core.render.typed_values import TIMESTAMP, arrow_type, timestamp, typed_value
from notion_sync_assets.core.render.values import TitleOf, json_text
from notion_sync_assets.core.select_options import options_of

VERSION = 4

_ROW_GROUP = 1000
_RELATION_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("page_id", pa.string(), nullable=False),
    pa.field("property_id", pa.string(), nullable=False),
    pa.field("property", pa.string(), nullable=False),
    pa.field("position", pa.int32(), nullable=False),
    pa.field("target_id", pa.string(), nullable=False),
    pa.field("target_title", pa.string()),
]
_RELATIONS = pa.schema(_RELATION_FIELDS)
_OPTION = pa.struct(
    [("id", pa.string()), ("name", pa.string()), ("color", pa.string()), ("group", pa.string())]
)
_SCHEMA_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("position", pa.int32(), nullable=False),
    pa.field("column", pa.string(), nullable=False),
    pa.field("property_id", pa.string(), nullable=False),
    pa.field("name", pa.string(), nullable=False),
    pa.field("type", pa.string(), nullable=False),
    pa.field("description", pa.string()),
    pa.field("config", pa.string()),
    pa.field("options", pa.list_(_OPTION)),
]
_SCHEMA = pa.schema(_SCHEMA_FIELDS)
_SYSTEM_TYPES = (pa.string(), pa.string(), TIMESTAMP, TIMESTAMP, pa.string())

Row = tuple[Any, ...]
Page = tuple[Json, dict[str, Json]]


def export_parquet(snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Step]:
    """Yield the three files of a data source; nothing for a page tree."""
    head = snapshot.head()
    if head is None:
        return
    table = columns(head["data_source"])
    with scratch_file(options.scratch) as rows, scratch_file(options.scratch) as edges:
        yield from _write_rows(rows, edges, current_rows(snapshot, links), table, titles(links))
        yield places.parquet_table(links.folder, "rows"), rows
        yield places.parquet_table(links.folder, "relations"), edges
    yield places.parquet_table(links.folder, "schema"), _schema(table)


def _write_rows(
    rows: Path, edges: Path, pages: Iterator[Page | None], table: list[Column], title_of: TitleOf
) -> Iterator[None]:
    schema = _row_schema(table)
    values: list[Row] = []
    with _writer(rows, schema) as row_writer, _writer(edges, _RELATIONS) as edge_writer:

        def write_group() -> None:
            row_writer.write_table(_table(values, schema))
            related = [edge for row in values for edge in _edges(row, table)]
            if related:
                edge_writer.write_table(_table(related, _RELATIONS))
            values.clear()

        for page in pages:
            yield
            if page is not None:
                values.append(_row(page, table, title_of))
            if len(values) == _ROW_GROUP:
                write_group()
        if values:
            write_group()


def _writer(target: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(target, schema, compression="zstd")


def _table(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    # Without rows there are no columns to turn them into.
    values = list(zip(*rows, strict=True)) or [()] * len(schema)
    typed = zip(values, schema.types, strict=True)
    return pa.table([pa.array(each, kind) for each, kind in typed], schema=schema)


def _row_schema(table: list[Column]) -> pa.Schema:
    fields = [pa.field(column.name, arrow_type(column.type)) for column in table]
    return pa.schema([*fields, *(pa.field(*named) for named in zip(SYSTEM, _SYSTEM_TYPES, strict=True))])


def _row(page: Page, table: list[Column], title_of: TitleOf) -> Row:
    value, files = page
    cells, others = matched(value, table)
    typed: list[Any] = [None] * len(table)
    for index, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            typed[index] = typed_value(cell, title_of, files)
        except ValueError:
            others[table[index].label] = cell
    times = (timestamp(value.get("created_time")), timestamp(value.get("last_edited_time")))
    return (*typed, value["id"], text_or_none(value.get("url")), *times, json_text(others) or None)


def _edges(row: Row, table: list[Column]) -> Iterator[Row]:
    page_id = row[len(table)]
    for column, targets in zip(table, row, strict=False):
        if column.type == "relation":
            for position, target in enumerate(targets or ()):
                yield page_id, column.property_id, column.label, position, target["id"], target["title"]


def _schema(table: list[Column]) -> bytes:
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, _SCHEMA, compression="zstd") as writer:
        rows = [_described(position, column) for position, column in enumerate(table)]
        writer.write_table(_table(rows, _SCHEMA))
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _described(position: int, column: Column) -> Row:
    schema = column.schema
    config = schema.get(column.type) or {}
    options = _options(schema) if isinstance(config, dict) and "options" in config else None
    description = plain_text(schema.get("description")) or None
    facts = (column.property_id, column.label, column.type, description, json_text(config) or None)
    return position, column.name, *facts, options


def _options(schema: Json) -> list[Json]:
    return [
        {**{name: _text_or_none(item.get(name)) for name in ("id", "name", "color")}, "group": group}
        for item, group in options_of(schema)
    ]


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)

"""From the head of a data source to its rows: schema, options, database, views, templates.

Here: ``{"data_source", "database", "views", "templates"}`` to tables. Not here: rows of pages (``extract``).
Sources: notion_api.md §§5, 7.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.references import Place, References
from notion_sync_assets.core.catalog.rows import (
    DatabaseRow,
    DataSourceRow,
    FileRow,
    LinkRow,
    OptionRow,
    SchemaPropertyRow,
    UserRow,
    ViewRow,
)
from notion_sync_assets.core.catalog.text import json_text, rich_texts
from notion_sync_assets.core.catalog.values import flag, id_of, parent_of, text_or_none
from notion_sync_assets.core.documents import objects_in, plain_text
from notion_sync_assets.core.select_options import options_of

_OWN_FIELDS = ("object", "id", "url", "public_url", "properties")


class HeadRows(NamedTuple):
    """The rows of one head; the fields are named after the tables."""

    data_sources: list[DataSourceRow]
    databases: list[DatabaseRow]
    schema_properties: list[SchemaPropertyRow]
    options: list[OptionRow]
    views: list[ViewRow]
    links: list[LinkRow]
    files: list[FileRow]
    users: list[UserRow]


def head_rows(head: Json) -> HeadRows:
    """Return all rows of a head; what it lacks (an unshared database, no views) gives no rows."""
    found = References(None)
    source, database = _object(head.get("data_source")), _object(head.get("database"))
    schema = list(_schema(source))
    views = [view for view in head.get("views") or [] if isinstance(view, dict)]
    _visit_head(head, source, database, found)
    return HeadRows(
        [_data_source(source)] if source else [],
        [database_row(database, None)] if database else [],
        [_property(source, name, value, position) for position, (name, value) in enumerate(schema)],
        [option for name, value in schema for option in _options(source, name, value)],
        [_view(view) for view in views],
        found.links,
        found.files,
        list(found.users.values()),
    )


def visit_container(value: Json, found: References, place: Place) -> None:
    """Collect what a database or data source refers to, its own id and address not included."""
    for name in sorted(value.keys() - set(_OWN_FIELDS)):
        kind = "parent" if name in ("parent", "database_parent") else name
        found.visit({name: value[name]}, place, kind)


def database_row(value: Json, page_id: str | None) -> DatabaseRow:
    """Return the row of a database container; ``page_id`` is the page whose document holds it."""
    return DatabaseRow(
        page_id,
        str(value.get("id")),
        "".join(rich_texts(value.get("title"))),
        "".join(rich_texts(value.get("description"))),
        text_or_none(value.get("url")),
        text_or_none(value.get("public_url")),
        *parent_of(value),
        flag(value.get("is_inline")),
        text_or_none(value.get("created_time")),
        text_or_none(value.get("last_edited_time")),
        flag(value.get("in_trash")),
        len(objects_in(value.get("data_sources"))),
        json_text(value),
    )


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _visit_head(head: Json, source: Json, database: Json, found: References) -> None:
    for value, kind in ((source, "data_source"), (database, "database")):
        carrier = str(value.get("id"))
        visit_container(value, found, Place(None, None, carrier, kind))
    for name, value in _schema(source):
        property_id = _property_id(name, value)
        rest = {field: item for field, item in value.items() if field != "id"}
        found.visit(rest, Place(None, property_id, property_id, "property"), "schema")
    whole = Place(None, None, str(source.get("id")), "view")
    for view in head.get("views") or []:
        found.visit({**view, "url": None} if isinstance(view, dict) else None, whole, "view")
    for template in head.get("templates") or []:
        found.add(whole, "template", "page", id_of(template), text_or_none(_object(template).get("name")))


def _schema(source: Json) -> Iterator[tuple[str, Json]]:
    """Yield the properties: the title first, then by name, since the API's order is not stable."""
    properties = {
        name: value for name, value in _object(source.get("properties")).items() if isinstance(value, dict)
    }
    for name in sorted(properties, key=lambda name: (properties[name].get("type") != "title", name)):
        yield name, properties[name]


def _property_id(name: str, value: Json) -> str:
    return unquote(str(value.get("id") or name))


def _data_source(source: Json) -> DataSourceRow:
    database_id = _object(source.get("parent")).get("database_id")
    return DataSourceRow(
        str(source.get("id")),
        text_or_none(database_id),
        plain_text(source.get("title")),
        plain_text(source.get("description")),
        text_or_none(source.get("url")),
        text_or_none(source.get("public_url")),
        *parent_of(source),
        text_or_none(source.get("created_time")),
        text_or_none(source.get("last_edited_time")),
        id_of(source.get("created_by")),
        id_of(source.get("last_edited_by")),
        flag(source.get("in_trash")),
        json_text({name: value for name, value in source.items() if name != "properties"}),
    )


def _property(source: Json, name: str, value: Json, position: int) -> SchemaPropertyRow:
    kind = str(value.get("type"))
    return SchemaPropertyRow(
        str(source.get("id")),
        _property_id(name, value),
        name,
        kind,
        text_or_none(value.get("description")),
        json_text(value.get(kind)),
        position,
    )


def _options(source: Json, name: str, value: Json) -> Iterator[OptionRow]:
    for position, (option, group) in enumerate(options_of(value)):
        yield OptionRow(
            str(source.get("id")),
            _property_id(name, value),
            str(option.get("id")),
            str(option.get("name")),
            text_or_none(option.get("color")),
            text_or_none(option.get("description")),
            group,
            position,
        )


def _view(view: Json) -> ViewRow:
    return ViewRow(
        str(view.get("id")),
        text_or_none(view.get("data_source_id")),
        text_or_none(_object(view.get("parent")).get("database_id")),
        text_or_none(view.get("name")),
        text_or_none(view.get("type")),
        text_or_none(view.get("url")),
        text_or_none(view.get("created_time")),
        text_or_none(view.get("last_edited_time")),
        json_text(view),
    )

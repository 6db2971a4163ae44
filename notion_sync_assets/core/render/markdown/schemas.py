"""What a data source is made of, below the table of its rows: properties, views, templates.

Here: names, types, descriptions and options of properties; names of views and templates. Not here: rows
(``data_sources``), filters and layouts of views, which only Notion can apply and JSON holds.
"""

from collections.abc import Iterator
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.columns import Column
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.dialects import Dialect
from notion_sync_assets.core.render.markdown.escaping import clean
from notion_sync_assets.core.render.markdown.inline import CELL, LINE, Form, inline
from notion_sync_assets.core.render.markdown.page_view import joined
from notion_sync_assets.core.render.markdown.pieces import Piece
from notion_sync_assets.core.render.markdown.tables import rule, table_row
from notion_sync_assets.core.render.markdown.targets import Targets
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.schema_text import property_details

_HEAD = ("Property", "Type", "Description", "Details")


def source_tail(head: Json, path: str, links: LinkSlice, table: list[Column], dialect: Dialect) -> str:
    """Return everything below the rows; ``head`` is up to date (``overlay``)."""
    views = [
        f"- {_text(_name(view), dialect)} ({_text(str(view.get('type')), dialect)})"
        for view in _each(head, "views")
    ]
    targets = Targets(path, links, {})
    templates = [f"- {_template(each, targets, dialect)}" for each in _each(head, "templates")]
    lines = joined(
        [""],
        joined(["## Properties"], list(_properties(table, dialect))) if table else [],
        joined(["## Views"], views) if views else [],
        joined(["## Templates"], templates) if templates else [],
    )
    return "\n".join(lines[1:]) + "\n"


def _properties(table: list[Column], dialect: Dialect) -> Iterator[str]:
    yield table_row(_HEAD)
    yield rule(len(_HEAD))
    for column in table:
        described = str(column.schema.get("description") or "")
        told = (column.label, column.type.replace("_", " "), described, property_details(column.schema))
        yield table_row(_text(text, dialect, CELL) for text in told)


def _each(head: Json, name: str) -> list[Json]:
    found = head.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _template(template: Json, targets: Targets, dialect: Dialect) -> str:
    return inline(LINE, dialect).write([Piece(_name(template), targets.page(str(template.get("id"))))])


def _name(value: Any) -> str:
    return " ".join(clean(str(value.get("name") or "")).split()) or UNTITLED


def _text(text: str, dialect: Dialect, form: Form = LINE) -> str:
    return inline(form, dialect).write([Piece(clean(text))] if text else [])

"""A data source as Markdown: what it is, and a table of its rows that leads to their pages.

Here: the head and the rows of the table. Not here: the pages of the rows (``pages``), what follows the table
(``schemas``).
Columns are those of CSV (``render.columns``) without the system's own; the title is the link.
"""

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.columns import Column, matched
from notion_sync_assets.core.render.link_slice import LinkSlice, titles
from notion_sync_assets.core.render.markdown.dialects import Dialect
from notion_sync_assets.core.render.markdown.escaping import clean
from notion_sync_assets.core.render.markdown.front_matter import source_front_matter
from notion_sync_assets.core.render.markdown.inline import CELL, LINE, inline
from notion_sync_assets.core.render.markdown.page_view import joined, paragraph
from notion_sync_assets.core.render.markdown.pages import title_line
from notion_sync_assets.core.render.markdown.pieces import Piece, pieces
from notion_sync_assets.core.render.markdown.tables import rule, table_row
from notion_sync_assets.core.render.markdown.targets import Targets, file_url
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.values import display_text, json_text, relation_title


def source_head(head: Json, path: str, links: LinkSlice, table: list[Column], dialect: Dialect) -> str:
    """Return everything above the rows; ``head`` is up to date (``overlay``)."""
    source, database = head["data_source"], head.get("database") or {}
    targets = Targets(path, links, {})
    title = plain_text(source.get("title")) or plain_text(database.get("title"))
    names = [_linked(column.label, None, dialect) for column in table]
    lines = joined(
        source_front_matter(source, database, targets, dialect),
        [title_line("", title, dialect)],
        *(paragraph(text) for text in _descriptions(source, database, targets, dialect)),
        [table_row(names), rule(len(names))] if names else [],
    )
    return "\n".join(lines) + "\n"


def _descriptions(source: Json, database: Json, targets: Targets, dialect: Dialect) -> list[str]:
    """Return what describes the data source and its database, once when both say the same."""
    found = [each.get("description") for each in (source, database)]
    return list(
        dict.fromkeys(
            inline(LINE, dialect).write(pieces(text, targets, colors=dialect.colors)) for text in found
        )
    )


def source_row(page: Json, page_path: str, table: list[Column], targets: Targets, dialect: Dialect) -> str:
    """Return one row's line; ``page`` is up to date, ``page_path`` is the file of the row."""
    values, _ = matched(page, table)
    return table_row(_cell(value, page_path, targets, dialect) if value else "" for value in values) + "\n"


def _cell(value: Json, page_path: str, targets: Targets, dialect: Dialect) -> str:
    try:
        return _value(value, page_path, targets, dialect)
    except Exception:  # noqa: BLE001 - a shape the reference does not know
        return _linked(json_text(value.get(str(value.get("type")))), None, dialect)


def _value(value: Json, page_path: str, targets: Targets, dialect: Dialect) -> str:
    kind = str(value.get("type"))
    payload = value.get(kind)
    if kind == "title":
        title = " ".join(plain_text(payload).split()) or UNTITLED
        return _linked(title, targets.file_of(page_path), dialect)
    if kind == "rich_text":
        return inline(CELL, dialect).write(pieces(payload, targets, colors=False))
    if kind == "url" and isinstance(payload, str):
        return _linked(payload, targets.url(payload), dialect)
    if kind in ("relation", "files") and isinstance(payload, list):
        one = _related if kind == "relation" else _file
        return ", ".join(_linked(*one(item, targets), dialect) for item in payload if isinstance(item, dict))
    return _linked(display_text(value, titles(targets.links), targets.files), None, dialect)


def _related(item: Json, targets: Targets) -> tuple[str, str | None]:
    return relation_title(item, titles(targets.links)), targets.page(str(item.get("id")))


def _file(item: Json, targets: Targets) -> tuple[str, str | None]:
    return str(item.get("name") or file_url(item)), targets.file(item)


def _linked(text: str, link: str | None, dialect: Dialect) -> str:
    return inline(CELL, dialect).write([Piece(clean(text), link)] if text else [])

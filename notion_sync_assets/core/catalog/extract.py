"""From one page's document to its rows in every table.

Here: which part of a document fills which column. Not here: the heads of data sources (``head``), files on disk
(``tables``). Pure functions; odd values never raise, they become rows that say less.
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.head import database_row, visit_container
from notion_sync_assets.core.catalog.references import Place, References
from notion_sync_assets.core.catalog.rows import (
    BlockRow,
    CommentRow,
    DatabaseRow,
    FileRow,
    LinkRow,
    OmittedRow,
    PageRow,
    PropertyRow,
    UserRow,
)
from notion_sync_assets.core.catalog.text import block_text, json_text, property_text, rich_texts
from notion_sync_assets.core.catalog.values import (
    flag,
    id_of,
    json_or_none,
    parent_of,
    text_or_none,
    typed_value,
)
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.sync.manifest import ManifestRow

_CHILDREN = {"child_page": "page", "child_database": "database"}
_BLOCK_FIELDS = frozenset(
    {
        *(
            "object",
            "id",
            "parent",
            "type",
            "created_time",
            "last_edited_time",
            "created_by",
            "last_edited_by",
        ),
        *("has_children", "in_trash", "archived", "children"),
    }
)
_PAGE_FIELDS = ("icon", "cover", "parent", "created_by", "last_edited_by")


class PageRows(NamedTuple):
    """The rows of one page; the fields are named after the tables."""

    pages: list[PageRow]
    blocks: list[BlockRow]
    properties: list[PropertyRow]
    links: list[LinkRow]
    files: list[FileRow]
    comments: list[CommentRow]
    users: list[UserRow]
    omitted: list[OmittedRow]
    databases: list[DatabaseRow]


def page_rows(row: ManifestRow, document: Document) -> PageRows:
    """Return all rows of a page; each carries the manifest row's page id."""
    found = References(row.page_id, document.files)
    _visit_page(document.page, found, row.page_id)
    blocks = list(_blocks(document, row.page_id, found))
    properties = list(_properties(document.page, row.page_id, found))
    comments = [_comment(value, row.page_id, found) for value in document.comments or []]
    described = [value["database"] for _, value in sorted(document.databases.items()) if "database" in value]
    databases = [_database(value, row.page_id, found) for value in described]
    return PageRows(
        [_page(document.page, row.page_id)],
        blocks,
        properties,
        found.links,
        found.files,
        comments,
        list(found.users.values()),
        [_omitted(value, row.page_id) for value in document.omitted],
        databases,
    )


def _visit_page(page: Json, found: References, page_id: str) -> None:
    """Collect what the page object refers to: its parent, its authors, icon, cover."""
    for name in _PAGE_FIELDS:
        kind = "parent" if name == "parent" else name
        found.visit(page.get(name), Place(None, None, page_id, name), kind)


def _page(page: Json, page_id: str) -> PageRow:
    rest = {name: value for name, value in page.items() if name != "properties"}
    return PageRow(
        page_id,
        text_or_none(page.get("public_url")),
        id_of(page.get("created_by")),
        id_of(page.get("last_edited_by")),
        flag(page.get("in_trash")),
        flag(page.get("is_archived")),
        flag(page.get("is_locked")),
        json_or_none(page.get("icon")),
        json_or_none(page.get("cover")),
        json_text(rest),
    )


def _blocks(document: Document, page_id: str, found: References) -> Iterator[BlockRow]:
    authors = Place(None, None, page_id, "block")
    for position, (block, above) in enumerate(document.walk()):
        block_id, kind = str(block.get("id")), str(block.get("type"))
        around = above[-1] if above else page_id
        _visit_block(block, kind, found, Place(block_id, None, block_id, "block"), around)
        _visit_authors(block, found, authors)
        yield BlockRow(
            block_id,
            page_id,
            around,
            position,
            len(above),
            "/".join(above),
            kind,
            block_text(block),
            bool(block.get("has_children")),
            text_or_none(block.get("created_time")),
            text_or_none(block.get("last_edited_time")),
            id_of(block.get("created_by")),
            id_of(block.get("last_edited_by")),
            json_text({name: value for name, value in block.items() if name != "children"}),
        )


def _visit_authors(block: Json, found: References, place: Place) -> None:
    for name in ("created_by", "last_edited_by"):
        found.user(block.get(name), place, name)


def _visit_block(block: Json, kind: str, found: References, place: Place, around: str) -> None:
    """Collect what a block refers to; its parent only when the document's tree does not tell it already."""
    if kind in _CHILDREN:
        payload = block.get(kind)
        title = payload.get("title") if isinstance(payload, dict) else None
        found.add(place, kind, _CHILDREN[kind], block.get("id"), text_or_none(title))
    found.visit(block.get(kind), place, "link_to_page" if kind == "link_to_page" else "reference")
    if parent_of(block)[1] != around:
        found.visit(block.get("parent"), place, "parent")
    for name in sorted(block.keys() - _BLOCK_FIELDS - {kind}):
        found.visit(block[name], place)


def _properties(page: Json, page_id: str, found: References) -> Iterator[PropertyRow]:
    properties = page.get("properties")
    for name, value in sorted(properties.items()) if isinstance(properties, dict) else ():
        if not isinstance(value, dict):
            continue
        property_id = unquote(str(value.get("id") or name))
        _visit_property(value, found, Place(None, property_id, property_id, "property"))
        yield PropertyRow(
            page_id,
            property_id,
            name,
            str(value.get("type")),
            property_text(value),
            json_text(value),
            *typed_value(value),
        )


def _visit_property(value: Json, found: References, place: Place) -> None:
    found.visit({name: item for name, item in value.items() if name != "id"}, place)
    if value.get("type") == "url" and isinstance(value.get("url"), str):
        found.address(value["url"], place, None)


def _comment(value: Json, page_id: str, found: References) -> CommentRow:
    comment_id = str(value.get("id"))
    place = Place(comment_id, None, comment_id, "comment")
    found.visit({name: item for name, item in value.items() if name not in ("object", "created_by")}, place)
    found.user(value.get("created_by"), Place(None, None, page_id, "comment"), "created_by")
    return CommentRow(
        page_id,
        comment_id,
        text_or_none(value.get("discussion_id")),
        *parent_of(value),
        text_or_none(value.get("created_time")),
        id_of(value.get("created_by")),
        "".join(rich_texts(value.get("rich_text"))),
        json_text(value),
    )


def _database(value: Json, page_id: str, found: References) -> DatabaseRow:
    database_id = str(value.get("id"))
    visit_container(value, found, Place(database_id, None, database_id, "database"))
    return database_row(value, page_id)


def _omitted(value: Json, page_id: str) -> OmittedRow:
    fields = (value.get(name) for name in ("kind", "id", "reason", "detail"))
    return OmittedRow(page_id, *(str(field or "") for field in fields))

"""The listing of a data source: its schema and every row, complete or loudly not.

Here: the head (data source, database, views, templates) and the door to the rows. Not here: how rows beyond Notion's
10,000 results are come by (``row_windows``), what is done with a row (``engine``). Rules: notion_api.md §2 "Caps and incompleteness".
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.documents import only_title, page_properties, plain_text
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    InvalidRequestError,
    NotionApiError,
    NotOfferedError,
    ObjectNotFoundError,
    RestrictedError,
)
from notion_sync_assets.core.notion.pagination import collect
from notion_sync_assets.core.sync.databases import DatabaseDirectory, read_views
from notion_sync_assets.core.sync.row_windows import RowWindows

_WITHHELD = (ObjectNotFoundError, InvalidRequestError, RestrictedError)
_DISPENSABLE = (*_WITHHELD, NotOfferedError)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a data source: ``value`` is stored, the rest is what the engine asks of it."""

    value: Json
    title: str
    trashed: bool


async def read_head(
    client: NotionClient, databases: DatabaseDirectory, source_id: str, *, properties: bool = True
) -> Head:
    """Return schema, container, views and templates. ``ObjectNotFoundError``: the data source is not shared.

    Without ``properties`` the schema is the title alone, as the documents of the rows then are.
    """
    source = await client.data_source(source_id)
    database = await _container(databases, source)
    if source.get("in_trash") or (database or {}).get("in_trash"):
        return Head({}, plain_text(source.get("title")), trashed=True)
    if not properties:
        source = {**source, "properties": only_title(page_properties(source))}
    value = {
        "format": 1,
        "data_source": normalise(source),
        "database": normalise(database),
        "views": normalise(await read_views(client, source_id=source_id)),
        "templates": normalise(await _templates(client, source_id)),
    }
    title = plain_text(source.get("title")) or plain_text((database or {}).get("title"))
    return Head(value, title, trashed=False)


def rows(client: NotionClient, source_id: str) -> AsyncIterator[Json]:
    """Yield every result of the data source once; ``IncompleteListingError`` when that cannot be done."""
    return RowWindows(client, source_id).rows()


async def _container(databases: DatabaseDirectory, source: Json) -> Json | None:
    parent = source.get("parent")
    database_id = parent.get("database_id") if isinstance(parent, dict) else None
    if not isinstance(database_id, str):
        return None
    try:
        return await databases.container(database_id)
    except _WITHHELD:
        return None


async def _templates(client: NotionClient, source_id: str) -> list[Json]:
    try:
        found = await collect(lambda cursor: client.templates(source_id, cursor), results="templates")
    except NotionApiError as error:
        if isinstance(error, _DISPENSABLE):
            return []
        raise
    return sorted(found, key=lambda each: str(each.get("id")))

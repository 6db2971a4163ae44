"""Databases met on the way: the containers of data sources, and those that own none.

Here: one answer per database and process, however many blocks and scopes ask. Not here: rows and schemas
(``listing``). Rules: notion_api.md §7.
"""

import asyncio
from collections.abc import Iterable

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.documents import objects_in
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    InvalidRequestError,
    NotionApiError,
    NotOfferedError,
    ObjectNotFoundError,
    RestrictedError,
    UnauthorizedError,
)
from notion_sync_assets.core.notion.pagination import collect

_WITHHELD = (ObjectNotFoundError, InvalidRequestError, RestrictedError)
_DISPENSABLE = (*_WITHHELD, NotOfferedError)


class DatabaseDirectory:
    """What this process knows about databases. ``owners``: ids of databases whose data sources search listed."""

    def __init__(self, client: NotionClient, owners: Iterable[str]) -> None:
        self._client = client
        self._owners = set(owners)
        self._containers: dict[str, asyncio.Future[Json]] = {}
        self._described: dict[str, asyncio.Future[Json | None]] = {}
        self.found_sources: dict[str, str | None] = {}

    async def container(self, database_id: str) -> Json:
        """Return the database object, asked for once; API errors propagate to everyone who asks."""
        if database_id not in self._containers:
            self._containers[database_id] = asyncio.ensure_future(self._client.database(database_id))
        return await asyncio.shield(self._containers[database_id])

    async def describe(self, database_id: str) -> Json | None:
        """Return None for a database with data sources of its own; they are noted in ``found_sources``.

        Otherwise ``{"database", "views"}`` of a linked database, or ``{"error": code}`` of one that the API
        refuses: linked to a source that is not shared, or not shared itself.
        """
        if database_id in self._owners:
            return None
        if database_id not in self._described:
            self._described[database_id] = asyncio.ensure_future(self._look(database_id))
        return await asyncio.shield(self._described[database_id])

    def owns(self, database_id: str) -> bool:
        """Tell whether data sources of the database are known."""
        return database_id in self._owners

    async def parent(self, database_id: str) -> tuple[str, str | None] | None:
        """Return type and id of what a database is on now; None when it is in the trash, or refused."""
        try:
            database = await self.container(database_id)
        except _WITHHELD:
            self._owners.discard(database_id)
            return None
        parent = database.get("parent")
        kind = str(parent.get("type")) if isinstance(parent, dict) else "unknown"
        identifier = parent.get(kind) if isinstance(parent, dict) else None
        return (
            None if database.get("in_trash") else (kind, identifier if isinstance(identifier, str) else None)
        )

    def note_source(self, source: Json) -> None:
        """Note a data source met as a row of a wiki."""
        parent = source.get("parent")
        database = parent.get("database_id") if isinstance(parent, dict) else None
        self.found_sources[str(source["id"])] = database if isinstance(database, str) else None

    def verdicts(self) -> dict[str, str]:
        """Return what was learned of databases without data sources of their own: id → ``linked`` or ``not_shared``."""
        answers = {
            key: task.result()
            for key, task in self._described.items()
            if task.done() and not task.exception()
        }
        return {
            key: "not_shared" if "error" in answer else "linked"
            for key, answer in answers.items()
            if answer is not None
        }

    async def _look(self, database_id: str) -> Json | None:
        try:
            database = await self.container(database_id)
        except _WITHHELD as error:
            return {"error": error.code or type(error).__name__}
        sources = [str(each["id"]) for each in objects_in(database.get("data_sources")) if each.get("id")]
        if sources:
            self._owners.add(database_id)
            self.found_sources.update(dict.fromkeys(sources, database_id))
            return None
        return {
            "database": normalise(database),
            "views": normalise(await read_views(self._client, database_id)),
        }


async def read_views(
    client: NotionClient, database_id: str | None = None, source_id: str | None = None
) -> list[Json]:
    """Return the views of a database or data source, in id order; a view the API refuses is a stub with its id.

    Servers without the endpoint answer 400, 404, 405 or 501: then there are none to show.
    """
    try:
        listed = await collect(
            lambda cursor: client.views(database_id=database_id, data_source_id=source_id, cursor=cursor)
        )
    except UnauthorizedError:
        raise
    except _DISPENSABLE:
        return []
    identifiers = sorted({str(each["id"]) for each in listed if each.get("id")})
    return await all_of(_view(client, identifier) for identifier in identifiers)


async def _view(client: NotionClient, view_id: str) -> Json:
    try:
        return await client.view(view_id)
    except UnauthorizedError:
        raise
    except _DISPENSABLE as error:
        return {"object": "view", "id": view_id, "error": error.code or NotionApiError.__name__}

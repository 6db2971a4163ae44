"""The search of a delta: newest first, down to what the last search had seen, laid over the stored index.

Here: when to stop, and what a result replaces. Not here: a complete search (``indexing``), the rows of data sources
(``delta``). Nothing is taken out of the index: what search no longer shows, a reconcile finds out.
"""

import contextlib
import datetime as dt
from collections.abc import Collection

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import InvalidRequestError, ObjectNotFoundError
from notion_sync_assets.core.notion.pagination import pages, require_complete
from notion_sync_assets.core.sync import placement
from notion_sync_assets.core.sync.clock import parse_time
from notion_sync_assets.core.sync.index import Index, parent_of


async def search_since(client: NotionClient, index: Index, since: dt.datetime) -> bool:
    """Add to the index everything search shows as edited at ``since`` or later; tell whether a page has moved.

    The search ends with the first answer whose last result is older: results are sorted by the times search knows,
    which lag behind the objects, so that a single old one in between tells nothing (notion_api.md §12).
    """
    moved = False
    async for answer in pages(
        lambda cursor: client.search(object=None, direction="descending", cursor=cursor)
    ):
        require_complete(answer)
        for item in answer["results"]:
            moved |= lay_over(index, item)
        if answer["results"] and _older(answer["results"][-1], since):
            break
    return moved


async def read_directly(client: NotionClient, index: Index, page_ids: Collection[str]) -> bool:
    """Add single pages to the index as a direct read gives them; tell whether one has moved.

    A page that is refused is left to the next complete search.
    """
    moved = False
    for page_id in sorted(page_ids):
        with contextlib.suppress(ObjectNotFoundError, InvalidRequestError):
            moved |= lay_over(index, await client.page(page_id))
    return moved


def lay_over(index: Index, item: Json) -> bool:
    """Add a result; True for a page with another parent than before: it loses its scope, as do the pages under it."""
    identifier = str(item.get("id"))
    before = index.pages.get(identifier)
    if not (item.get("in_trash") or item.get("archived")):
        index.state.trashed.pop(identifier, None)
    index.add(item)
    moved = before is not None and (before.parent_type, before.parent_id) != parent_of(item)
    if moved:
        placement.unplace(index.pages, identifier)
    return moved


def _older(item: Json, since: dt.datetime) -> bool:
    edited = parse_time(item.get("last_edited_time"))
    return edited is not None and edited < since

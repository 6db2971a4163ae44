"""The listing of a delta: what may have changed in one scope since it was last listed, and what surely has not.

Here: the questions a delta asks of Notion and of the index, for one scope. Not here: the search before it
(``recent``), what is done with a page (``working``), what only a complete listing can tell (``vanishing``).
A delta believes what it is shown, and takes nothing it is not shown for gone. Rules: notion_api.md §13.
"""

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from functools import partial

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document, page_properties
from notion_sync_assets.core.notion.block_tree import own_child_pages
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.pagination import incomplete_reason, pages
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.commits import Commit
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.index import Index, IndexedPage
from notion_sync_assets.core.sync.listing import Head
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.watermark import Watermark
from notion_sync_assets.core.sync.worktable import WorkTable

_SORT = [{"timestamp": "last_edited_time", "direction": "ascending"}]


class QueryCappedError(Exception):
    """More rows were edited than one query gives: the data source has to be listed whole."""


class ScopeDelta:
    """What one scope's delta goes by: the committed state, the index, the watermark."""

    def __init__(self, ctx: SyncContext, base: Commit, watermark: Watermark, table: WorkTable) -> None:
        assert watermark.listed_at is not None
        self._ctx = ctx
        self._base = base
        self._watermark = watermark
        self._table = table
        self._since = dt.datetime.fromisoformat(watermark.listed_at) - ctx.options.overlap

    def committed_head(self) -> Head:
        """Return the head as committed; one without a value is a data source that was in the trash or not shared."""
        if self._base.head is None:
            return Head({}, self._base.title, trashed=True)
        return Head(self._ctx.documents.read(self._base.head), self._base.title, trashed=False)

    def head_may_differ(self) -> bool:
        """Tell whether search shows the data source otherwise than when its head was last read."""
        state, root = self._ctx.index.state, self._base.root_id
        return state.source_hashes.get(root) != self._watermark.source_hash or root in state.trashed

    async def edited_rows(self) -> AsyncIterator[Json]:
        """Yield the rows edited since the watermark, oldest edit first; one request when there are none.

        Raises ``QueryCappedError`` when they are more than one query gives.
        """
        async for answer in pages(partial(_edited, self._ctx.client, self._base.root_id, self._since)):
            if incomplete_reason(answer) is not None:
                raise QueryCappedError
            for item in answer["results"]:
                yield item

    def shows_other_columns(self, page: Json) -> bool:
        """Tell whether a row has other properties than when it was read: all rows have them then, without a new stamp."""
        base = self._table.base_row(str(page["id"]))
        if base is None or base.document is None or not self._ctx.options.read.properties:
            return False
        known = self._ctx.documents.whole(base.document)
        return known is None or _columns(known.page) != _columns(page)

    def pages_behind(self) -> Iterator[IndexedPage]:
        """Yield the pages of the index that may differ from what is committed."""
        for page in self._ctx.index.pages.of_root(self._base.root_id):
            if self._is_behind(page, self._table.base_row(page.page_id)):
                yield page

    def leavers(self) -> list[str]:
        """Return the committed pages that something says have left: search, or the page that held their block."""
        index = self._ctx.index
        found = set(_elsewhere(index, self._table, self._base.root_id))
        found |= lost_children(self._ctx.documents, self._table)
        return sorted(each for each in found if not self._table.is_listed(each))

    def _is_behind(self, page: IndexedPage, base: ManifestRow | None) -> bool:
        if base is None or base.state == "failed":
            return True
        if base.state == "gone":
            return page.listing_hash != base.listing_hash
        if page.object is None:
            return False  # Rows come from the query, which knows them sooner than search.
        listed = ManifestRow(
            page_id=page.page_id,
            state="exported",
            title="",
            parent_type=page.parent_type,
            listing_hash=page.listing_hash,
            document_seq=0,
            last_edited_time=page.last_edited_time,
        )
        confirmed = self._watermark.confirmed.get(page.page_id)
        return plan.need(listed, base, self._ctx.options.margin, confirmed) != "nothing"


def lost_children(documents: DocumentStore, table: WorkTable) -> set[str]:
    """Return the child pages that documents read in this sync no longer hold, but held before."""
    lost: set[str] = set()
    for row in table.done_rows(changed_only=True):
        base = table.base_row(row.page_id)
        if base is not None and base.document and row.document and base.document != row.document:
            before = documents.whole(base.document)
            lost |= child_pages(before) if before is not None else set()
            lost -= child_pages(documents.document(row.document))
    return {each for each in lost if (known := table.base_row(each)) is not None and known.present}


def child_pages(document: Document) -> set[str]:
    """Return the ids of the pages in a document; those in synced copies belong to the page with the original."""
    return {str(block.get("id")) for block in own_child_pages(document.blocks or [])}


def _elsewhere(index: Index, table: WorkTable, root: str) -> Iterator[str]:
    """Yield the committed pages that the index has in another scope, or in the trash."""
    for page_id in table.base_ids():
        if page_id in index.state.trashed or index.pages.root_of(page_id) not in (None, root):
            yield page_id


def _columns(page: Json) -> set[tuple[str, object, object]]:
    return {(name, each.get("id"), each.get("type")) for name, each in page_properties(page).items()}


async def _edited(client: NotionClient, source_id: str, since: dt.datetime, cursor: str | None) -> Json:
    window = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": since.isoformat()}}
    return await client.query(source_id, filter=window, sorts=_SORT, cursor=cursor)

"""Pages a complete listing lacks: moved, in the trash, gone, or only not listed (design §7, notion_api.md §12).

Here: the direct read that precedes every tombstone, and the guard against mass disappearance. Not here: pages that
are listed (``working``).
"""

import dataclasses

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import (
    MassDisappearanceError,
    NotionApiError,
    NotionUnavailableError,
    ObjectNotFoundError,
    UnauthorizedError,
)
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.delta import child_pages
from notion_sync_assets.core.sync.index import parent_of
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.parents import pages_around
from notion_sync_assets.core.sync.probing import Prober
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.working import PageWork
from notion_sync_assets.core.sync.worktable import WorkTable


class Vanishing:
    """Settles what happened to the committed pages that one scope's listing lacks."""

    def __init__(self, ctx: SyncContext, scope: Scope, table: WorkTable, work: PageWork) -> None:
        self._ctx = ctx
        self._scope = scope
        self._table = table
        self._work = work
        self._missing = 0
        self._committed: dict[str, set[str]] = {}
        self._left: dict[str, ManifestRow] = {}
        self._around: dict[str, str] = {}
        self._container_trashed = False
        self._complete = True
        self.pending = 0

    async def run(self, *, container_trashed: bool) -> None:
        """Settle every missing page. ``container_trashed``: a direct read showed the data source in the trash."""
        self._left = {base.page_id: base for base in self._table.missing()}
        self._container_trashed = container_trashed
        blocks = {base.parent_id for base in self._left.values() if base.parent_type == "block_id"}
        self._around = pages_around(self._ctx.storage, self._scope.key, {each for each in blocks if each})
        while self._left:
            await self._settle(next(iter(self._left)))

    async def settle(self, page_ids: list[str]) -> None:
        """Settle pages that something says have left, beside a listing that is not complete.

        Only answers that show a page in the trash or elsewhere are believed; one that is refused stays as it was.
        """
        self._complete = False
        self._left = {each: base for each in page_ids if (base := self._table.base_row(each)) is not None}
        while self._left:
            await self._settle(next(iter(self._left)))

    async def _settle(self, page_id: str) -> None:
        base = self._left.pop(page_id)
        indexed = self._ctx.index.pages.get(page_id)
        if base.state == "gone" or page_id in self._ctx.options.exclude:
            self._work.finish(base, base, "unchanged")
        elif indexed is not None and indexed.root not in (None, self._scope.root_id):
            self._move(base, indexed.root or "")
        elif self._container_trashed:
            self._work.bury(base, base, "trashed")
        elif self._complete and indexed is not None and indexed.object is not None:
            self._relist(indexed.object)
        else:
            await self._ask(base)

    async def _ask(self, base: ManifestRow) -> None:
        try:
            page = await self._ctx.client.page(base.page_id)
        except ObjectNotFoundError:
            self._lose(base)
        except (UnauthorizedError, NotionUnavailableError):
            raise
        except NotionApiError as error:
            row = dataclasses.replace(base, state="failed", reason=error.code or type(error).__name__)
            self._work.finish(row, base)
        else:
            await self._found(base, page)

    async def _found(self, base: ManifestRow, page: Json) -> None:
        if page.get("in_trash") or await self._is_under_trash(page):
            self._work.bury(base, base, "trashed")
            if not self._complete:
                self._follow(base)
            return
        kind, parent = parent_of(page)
        if kind == "block_id" and parent:
            parent = await self._page_above(parent)
        above = self._ctx.index.pages.get(parent) if parent else None
        root = (
            above.root if above is not None else parent if parent in self._ctx.index.state.sources else None
        )
        if root not in (None, self._scope.root_id):
            self._move(base, root or "")
        else:
            self._relist(page)

    async def _page_above(self, block_id: str) -> str | None:
        """Return the page a block is on; a block no commit of the scope holds may stand in another scope."""
        known = pages_around(self._ctx.storage, self._scope.key, {block_id}).get(block_id)
        return known or await Prober(self._ctx.client, self._ctx.index, self._ctx.clock).page_above(block_id)

    def _follow(self, buried: ManifestRow) -> None:
        """Look at the pages that a page in the trash held: they are in no listing's way to be missed."""
        document = self._ctx.documents.whole(buried.document)
        held = child_pages(document) if document is not None else set()
        for page_id in sorted(held):
            base = self._table.base_row(page_id)
            if base is not None and base.present and self._table.done_row(page_id) is None:
                self._left[page_id] = base
                if base.parent_type == "block_id" and base.parent_id:
                    self._around[base.parent_id] = buried.page_id

    async def _is_under_trash(self, page: Json) -> bool:
        """Tell whether a page or block above is in the trash: Notion marks only what was thrown away itself."""
        kind, parent = parent_of(page)
        above = self._around.get(parent or "", parent or "")
        if above in self._left:
            await self._settle(above)
        row = self._table.done_row(above)
        if row is not None and row.state == "gone":
            return row.reason == "trashed"
        return kind == "block_id" and not self._holds(row, page) and await self._block_in_trash(parent)

    def _holds(self, row: ManifestRow | None, page: Json) -> bool:
        """Tell whether the document of the page above shows the page."""
        known = self._ctx.documents.whole(row.document if row is not None else None)
        return known is not None and str(page["id"]) in child_pages(known)

    async def _block_in_trash(self, block_id: str | None) -> bool:
        while block_id is not None:
            try:
                block = await self._ctx.client.block(block_id)
            except ObjectNotFoundError:
                return False
            if block.get("in_trash"):
                return True
            kind, above = parent_of(block)
            block_id = above if kind == "block_id" else None
        return False

    def _relist(self, page: Json) -> None:
        kind, identifier = parent_of(page)
        self._table.list_page(
            page, identifier if kind == "page_id" and page["id"] != self._scope.root_id else None
        )

    def _move(self, base: ManifestRow, root: str) -> None:
        """A page leaves its old scope only when the new one has committed it."""
        target = self._ctx.index.state.scope_of(root)
        if target is not None and base.page_id in self._pages_of(target.key):
            self._work.bury(base, base, f"moved_to {target.key}")
        else:
            self.pending += 1
            self._work.finish(base, base, "unchanged")

    def _pages_of(self, key: str) -> set[str]:
        if key not in self._committed:
            view = snapshot(self._ctx.storage, key)
            self._committed[key] = {row.page_id for row in view.rows() if row.present} if view else set()
        return self._committed[key]

    def _lose(self, base: ManifestRow) -> None:
        if not self._complete:
            self._work.finish(base, base, "unchanged")
            return
        self._missing += 1
        options = self._ctx.options
        limit = max(options.missing_minimum, options.missing_share * self._table.base_count())
        if self._missing > limit:
            raise MassDisappearanceError(
                f"more than {int(limit)} pages of {self._scope.title or self._scope.key!r} are gone at once;"
                " nothing was recorded as deleted"
            )
        self._work.bury(base, base, "not_found")

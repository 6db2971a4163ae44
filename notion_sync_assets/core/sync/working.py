"""Working off a plan: every listed page of a scope becomes a row of the next manifest.

Here: the order of pages (parents first, so that a parent's blocks say which children are empty), the workers, and
what each outcome means. Not here: the listing (``engine``), single decisions (``plan``), reading (``notion.reader``).
"""

import asyncio
import dataclasses
import logging
from collections.abc import Iterator
from typing import Any

import structlog

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import to_the_end
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.notion.block_tree import own_child_pages
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    NotionApiError,
    NotionSyncError,
    NotionUnavailableError,
    ObjectNotFoundError,
    UnauthorizedError,
)
from notion_sync_assets.core.notion.reader import PageContent
from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.clock import settled
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.index import parent_of
from notion_sync_assets.core.sync.journal import Journal
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.sameness import known_to, same_of_its_own
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.worktable import WorkTable
from notion_sync_assets.core.trace import trace

_log = logging.getLogger(__name__)
_WAITING = 64
_ABORT = (UnauthorizedError, NotionUnavailableError)


class PageWork:
    """Works off the pages of one scope's sync."""

    def __init__(
        self, ctx: SyncContext, scope: Scope, table: WorkTable, journal: Journal, confirmed: dict[str, str]
    ) -> None:
        self._ctx = ctx
        self._scope = scope
        self._table = table
        self._journal = journal
        self._confirmed = confirmed
        self._queue: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self._tops: Iterator[str] = iter(())
        self._again: set[str] = set()
        self._known = known_to(ctx.index)
        self._verify = ctx.verify.get(scope.key, frozenset())
        self._told = ctx.told.get(scope.key, frozenset())
        self.counts = dict.fromkeys(("new", "changed", "unchanged", "failed", "gone", "resumed"), 0)

    async def run(self) -> None:
        """Work off everything listed, and everything found below it, to the end."""
        self._tops = self._table.tops()
        self._feed()
        await self._drain()
        while remaining := self._table.not_released():
            for page_id in remaining:
                self._queue.put_nowait((page_id, True))
            await self._drain()

    def _feed(self) -> None:
        """Let more pages wait when few do: the ids of 100,000 are not in memory."""
        while self._queue.qsize() < _WAITING:
            page_id = next(self._tops, None)
            if page_id is None:
                return
            self._queue.put_nowait((page_id, True))

    def read_again(self, page_ids: list[str]) -> None:
        """Take pages that needed nothing for pages to read in the next :meth:`run`."""
        for page_id in page_ids:
            if page_id not in self._again and self._table.take_back(page_id):
                self._again.add(page_id)
                self.counts["unchanged"] -= 1

    async def _drain(self) -> None:
        workers = [asyncio.create_task(self._worker()) for _ in range(self._ctx.options.pages_at_once)]
        finished = asyncio.create_task(self._queue.join())
        try:
            await asyncio.wait([finished, *workers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (finished, *workers):
                task.cancel()
            await asyncio.gather(finished, *workers, return_exceptions=True)
        for worker in workers:
            if not worker.cancelled():
                worker.result()

    async def _worker(self) -> None:
        while True:
            page_id, has_body = await self._queue.get()
            async with self._ctx.page_slots:
                with structlog.contextvars.bound_contextvars(page_id=page_id):
                    await self._page(page_id, has_body)
            self._feed()
            self._queue.task_done()

    async def _page(self, page_id: str, has_body: bool) -> None:
        page = self._table.release(page_id)
        if page is None:
            return
        base = self._table.base_row(page_id)
        listed = plan.listed_row(page, self._parent_page(page))
        forced = self._ctx.options.full or page_id in self._again or page_id in self._verify
        need = "read" if forced else self._need(listed, base)
        if need == "nothing" and base is not None:
            read_at = self._confirmed.get(page_id, base.read_at)
            row = dataclasses.replace(listed, **{**_kept(base), "read_at": read_at})
            self.finish(row, base, "unchanged")
        else:
            line = self._table.journal_row(page_id)
            outdated = page_id in self._again or page_id in self._told
            if line is not None and not outdated and self._resumable(listed, line):
                await self._resume(listed, line, base)
            else:
                await self._read(page, listed, base, has_body=has_body, need=need)
        for child in self._table.waiting_under(page_id):
            self._queue.put_nowait((child, True))
        progress = self._ctx.progress
        progress.pages_done += 1
        progress.changed()

    def _need(self, listed: ManifestRow, base: ManifestRow | None) -> plan.Need:
        return plan.need(listed, base, self._ctx.options.margin, self._confirmed.get(listed.page_id))

    def _parent_page(self, page: Json) -> str | None:
        kind, identifier = parent_of(page)
        return identifier if kind == "page_id" and page["id"] != self._scope.root_id else None

    def _resumable(self, listed: ManifestRow, line: ManifestRow) -> bool:
        whole = line.document is not None and self._ctx.documents.holds(line.document)
        return whole and plan.resumable(listed, line, self._ctx.options.margin)

    async def _resume(self, listed: ManifestRow, line: ManifestRow, base: ManifestRow | None) -> None:
        assert line.document is not None
        document = self._ctx.documents.document(line.document)
        await self._discover(own_child_pages(document.blocks or []), fresh=False)
        self.counts["resumed"] += 1
        row = dataclasses.replace(listed, **_kept(line))
        # The sync that wrote the document may have ended before it was flushed.
        self._journal.add(row, self._ctx.clock().timestamp())
        self.finish(row, base)

    async def _read(
        self, page: Json, listed: ManifestRow, base: ManifestRow | None, *, has_body: bool, need: plan.Need
    ) -> None:
        read_at = self._ctx.clock().isoformat()
        try:
            content = await self._content(page, base, has_body=has_body, need=need)
        except _ABORT:
            raise
        except ObjectNotFoundError as error:
            await self._vanished(listed, base, error)
            return
        except (NotionApiError, IncompleteListingError) as error:
            self.fail(listed, base, getattr(error, "code", None) or type(error).__name__)
            return
        except NotionSyncError:
            raise
        except Exception as error:  # noqa: BLE001 - one odd page never costs a scope
            _log.exception("page %s could not be read", listed.page_id)
            self.fail(listed, base, f"unexpected answer: {type(error).__name__}")
            return
        self._ctx.progress.pages_read += 1
        await self._discover(content.child_pages, fresh=True)
        await self._store(content, dataclasses.replace(listed, read_at=read_at), base)

    async def _content(
        self, page: Json, base: ManifestRow | None, *, has_body: bool, need: plan.Need
    ) -> PageContent:
        kept = base.document if base is not None and need in ("refresh", "comments") else None
        if kept is not None and self._ctx.documents.holds(kept):
            previous: Document = self._ctx.documents.document(kept)
            if need == "comments":
                return await self._ctx.reader.add_block_comments(previous)
            return await self._ctx.reader.refresh(page, previous)
        return await self._ctx.reader.read(page, has_body=has_body)

    async def _store(self, content: PageContent, listed: ManifestRow, base: ManifestRow | None) -> None:
        document = content.document
        if base is not None and not content.failures and await to_the_end(self._is_as_before, document, base):
            row = dataclasses.replace(listed, **{**_kept(base), "read_at": listed.read_at})
            self._journal.add(row, self._ctx.clock().timestamp())
            self.finish(row, base)
            return
        # Not on the loop: an object store takes its time, and calls to Notion go on meanwhile.
        sha256, size = await to_the_end(self._ctx.documents.put, document.to_json())
        failures = content.failures
        row = dataclasses.replace(
            listed,
            state="failed" if failures else "exported",
            reason=_reason(content),
            document=sha256,
            document_bytes=size,
            blocks=sum(1 for _ in document.walk()),
            files=len(document.files),
            omitted=len(document.omitted),
        )
        self._journal.add(row, self._ctx.clock().timestamp())
        self._ctx.checkpoint("page")
        self.finish(row, base)

    def _is_as_before(self, document: Document, base: ManifestRow) -> bool:
        """Tell whether a page that was read again says nothing new of its own."""
        before = self._ctx.documents.whole(base.document) if base.state == "exported" else None
        return before is not None and same_of_its_own(before, document, self._known)

    async def _vanished(
        self, listed: ManifestRow, base: ManifestRow | None, error: ObjectNotFoundError
    ) -> None:
        """The page answered 404 for its blocks: gone since it was listed, or refused for another reason."""
        try:
            found = await self._ctx.client.page(listed.page_id)
        except ObjectNotFoundError:
            self.bury(listed, base, "not_found")
            return
        if found.get("in_trash"):
            self.bury(listed, base, "trashed")
        else:
            self.fail(listed, base, error.code or "object_not_found")

    def bury(self, listed: ManifestRow, base: ManifestRow | None, reason: str) -> None:
        """Make a page a tombstone; its last document stays named for its history."""
        kept = base or listed
        row = dataclasses.replace(kept, state="gone", reason=reason, read_at=None)
        self.finish(row, base, "gone")

    def reject(self, item: Json, reason: str) -> None:
        """Record something listed that is no page: it is kept in the receipt as failed."""
        identifier = str(item.get("id"))
        stub = {"id": identifier, "parent": item.get("parent")}
        self.fail(plan.listed_row(stub, None), self._table.base_row(identifier), reason)

    def fail(self, listed: ManifestRow, base: ManifestRow | None, reason: str) -> None:
        """Record that a page could not be read; its last good document stays."""
        kept = base if base is not None and base.document else listed
        row = dataclasses.replace(listed, **{**_kept(kept), "state": "failed", "reason": reason})
        self.finish(row, base)

    def finish(self, row: ManifestRow, base: ManifestRow | None, outcome: str | None = None) -> None:
        """Record a page's next row and count what happened to it."""
        changed = not plan.same(row, base)
        seq = self._journal.header.base + 1
        kept_seq = base.document_seq if base is not None and base.document == row.document else seq
        self._table.finish(dataclasses.replace(row, document_seq=kept_seq), changed=changed)
        confirms = not changed and row.state == "exported" and base is not None and self._was_young(base)
        if confirms and row.read_at and base is not None and row.read_at != base.read_at:
            self._confirmed[row.page_id] = row.read_at
        if outcome is None:
            outcome = (
                "failed" if row.state == "failed" else "new" if base is None or base.state == "gone" else None
            )
        outcome = outcome or ("changed" if changed else "unchanged")
        self.counts[outcome] += 1
        trace.debug("page %s: %s", row.page_id, outcome)

    def _was_young(self, base: ManifestRow) -> bool:
        """Tell whether the committed read came so soon after the edit that another one may have followed."""
        return not settled(base.last_edited_time, base.read_at, self._ctx.options.margin)

    async def _discover(self, child_pages: list[Json], *, fresh: bool) -> None:
        for block in child_pages:
            child = str(block.get("id"))
            if child in self._ctx.options.exclude:
                continue
            if self._table.is_listed(child) or await self._list_found(block):
                self._queue.put_nowait((child, not fresh or bool(block.get("has_children"))))

    async def _list_found(self, block: Json) -> bool:
        """List a page that a walk found; False when another scope has it or it cannot be read.

        A child page that answers 404 is accounted for with all other references (``indexing``).
        """
        page_id = str(block["id"])
        indexed = self._ctx.index.pages.get(page_id)
        if indexed is not None and indexed.root not in (None, self._scope.root_id):
            return False
        try:
            page = indexed.object if indexed and indexed.object else await self._ctx.client.page(page_id)
        except (*_ABORT, ObjectNotFoundError) as error:
            if isinstance(error, ObjectNotFoundError):
                return False
            raise
        except NotionApiError as error:
            stub = plan.listed_row({"id": page_id, "parent": block.get("parent")}, None)
            base = self._table.base_row(page_id)
            self.fail(base or stub, base, error.code or "unreadable")
            return False
        if page.get("in_trash"):
            self.bury(plan.listed_row(page, None), self._table.base_row(page_id), "trashed")
            return False
        self._ctx.progress.pages_listed += 1
        return self._table.list_page(page, self._parent_page(page))


def _reason(content: PageContent) -> str | None:
    """Return why a page has failed, or what a later run has to add to it."""
    for failure in content.failures:
        return f"{failure['reason']}: {failure['kind']} {failure['id']}"
    later = omissions.BLOCK_COMMENTS_LATER
    return later if any(item["reason"] == later for item in content.document.omitted) else None


def _kept(row: ManifestRow) -> dict[str, Any]:
    names = ("reason", "document", "document_bytes", "document_seq", "read_at", "blocks", "files", "omitted")
    return {name: getattr(row, name) for name in names}

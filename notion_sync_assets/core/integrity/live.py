"""A sample of pages read from Notion again and compared with their documents.

Here: the sample and the comparison. Not here: reading (``notion.reader``). Nothing is committed: a page that was edited
since is no finding, the next export has it.
"""

import hashlib
import heapq

from notion_sync_assets.core.integrity.findings import Finding
from notion_sync_assets.core.notion.errors import ObjectNotFoundError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.commits import Commits, snapshot
from notion_sync_assets.core.sync.context import SyncContext
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.sameness import known_to, same_of_its_own


async def compare_live(ctx: SyncContext, count: int, seed: str) -> tuple[int, list[Finding]]:
    """Return how many of ``count`` sampled pages could be compared, and those that differ. ``seed`` chooses them."""
    compared, found = 0, []
    for key, row in _sample(ctx, count, seed):
        finding = await _compare(ctx, key, row)
        compared += finding is None or not finding.harmless
        if finding is not None:
            found.append(finding)
    return compared, found


def _sample(ctx: SyncContext, count: int, seed: str) -> list[tuple[str, ManifestRow]]:
    chosen: list[tuple[int, str, str, ManifestRow]] = []
    for key in Commits(ctx.storage).committed_scopes():
        view = snapshot(ctx.storage, key)
        for row in view.rows() if view else ():
            if row.state == "exported" and row.document:
                rank = hashlib.sha256(f"{seed} {row.page_id}".encode()).digest()
                item = (-int.from_bytes(rank[:8]), row.page_id, key, row)
                if len(chosen) < count:
                    heapq.heappush(chosen, item)
                else:
                    heapq.heappushpop(chosen, item)
    return [(key, row) for _, _, key, row in sorted(chosen, key=lambda item: item[1])]


async def _compare(ctx: SyncContext, key: str, row: ManifestRow) -> Finding | None:
    assert row.document is not None
    path = layout.document(row.document)
    try:
        page = await ctx.client.page(row.page_id)
        if page.get("last_edited_time") != row.last_edited_time or page.get("in_trash"):
            return Finding("outdated", path, f"page {row.page_id} was edited since", key, row.page_id)
        content = await ctx.reader.read(page)
    except ObjectNotFoundError:
        return Finding(
            "outdated", path, f"page {row.page_id} is gone or not shared any more", key, row.page_id
        )
    before = ctx.documents.whole(row.document)
    if before is not None and same_of_its_own(before, content.document, known_to(ctx.index)):
        return None
    return Finding("differs", path, f"page {row.page_id} reads otherwise in Notion now", key, row.page_id)

"""The plan: what a listed page needs, given what was committed before (design §7.2).

Here: pure decisions. Not here: doing them (``engine``).
"""

import dataclasses
import datetime as dt
import operator
from typing import Literal

from notion_sync_assets.core.canonical import Json, normal_digest
from notion_sync_assets.core.catalog.values import text_or_none
from notion_sync_assets.core.documents import page_title
from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.sync.clock import settled
from notion_sync_assets.core.sync.events import Change, Event
from notion_sync_assets.core.sync.index import parent_of
from notion_sync_assets.core.sync.manifest import ManifestRow

ROLLED_BACK = "rolled_back"
"""Why a page is gone that a rollback took out: the state gone back to did not have it."""

Need = Literal["read", "refresh", "comments", "nothing"]

# What a row tells of its page: not when it was read, nor which commit holds its tables.
_told = operator.attrgetter(
    *(each.name for each in dataclasses.fields(ManifestRow) if each.name not in ("read_at", "document_seq"))
)


def listed_row(page: Json, parent_page: str | None) -> ManifestRow:
    """Return the manifest row of a page as listed, before its content is known."""
    parent_type, parent_id = parent_of(page)
    return ManifestRow(
        page_id=str(page["id"]),
        state="exported",
        title=page_title(page),
        parent_type=parent_type,
        parent_id=parent_id,
        parent_page=parent_page,
        url=text_or_none(page.get("url")),
        created_time=text_or_none(page.get("created_time")),
        last_edited_time=text_or_none(page.get("last_edited_time")),
        edited_by=_editor(page),
        listing_hash=normal_digest(page),
        document_seq=0,
    )


def need(
    listed: ManifestRow, base: ManifestRow | None, margin: dt.timedelta, confirmed_at: str | None
) -> Need:
    """Return what a listed page needs.

    ``read``: its content may differ. ``refresh``: only what the listing shows differs (an option renamed, a rollup
    recalculated), which Notion does without a new stamp. ``comments``: those on its blocks were left for later.
    ``confirmed_at``: a later read that found no change.
    """
    if base is None or base.state != "exported" or base.document is None:
        return "read"
    if listed.last_edited_time != base.last_edited_time:
        return "read"
    if not settled(base.last_edited_time, confirmed_at or base.read_at, margin):
        return "read"
    if listed.listing_hash != base.listing_hash:
        return "refresh"
    return "comments" if base.reason == omissions.BLOCK_COMMENTS_LATER else "nothing"


def resumable(listed: ManifestRow, line: ManifestRow | None, margin: dt.timedelta) -> bool:
    """Tell whether a journal line still describes the page: settled when read, and listed the same now."""
    return (
        line is not None
        and line.state == "exported"
        and line.listing_hash == listed.listing_hash
        and settled(line.last_edited_time, line.read_at, margin)
    )


def same(row: ManifestRow, base: ManifestRow | None) -> bool:
    """Tell whether a row says the same as the committed one; when it was read does not count."""
    return base is not None and _told(row) == _told(base)


def event_of(row: ManifestRow, base: ManifestRow | None, *, arrived: bool) -> Change | None:
    """Return the change a commit publishes for a row, None when there is none to tell.

    ``arrived``: the page was committed in another scope before.
    """
    before = base if base is not None and base.state != "gone" else None
    if row.state == "gone":
        moved = (row.reason or "").startswith("moved_to")
        if moved or before is None or before.document is None:
            return None
        named: dict[str | None, Change] = {"trashed": "trashed", ROLLED_BACK: "removed"}
        return named.get(row.reason, "not_found")
    if row.document is None:
        return None
    if before is None or before.document is None:
        if arrived:
            return "moved"
        return "created" if base is None or base.document is None else "restored"
    return "edited" if row.document != before.document else None


def page_event(
    row: ManifestRow, base: ManifestRow | None, change: Change, where: tuple[str, int], at: str
) -> Event:
    """Return the outbox row of a change; ``where``: scope key and sequence, ``at``: time of the commit."""
    return Event(
        scope=where[0],
        seq=where[1],
        object="page",
        object_id=row.page_id,
        page_id=row.page_id,
        change=change,
        title=row.title,
        committed_at=at,
        url=row.url,
        document=row.document,
        previous_document=base.document if base else None,
        last_edited_time=row.last_edited_time,
        edited_by=row.edited_by,
    )


def _editor(page: Json) -> str | None:
    editor = page.get("last_edited_by")
    return text_or_none(editor.get("id")) if isinstance(editor, dict) else None

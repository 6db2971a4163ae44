"""Which scopes the stored index shows to be behind: never committed, or edited since they were last listed.

Here: the comparison, from local files alone. Not here: asking Notion (``indexing``), what a sync then reads
(``plan``). What an index cannot show (removals, schema changes) is found by an export.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notion_sync_assets.core.canonical import digest
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.clock import parse_time
from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.sync.watermark import read_watermark

# Notion rounds times of edits down to the minute (API reference, "Timestamps").
_ROUNDING = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueScope:
    """A scope to sync; ``content``: hash of what the index shows of it, the same as long as that is the same."""

    key: str
    content: str


def due_scopes(
    storage: Storage, index: Index, scopes: Iterable[Scope], *, settle: dt.timedelta
) -> Iterator[DueScope]:
    """Yield those of the scopes that are due. ``settle``: a page edited this shortly before its read is read again."""
    heads = Commits(storage).heads()
    for scope in scopes:
        pages = [
            (page.page_id, page.listing_hash, page.last_edited_time or "")
            for page in index.pages.of_root(scope.root_id)
        ]
        newest = max((edited for _, _, edited in pages), default="")
        edited = parse_time(newest)
        listed = _listed_at(storage, scope.key, heads.get(scope.key, 0))
        if listed is None or (newest and (edited is None or edited + _ROUNDING + settle >= listed)):
            yield DueScope(scope.key, digest(pages)[:16])


def _listed_at(storage: Storage, key: str, seq: int) -> dt.datetime | None:
    listed = read_watermark(storage, key, seq).listed_at if seq else None
    return None if listed is None else dt.datetime.fromisoformat(listed)

"""The versions of one page: each committed change, with what it changed where both documents are kept.

Here: reading them. Not here: which are kept (``retention``), the comparison (``differences``), showing (``texts``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from notion_sync_assets.core.history.differences import PageChanges, page_changes
from notion_sync_assets.core.history.stream import EventStream
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.events import GONE, Event


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a page. ``number``: from 1, over all scopes it was in. ``run_id``: the run that committed it.

    ``kept``: its document is there. ``changes``: against the version before, None unless both documents are there.
    """

    number: int
    event: Event
    run_id: str
    kept: bool
    changes: PageChanges | None


def page_versions(storage: Storage, page_id: str) -> Iterator[Version]:
    """Yield the versions of a page, oldest first; none for a page that was never committed."""
    documents = DocumentStore(storage)
    number, before, unknown = 0, None, False
    for commit, event in EventStream(storage).of_page(page_id):
        if event.object != "page":
            continue
        number += 1
        after = None if event.change in GONE else documents.whole(event.document)
        lost = event.change not in GONE and after is None
        changes = None if lost or unknown else page_changes(before, after)
        yield Version(number, event, commit.run_id, not lost, changes)
        before, unknown = after, lost

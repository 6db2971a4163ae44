"""The pages of a scope in the one order in which all formats come to them; the rows among them.

Here: which pages of a scope are rows, the order, and bringing each page object up to date. Not here: columns
(``columns``). Those of a data source are in the order of creation, so that a new row is added at the end of a file; they
are put in order on disk, so memory does not grow.
A scope also holds pages that lie in its rows and the templates of the data source: they have files of their own, and
no row, as in Notion.
"""

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import Self

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.overlay import current_page
from notion_sync_assets.core.render.recent_documents import RecentDocuments
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import BATCH_ROWS
from notion_sync_assets.core.sync.commits import Commit, Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.temporary_rows import temporary_rows

_FIELDS = [field.name for field in dataclasses.fields(ManifestRow)]
_NAMES = ", ".join(_FIELDS)
_values = attrgetter(*_FIELDS)


class OrderedSnapshot(Snapshot):
    """A scope as all formats of one render read it: its pages are put in order once, each document is read once."""

    def __init__(self, storage: Storage, commit: Commit) -> None:
        super().__init__(storage, RecentDocuments(storage), commit)
        self._tabular = commit.head is not None
        self._few: list[ManifestRow] | None = None

    def __enter__(self) -> Self:
        """Return itself, to be closed when the ``with`` ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the pages that were put in order, if anybody asked for them."""
        if "_ordered" in self.__dict__:
            self._ordered.close()

    def rows(self) -> Iterator[ManifestRow]:
        """Yield all manifest rows, as any snapshot does; those of a small scope are read once for all formats."""
        if self._few is not None:
            yield from self._few
            return
        left = super().rows()
        first = list(islice(left, BATCH_ROWS))
        if len(first) < BATCH_ROWS:
            self._few = first
        yield from first
        yield from left

    def ordered(self) -> Iterator[ManifestRow]:
        """Yield the pages that belong into output: those of a data source by created time and id, of a page tree by id."""
        for values in self._ordered.execute(f"SELECT {_NAMES} FROM pages ORDER BY place, page_id"):  # noqa: S608 - constant names
            yield ManifestRow(*values)

    @cached_property
    def _ordered(self) -> sqlite3.Connection:
        rows = temporary_rows()
        # Put in place one by one: a sort at the end would do it in a mebibyte of memory.
        rows.execute(f"CREATE TABLE pages (place, {_NAMES}, PRIMARY KEY (place, page_id)) WITHOUT ROWID")
        holes = ", ".join("?" * len(_FIELDS))
        present = ((self._place(row), *_values(row)) for row in self.present())
        rows.executemany(f"INSERT INTO pages VALUES (?, {holes})", present)  # noqa: S608 - constant names
        return rows

    def _place(self, row: ManifestRow) -> str:
        return (row.created_time or "") if self._tabular else ""


def row_test(snapshot: Snapshot) -> Callable[[ManifestRow], bool]:
    """Return the function that tells whether a page of the scope is a row of its data source."""
    head = snapshot.head() or {}
    templates = {str(template.get("id")) for template in head.get("templates") or []}
    return lambda row: row.present and row.parent_page is None and row.page_id not in templates


def current_rows(
    snapshot: OrderedSnapshot, links: LinkSlice
) -> Iterator[tuple[Json, dict[str, Json]] | None]:
    """Yield each row's page object, brought up to date, with the files of its document, in table order.

    None stands for a page of the scope that is no row.
    """
    is_row = row_test(snapshot)

    def load(row: ManifestRow) -> Document | None:
        return snapshot.document(row) if is_row(row) else None

    for document in snapshot.at_once(load, snapshot.ordered()):
        yield (current_page(document, links), document.files) if document is not None else None

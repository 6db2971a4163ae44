"""The rows of a data source in the order of every table made of them.

Here: which pages of a scope are rows, their order, and bringing each page object up to date. Not here: columns
(``columns``). The order is that of creation, so that a new row is added at the end of a file; it is sorted on disk, so
memory does not grow.
A scope also holds pages that lie in its rows and the templates of the data source: they have files of their own, and
no row, as in Notion.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing
from operator import attrgetter

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.overlay import current_page
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.temporary_rows import temporary_rows

_FIELDS = [field.name for field in dataclasses.fields(ManifestRow)]
_values = attrgetter(*_FIELDS)


def ordered_pages(snapshot: Snapshot) -> Iterator[ManifestRow]:
    """Yield all pages of a scope that belong into output, in one order for all formats.

    It is that of tables in a data source, so that formats rendered together come to each document together.
    """
    return ordered_rows(snapshot) if snapshot.commit.head is not None else snapshot.present()


def ordered_rows(snapshot: Snapshot) -> Iterator[ManifestRow]:
    """Yield all pages of a scope that belong into output, ordered by created time and id."""
    names = ", ".join(_FIELDS)
    with closing(temporary_rows()) as rows:
        # Put in place one by one: a sort at the end would do it in a mebibyte of memory, for each format.
        rows.execute(f"CREATE TABLE rows (made, {names}, PRIMARY KEY (made, page_id)) WITHOUT ROWID")
        holes = ", ".join("?" * len(_FIELDS))
        present = ((row.created_time or "", *_values(row)) for row in snapshot.rows() if row.present)
        rows.executemany(f"INSERT INTO rows VALUES (?, {holes})", present)  # noqa: S608 - constant names
        for values in rows.execute(f"SELECT {names} FROM rows ORDER BY made, page_id"):  # noqa: S608 - constant names
            yield ManifestRow(*values)


def row_test(snapshot: Snapshot) -> Callable[[ManifestRow], bool]:
    """Return the function that tells whether a page of the scope is a row of its data source."""
    head = snapshot.head() or {}
    templates = {str(template.get("id")) for template in head.get("templates") or []}
    return lambda row: row.present and row.parent_page is None and row.page_id not in templates


def current_rows(snapshot: Snapshot, links: LinkSlice) -> Iterator[tuple[Json, dict[str, Json]] | None]:
    """Yield each row's page object, brought up to date, with the files of its document, in table order.

    None stands for a page of the scope that is no row.
    """
    is_row = row_test(snapshot)

    def load(row: ManifestRow) -> Document | None:
        return snapshot.document(row) if is_row(row) else None

    for document in snapshot.at_once(load, ordered_pages(snapshot)):
        yield (current_page(document, links), document.files) if document is not None else None

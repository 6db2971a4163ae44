"""The rows of a data source in the order of every table: by creation, then by id.

Here: the order and the page as it is now. Not here: columns, cells. The order is made in a temporary SQLite
database, so that memory does not grow with the number of rows.
"""

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from operator import attrgetter

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.link_slice import Lookup
from notion_sync_assets.core.render.overlay import overlay
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

_FIELDS = [field.name for field in dataclasses.fields(ManifestRow)]


def ordered_rows(snapshot: Snapshot) -> Iterator[ManifestRow]:
    """Yield the rows that belong into output, ordered by created time and id."""
    with closing(sqlite3.connect("")) as rows:
        rows.execute(f"CREATE TABLE rows ({', '.join(_FIELDS)})")
        present = (row for row in snapshot.rows() if row.present)
        holes = ", ".join("?" * len(_FIELDS))
        rows.executemany(f"INSERT INTO rows VALUES ({holes})", map(attrgetter(*_FIELDS), present))  # noqa: S608
        for values in rows.execute("SELECT * FROM rows ORDER BY created_time, page_id"):
            yield ManifestRow(*values)


def current_pages(snapshot: Snapshot, links: Lookup) -> Iterator[tuple[Json, dict[str, Json]]]:
    """Yield each row's page object, brought up to date, with the files of its document, in table order."""
    for row in ordered_rows(snapshot):
        document = snapshot.document(row)
        yield overlay(document.page, links), document.files

"""Whether what rendered files link to is there: every page, database and data source of the link table has its file.

Here: the comparison of the link table with the files. Not here: the bytes of a file (``rendered``), links whose target
the export does not hold (``dead_links`` of the catalog): they lead to Notion, or nowhere, in Notion as well.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from notion_sync_assets.core.integrity.freshness import Freshness
from notion_sync_assets.core.render.link_slice import LinkEntry, entries_of, slice_path
from notion_sync_assets.core.render.options import RenderOptions
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.parquet import opened_parquet
from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets.core.temporary_rows import temporary_rows

KEPT = 20
"""How many of the files that are not there are named; they are counted exactly."""


@dataclass(frozen=True, slots=True)
class MissingTarget:
    """A file that is linked to and not there: its path, the scope that links to it, title and scope of the target."""

    path: str
    linked_from: str
    title: str
    scope: str


@dataclass(slots=True)
class LinkFindings:
    """``targets``: files that something links to. ``waiting``: those not there yet, since a render is due."""

    targets: int = 0
    missing: int = 0
    waiting: int = 0
    samples: list[MissingTarget] = field(default_factory=list)


def link_findings(storage: Storage, options: RenderOptions) -> LinkFindings:
    """Look for the target of every entry of every slice, in the formats that have been rendered."""
    found, fresh = LinkFindings(), Freshness(storage, options)
    with closing(temporary_rows()) as rows:
        rows.execute("CREATE TABLE files (path PRIMARY KEY, seen DEFAULT 0) WITHOUT ROWID")
        forms = _forms(storage)
        for form in forms:
            rows.executemany("INSERT INTO files (path) VALUES (?)", ((path,) for path in storage.walk(form)))
        for key in Commits(storage).committed_scopes():
            for entry in _entries(storage, key):
                for form in forms:
                    _look(rows, found, fresh, (key, form), entry)
    return found


def _look(
    rows: sqlite3.Connection,
    found: LinkFindings,
    fresh: Freshness,
    linked_from: tuple[str, str],
    entry: LinkEntry,
) -> None:
    key, form = linked_from
    path = _target(entry, form)
    if path is None:
        return
    known = rows.execute("SELECT seen FROM files WHERE path = ?", (path,)).fetchone()
    if known is not None:
        rows.execute("UPDATE files SET seen = 1 WHERE path = ?", (path,))
        found.targets += not known[0]
    elif not (fresh.current(form, key) and fresh.current(form, entry.scope)):
        found.waiting += 1
    else:
        found.missing += 1
        if len(found.samples) < KEPT:
            found.samples.append(MissingTarget(path, key, entry.title, entry.scope))


def _forms(storage: Storage) -> list[str]:
    rendered = storage.names(layout.RENDERS)
    return [form for form in ("html", "json", "markdown") if form in rendered]


def _entries(storage: Storage, key: str) -> Iterator[LinkEntry]:
    with suppress(FileNotFoundError), storage.open(slice_path(key)) as source:
        yield from entries_of(opened_parquet(source))


def _target(entry: LinkEntry, form: str) -> str | None:
    if form == "html":
        return entry.html_path
    return entry.json_path if form == "json" else entry.markdown_path

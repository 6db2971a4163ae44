"""Previews in metadata, as short Markdown, and the places where things lie.

Here: what is shown, and how little of it: every event keeps its copy for good, also of what is purged from the export.
So titles, which page events hold anyway, are always shown; content only with ``dagster.previews``. Not here: when it
is logged.
"""

from heapq import nlargest
from itertools import islice

import dagster as dg

from notion_sync_assets.assets.samples import code_span, samples_markdown
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.scopes import Scope

SHOWN = 10
_LINES = 20
_BYTES = 2000
_FENCE = "~~~~~~"


def pages_preview(view: Snapshot) -> dg.MarkdownMetadataValue:
    """Return the pages of a scope that were edited last, with links to Notion."""
    newest = nlargest(
        SHOWN, (row for row in view.rows() if row.present), key=lambda row: row.last_edited_time or ""
    )
    return samples_markdown(
        f"- {notion_link(row.title, row.page_id)}, edited {row.last_edited_time or 'at an unknown time'}"
        for row in newest
    )


def scopes_preview(scopes: list[Scope]) -> dg.MarkdownMetadataValue:
    """Return the first scopes with links to Notion."""
    return samples_markdown(
        f"- {notion_link(scope.title, scope.root_id)}, {scope.kind.replace('_', ' ')}"
        for scope in scopes[:SHOWN]
    )


def notion_link(title: str, identifier: str) -> str:
    """Return a link to a page or database in Notion; whatever is in the title stays text."""
    return f"[{code_span(title or 'Untitled')}](https://www.notion.so/{compact_id(identifier)})"


def place(storage: Storage, path: str) -> dg.MetadataValue:
    """Return where an object lies: a path on this host, or a URL."""
    if isinstance(storage, LocalStorage):
        return dg.MetadataValue.path(str(storage.path(path)))
    return dg.MetadataValue.text(f"{storage.location}/{path}")


def content_preview(storage: Storage, path: str) -> dg.MarkdownMetadataValue | None:
    """Return the first lines of a text file as a code block; None when it is no text."""
    with storage.open(path) as source:
        data = source.read(_BYTES)
    text = data.decode("utf-8", errors="ignore")
    if "\0" in text:
        return None
    lines = "\n".join(islice((line.replace(_FENCE, "") for line in text.splitlines()), _LINES))
    return dg.MetadataValue.md(f"{_FENCE}\n{lines}\n{_FENCE}")

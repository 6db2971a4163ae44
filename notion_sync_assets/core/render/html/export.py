"""HTML: the exporter of a scope.

Here: ``html/<scope root>/<page>.html`` for every page, ``html/<scope root>/index.html`` for a data source. Not here:
what is in a file (``pages``, ``data_sources``), what joins the scopes (``render.site``).
"""

from collections.abc import Iterator

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.ancestors import above_source, crumb, open_ancestors
from notion_sync_assets.core.render.html.context import PageContext, page_context
from notion_sync_assets.core.render.html.data_sources import SourceTable
from notion_sync_assets.core.render.html.pages import page_bytes
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.options import Output, RenderOptions
from notion_sync_assets.core.render.overlay import overlay, overlay_document
from notion_sync_assets.core.render.rows import ordered_rows
from notion_sync_assets.core.sync.commits import Snapshot

VERSION = 2


def export_html(snapshot: Snapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Output]:  # noqa: ARG001
    """Yield one file per page and, while its rows pass, the files of a data source; each document is read once."""
    head = snapshot.head()
    table = _table(snapshot, overlay(head, links), links) if head is not None else None
    with open_ancestors(snapshot, links, head) as ancestors:
        for row, stored in snapshot.pages(ordered_rows(snapshot) if table else None):
            path = places.html_page(snapshot.commit.root_id, row.page_id)
            document = overlay_document(stored, links)
            if table:
                yield from table.add(row, document)
            page = page_context(document, path, links, ancestors.crumbs(row.page_id, path))
            yield path, page_bytes(document, page)
    if table:
        yield from table.finish()


def _table(snapshot: Snapshot, head: Json, links: LinkSlice) -> SourceTable:
    first = places.html_head(snapshot.commit.root_id)
    crumbs = [crumb(entry, first) for entry in above_source(head, links)]
    return SourceTable(snapshot, head, PageContext(path=first, links=links, crumbs=crumbs))

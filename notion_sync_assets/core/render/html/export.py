"""HTML: the exporter of a scope.

Here: ``html/<scope root>/<page>.html`` for every page, ``html/<scope root>/index.html`` for a data source. Not here:
what is in a file (``pages``, ``data_sources``), what joins the scopes (``render.site``).
"""

from collections.abc import Iterator

from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.ancestors import above_source, crumb, open_ancestors
from notion_sync_assets.core.render.html.context import page_context
from notion_sync_assets.core.render.html.data_sources import source_files
from notion_sync_assets.core.render.html.pages import page_bytes
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.options import Output, RenderOptions
from notion_sync_assets.core.render.overlay import overlay, overlay_document
from notion_sync_assets.core.sync.commits import Snapshot

VERSION = 2


def export_html(snapshot: Snapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Output]:  # noqa: ARG001
    """Yield the files of a data source, then one file per page in id order."""
    root_id = snapshot.commit.root_id
    head = snapshot.head()
    if head is not None:
        first = places.html_head(root_id)
        crumbs = [crumb(entry, first) for entry in above_source(head, links)]
        yield from source_files(snapshot, overlay(head, links), links, crumbs)
    with open_ancestors(snapshot, links, head) as ancestors:
        for row, stored in snapshot.pages():
            path = places.html_page(root_id, row.page_id)
            document = overlay_document(stored, links)
            page = page_context(document, path, links, ancestors.crumbs(row.page_id, path))
            yield path, page_bytes(document, page)

"""HTML: the exporter of a scope.

Here: ``html/<scope root>/<page>.html`` for every page, ``html/<scope root>/index.html`` for a data source. Not here:
what is in a file (``pages``, ``data_sources``), what joins the scopes (``render.site``).
"""

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.html.ancestors import Ancestors, above_source, crumb, open_ancestors
from notion_sync_assets.core.render.html.context import Crumb, PageContext, page_context
from notion_sync_assets.core.render.html.data_sources import SourceTable
from notion_sync_assets.core.render.html.pages import page_bytes
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.options import Output, PageOutput, RenderOptions
from notion_sync_assets.core.render.overlay import current_document, current_page, overlay
from notion_sync_assets.core.render.rows import OrderedSnapshot
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

VERSION = 4


def export_html(snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Output]:  # noqa: ARG001
    """Yield one file per page and, while its rows pass, the files of a data source; each document is read once."""
    head = snapshot.head()
    with open_ancestors(snapshot, links, head) as ancestors:
        if head is None:
            for row in snapshot.ordered():
                yield _page(row, partial(snapshot.document, row), snapshot, links, ancestors)
            return
        table = _table(snapshot, overlay(head, links), links)
        for row, stored in snapshot.pages(snapshot.ordered()):
            yield from table.add(row, dataclasses.replace(stored, page=current_page(stored, links)))
            yield _page(row, partial(_loaded, stored), snapshot, links, ancestors)
        yield from table.finish()


def _page(
    row: ManifestRow,
    load: Callable[[], Document],
    snapshot: Snapshot,
    links: LinkSlice,
    ancestors: Ancestors,
) -> Output:
    path = places.html_page(snapshot.commit.root_id, row.page_id)
    crumbs = ancestors.crumbs(row.page_id, path)
    basis = [row.document, *map(dataclasses.astuple, crumbs)]
    return path, PageOutput(basis, load, partial(_made, path, links, crumbs))


def _made(path: str, links: LinkSlice, crumbs: list[Crumb], stored: Document) -> bytes:
    document = current_document(stored, links)
    return page_bytes(document, page_context(document, path, links, crumbs))


def _loaded(document: Document) -> Document:
    return document


def _table(snapshot: Snapshot, head: Json, links: LinkSlice) -> SourceTable:
    first = places.html_head(snapshot.commit.root_id)
    crumbs = [crumb(entry, first) for entry in above_source(head, links)]
    return SourceTable(snapshot, head, PageContext(path=first, links=links, crumbs=crumbs))

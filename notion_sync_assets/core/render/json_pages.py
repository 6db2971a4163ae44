"""JSON: every page with its blocks, comments and files, and the head of a data source.

Here: ``json/<Title> <8 hex>/<page id>.json`` and ``database.json``. Not here: what is brought up to date
(``overlay``). Canonical JSON (sorted keys, compact) with a newline at the end.
A page: ``{"schema": 1, "page", "blocks", "comments", "files", "databases", "omitted"}`` as in ``core.documents``.
A data source: ``{"schema": 1, "data_source", "database", "views", "templates"}``. Objects have Notion's own shape
without signatures; nothing tells when or how often a page was read.
"""

from collections.abc import Iterator
from functools import partial

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.link_slice import LinkSlice, Lookup
from notion_sync_assets.core.render.options import Output, PageOutput, RenderOptions
from notion_sync_assets.core.render.overlay import current_document, overlay, overlay_document
from notion_sync_assets.core.render.rows import OrderedSnapshot

VERSION = 1
SCHEMA = 1


def export_json(snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Output]:  # noqa: ARG001
    """Yield one file per page, after the head where there is one."""
    head = snapshot.head()
    if head is not None:
        yield places.json_head(links.folder), _bytes({"schema": SCHEMA, **_shown(overlay(head, links))})
    for row in snapshot.ordered():
        page = PageOutput([row.document], partial(snapshot.document, row), partial(_page, links))
        yield places.json_page(links.folder, row.page_id), page


def page_json(document: Document, links: Lookup) -> Json:
    """Return the value of a page's file, its references brought up to date."""
    return _value(overlay_document(document, links))


def _page(links: LinkSlice, document: Document) -> bytes:
    return _bytes(_value(current_document(document, links)))


def _value(current: Document) -> Json:
    return {"schema": SCHEMA, **_shown(current.to_json())}


def _shown(stored: Json) -> Json:
    """Return a stored value without the version of our own storage, which is not that of this output."""
    return {name: value for name, value in stored.items() if name != "format"}


def _bytes(value: Json) -> bytes:
    return canonical_bytes(value) + b"\n"

"""The Markdown of a scope: its pages, and the table of a data source.

Here: the exporter (``formats``). Not here: text (``pages``, ``data_sources``), paths (``link_paths``).
Rows come in the order of every table, so that they are written while they pass, with the table in a file on the disk.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TextIO

from notion_sync_assets.core.documents import Document, page_title
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.columns import columns
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.data_sources import source_head, source_row
from notion_sync_assets.core.render.markdown.dialects import DIALECTS
from notion_sync_assets.core.render.markdown.pages import page_markdown
from notion_sync_assets.core.render.markdown.schemas import source_tail
from notion_sync_assets.core.render.markdown.targets import Targets
from notion_sync_assets.core.render.names import file_name
from notion_sync_assets.core.render.options import Output, PageOutput, RenderOptions
from notion_sync_assets.core.render.overlay import current_document, current_page, overlay
from notion_sync_assets.core.render.rows import OrderedSnapshot, row_test
from notion_sync_assets.core.render.scratch import scratch_file
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

VERSION = 5


def export_markdown(snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Output]:
    """Yield one file per page, then the one of a data source."""
    head = snapshot.head()
    if head is None:
        for row in snapshot.ordered():
            load = partial(snapshot.document, row)
            path = _path(row, load, links, snapshot)
            yield path, PageOutput([row.document], load, partial(_page, path, links, options))
        return
    with scratch_file(options.scratch) as target:
        with target.open("w", encoding="utf-8", newline="\n") as out:
            yield from _with_table(out, snapshot, links, options)
        yield places.markdown_head(links.folder), target


def _with_table(
    out: TextIO, snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions
) -> Iterator[Output]:
    head, own = overlay(snapshot.head(), links), places.markdown_head(links.folder)
    table = columns(head["data_source"])
    dialect = DIALECTS[options.markdown_dialect]
    out.write(source_head(head, own, links, table, dialect))
    is_row = row_test(snapshot)
    for row in snapshot.ordered():
        document = snapshot.document(row)
        load = partial(_loaded, document)
        path = _path(row, load, links, snapshot)
        if is_row(row):
            shown = current_page(document, links)
            out.write(source_row(shown, path, table, Targets(own, links, document.files), dialect))
        yield path, PageOutput([row.document], load, partial(_page, path, links, options))
    out.write(source_tail(head, own, links, table, dialect))


def _path(row: ManifestRow, load: Callable[[], Document], links: LinkSlice, snapshot: Snapshot) -> str:
    entry = links.entry(row.page_id)
    if entry is not None and entry.scope == snapshot.commit.scope and entry.markdown_path is not None:
        return entry.markdown_path
    # Another scope has it by now: links lead there, and this copy goes with the next sync.
    title = page_title(current_page(load(), links))
    return places.markdown_page(links.folder, (), file_name(title, row.page_id, long=True))


def _page(path: str, links: LinkSlice, options: RenderOptions, stored: Document) -> bytes:
    document = current_document(stored, links)
    dialect, footnotes = DIALECTS[options.markdown_dialect], options.markdown_comments == "footnotes"
    return page_markdown(document, path, links, dialect, footnotes=footnotes).encode()


def _loaded(document: Document) -> Document:
    return document

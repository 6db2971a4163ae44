"""CSV: the rows of a data source as text.

Here: one file ``csv/<Data source> <8 hex>.csv``, RFC 4180 with CR LF, UTF-8. Not here: page trees, which are no
tables and have no CSV; the text of a value (``values``), column order and names (``columns``), what keeps
spreadsheets from running text (``csv_cells``).
"""

import csv
from collections.abc import Iterator
from io import TextIOWrapper

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.columns import SYSTEM, columns, matched
from notion_sync_assets.core.render.csv_cells import guard
from notion_sync_assets.core.render.link_slice import LinkSlice, titles
from notion_sync_assets.core.render.options import RenderOptions, Step
from notion_sync_assets.core.render.rows import OrderedSnapshot, current_rows
from notion_sync_assets.core.render.scratch import scratch_file
from notion_sync_assets.core.render.values import display_text, json_text

VERSION = 4


def export_csv(snapshot: OrderedSnapshot, links: LinkSlice, options: RenderOptions) -> Iterator[Step]:
    """Yield the one file of a data source; nothing for a page tree."""
    head = snapshot.head()
    if head is None:
        return
    with scratch_file(options.scratch) as target:
        with target.open("w", encoding="utf-8", newline="") as out:
            yield from _write(out, snapshot, head["data_source"], links, options)
        yield places.csv_table(links.folder), target


def _write(
    out: TextIOWrapper, snapshot: OrderedSnapshot, source: Json, links: LinkSlice, options: RenderOptions
) -> Iterator[None]:
    table, title_of = columns(source), titles(links)
    if options.csv_byte_order_mark:
        out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    cell = guard if options.csv_guard_formulas else str
    writer.writerow([cell(name) for name in (*(column.name for column in table), *SYSTEM)])
    for row in current_rows(snapshot, links):
        yield
        if row is None:
            continue
        page, files = row
        values, others = matched(page, table)
        texts = [display_text(value, title_of, files) if value else "" for value in values]
        writer.writerow([cell(text) for text in (*texts, *_system(page), json_text(others))])


def _system(page: Json) -> Iterator[str]:
    for key in ("id", "url", "created_time", "last_edited_time"):
        yield str(page.get(key) or "")

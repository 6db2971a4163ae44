"""A data source as files: a table of its rows, what it is, its properties, views and templates.

Here: the pages of the table and the pieces that its script loads. Not here: rows' own pages (``pages``), columns
(``render.columns``).
The first :data:`PIECE` rows are in ``index.html``. More rows follow in ``rows-<n>.html``, which need no script, and
once more in ``rows-<n>.js``, from which the script of the first page sorts and filters all of them, and shows them by
the saved views (``views``).
"""

import dataclasses
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import Document, plain_text
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.columns import Column, columns, matched
from notion_sync_assets.core.render.html import navigation
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.data_files import data_file
from notion_sync_assets.core.render.html.icons import icon
from notion_sync_assets.core.render.html.markup import element
from notion_sync_assets.core.render.html.pages import frame
from notion_sync_assets.core.render.html.properties import sort_key, value_markup
from notion_sync_assets.core.render.html.rich_text import link, rich_text
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.render.html.views import View, in_view_order, row_attributes, saved_views
from notion_sync_assets.core.render.link_slice import titles
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.options import Output
from notion_sync_assets.core.render.rows import row_test
from notion_sync_assets.core.render.schema_text import property_details
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow

PIECE = 500


class SourceTable:
    """The files of a data source, made while its rows pass in table order; one piece of rows is in memory at a time.

    ``head`` is brought up to date; ``page`` is the first file of the table.
    """

    def __init__(self, snapshot: Snapshot, head: Json, page: PageContext) -> None:
        self._head = head
        self._page = page
        self._columns = in_view_order(head, columns(head["data_source"]))
        self._views = saved_views(head, self._columns)
        self._is_row = row_test(snapshot)
        self._total = sum(map(self._is_row, snapshot.rows()))
        self._pieces = max(1, -(-self._total // PIECE))
        self._made: list[Markup] = []
        self._number = 0

    def add(self, row: ManifestRow, document: Document) -> Iterator[Output]:
        """Take a page of the scope, brought up to date; yield the files of a piece that is full now."""
        if not self._is_row(row):
            return
        page = dataclasses.replace(self._page, files=document.files)
        self._made.append(_row(document.page, self._columns, self._views, page))
        if len(self._made) == PIECE:
            yield from self._piece()

    def finish(self) -> Iterator[Output]:
        """Yield the files of the last piece, which may have no row."""
        if self._number < self._pieces:
            yield from self._piece()

    def _piece(self) -> Iterator[Output]:
        self._number += 1
        first = self._page.path
        path = first if self._number == 1 else f"{first.removesuffix('index.html')}rows-{self._number}.html"
        yield path, self._file()
        if self._number > 1:
            texts = [str(row) for row in self._made]
            yield path.removesuffix("html") + "js", data_file(f"rows-{self._number}", texts)
        self._made = []

    def _file(self) -> bytes:
        head, page, source = self._head, self._page, self._head["data_source"]
        container = head.get("database") or {}
        views = [view for view in head.get("views") or [] if isinstance(view, dict)]
        return render(
            "data_source.html.j2",
            title=plain_text(source.get("title")) or plain_text(container.get("title")) or UNTITLED,
            **frame(source, page),
            description=[text for text in _descriptions(head, page) if text],
            columns=[(column.label, column.type) for column in self._columns],
            schema=[
                (each.label, each.type, each.schema.get("description"), property_details(each.schema))
                for each in self._columns
            ],
            rows=self._made,
            number=self._number,
            pieces=self._pieces,
            total=self._total,
            data_views=canonical_bytes([view.for_script() for view in self._views]).decode(),
            views=[(str(view.get("name") or UNTITLED), str(view.get("type"))) for view in views],
            templates=[_template(item, page) for item in head.get("templates") or []],
            backlinks=navigation.backlinks(page.links.backlinks(source["id"]), page),
        )


def _descriptions(head: Json, page: PageContext) -> Iterator[Markup]:
    yield rich_text(head["data_source"].get("description"), page)
    container = head.get("database") or {}
    if container.get("description") != head["data_source"].get("description"):
        yield rich_text(container.get("description"), page)


def _template(item: Json, page: PageContext) -> Markup:
    identifier = str(item.get("id"))
    return link(str(item.get("name") or page.title(identifier) or UNTITLED), page.href(identifier))


def _row(value: Json, table: list[Column], views: Sequence[View], page: PageContext) -> Markup:
    values, _ = matched(value, table)
    href = f"{compact_id(value['id'])}.html"
    cells = [_cell(found, column, page, value, href) for found, column in zip(values, table, strict=True)]
    return element("tr", *cells, **row_attributes(value, values, views, titles(page.links)))


def _cell(found: Json | None, column: Column, page: PageContext, value: Json, href: str) -> Markup:
    if column.type == "title":
        title = plain_text(found.get("title")) if found else ""
        return element("th", icon(value.get("icon"), page), link(title or UNTITLED, href), scope="row")
    if found is None:
        return element("td")
    content = element("div", value_markup(found, page), class_="cell")
    return element("td", content, data_key=sort_key(found, column.schema))

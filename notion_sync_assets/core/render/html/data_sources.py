"""A data source as files: a table of its rows, what it is, its properties, views and templates.

Here: the pages of the table and the pieces that its script loads. Not here: rows' own pages (``pages``), columns
(``render.columns``).
The first :data:`PIECE` rows are in ``index.html``. More rows follow in ``rows-<n>.html``, which need no script, and
once more in ``rows-<n>.js``, from which the script of the first page sorts and filters all of them, and shows them by
the saved views (``views``).
"""

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import islice

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render import places
from notion_sync_assets.core.render.columns import Column, columns, matched
from notion_sync_assets.core.render.html import navigation
from notion_sync_assets.core.render.html.context import Crumb, PageContext
from notion_sync_assets.core.render.html.data_files import data_file
from notion_sync_assets.core.render.html.icons import icon
from notion_sync_assets.core.render.html.markup import element
from notion_sync_assets.core.render.html.pages import frame
from notion_sync_assets.core.render.html.properties import sort_key, value_markup
from notion_sync_assets.core.render.html.rich_text import link, rich_text
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.render.html.views import View, in_view_order, row_attributes, saved_views
from notion_sync_assets.core.render.link_slice import LinkSlice, titles
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.render.options import Output
from notion_sync_assets.core.render.rows import current_pages, table_rows
from notion_sync_assets.core.sync.commits import Snapshot

PIECE = 500


def source_files(
    snapshot: Snapshot, head: Json, links: LinkSlice, crumbs: Sequence[Crumb]
) -> Iterator[Output]:
    """Yield the files of a data source; ``head`` is brought up to date. One piece of rows is in memory at a time."""
    first = places.html_head(snapshot.commit.root_id)
    page = PageContext(path=first, links=links, crumbs=crumbs)
    table = in_view_order(head, columns(head["data_source"]))
    views = saved_views(head, table)
    total = sum(1 for _ in table_rows(snapshot, snapshot.rows()))
    pieces = max(1, -(-total // PIECE))
    rows = _rows(snapshot, table, views, page)
    for number in range(1, pieces + 1):
        made = list(islice(rows, PIECE))
        path = first if number == 1 else f"{first.removesuffix('index.html')}rows-{number}.html"
        about = (number, pieces, total)
        yield path, _file(head, table, views, made, page, about)
        if number > 1:
            yield path.removesuffix("html") + "js", data_file(f"rows-{number}", [str(row) for row in made])


def _file(
    head: Json,
    table: Sequence[Column],
    shown_views: Sequence[View],
    rows: list[Markup],
    page: PageContext,
    about: tuple[int, int, int],
) -> bytes:
    source = head["data_source"]
    number, pieces, total = about
    return render(
        "data_source.html.j2",
        title=plain_text(source.get("title"))
        or plain_text((head.get("database") or {}).get("title"))
        or UNTITLED,
        **frame(source, page),
        description=[text for text in _descriptions(head, page) if text],
        columns=[(column.label, column.type) for column in table],
        rows=rows,
        number=number,
        pieces=pieces,
        total=total,
        data_views=canonical_bytes([view.for_script() for view in shown_views]).decode(),
        views=[
            (str(view.get("name") or UNTITLED), str(view.get("type"))) for view in head.get("views") or []
        ],
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


def _rows(
    snapshot: Snapshot, table: list[Column], views: Sequence[View], page: PageContext
) -> Iterator[Markup]:
    for value, files in current_pages(snapshot, page.links):
        yield _row(value, table, views, dataclasses.replace(page, files=files))


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

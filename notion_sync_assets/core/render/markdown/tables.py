"""Simple tables, and the rows of any table.

Here: cells and rows as Markdown. Not here: tables of data sources (``data_sources``), which are made of properties.
Markdown has a header in every table: without one in Notion it is empty. Row headers are bold.
"""

from collections.abc import Iterable

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.markdown.inline import CELL
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined
from notion_sync_assets.core.spoken import row_cells, rows_and_others


def table(block: Json, page: PageView) -> Lines:
    """Return a table with its rows."""
    payload = block.get("table") or {}
    rows, others = rows_and_others(block)
    cells = [_cells(row, page, bold=bool(payload.get("has_row_header"))) for row in rows]
    return joined(_grid(cells, header=bool(payload.get("has_column_header"))), page.body(others, page))


def row_alone(block: Json, page: PageView) -> Lines:
    """Return a row that stands in no table."""
    return joined(_grid([_cells(block, page, bold=False)], header=False), page.children(block))


def _grid(rows: list[list[str]], *, header: bool) -> Lines:
    if not rows:
        return []
    width = max(1, *(len(row) for row in rows))
    shown = rows if header else [[], *rows]
    filled = [row + [""] * (width - len(row)) for row in shown]
    return [table_row(filled[0]), rule(width), *(table_row(row) for row in filled[1:])]


def table_row(cells: Iterable[str]) -> str:
    """Return one line of a table from cells that are written for it."""
    return f"| {' | '.join(cells)} |"


def rule(width: int) -> str:
    """Return the line between header and rows."""
    return table_row(["---"] * width)


def _cells(row: Json, page: PageView, *, bold: bool) -> list[str]:
    return [
        page.write(
            [piece._replace(bold=True) if bold and index == 0 else piece for piece in page.pieces(cell)], CELL
        )
        for index, cell in enumerate(row_cells(row))
    ]

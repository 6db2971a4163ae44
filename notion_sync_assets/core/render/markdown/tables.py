"""Simple tables, and the rows of any table.

Here: cells and rows as Markdown. Not here: tables of data sources (``data_sources``), which are made of properties.
Markdown has a header in every table: without one in Notion it is empty. Row headers are bold.
"""

from collections.abc import Iterable

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.markdown.inline import CELL
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView


def table(block: Json, page: PageView) -> Lines:
    """Return a table with its rows."""
    payload = block.get("table") or {}
    rows = [
        _cells(row, page, bold=bool(payload.get("has_row_header"))) for row in block.get("children") or []
    ]
    if not rows:
        return []
    width = max(1, *(len(row) for row in rows))
    if not payload.get("has_column_header"):
        rows.insert(0, [])
    filled = [row + [""] * (width - len(row)) for row in rows]
    return [table_row(filled[0]), rule(width), *(table_row(row) for row in filled[1:])]


def row_alone(block: Json, page: PageView) -> Lines:
    """Return a row that stands in no table."""
    return table({"children": [block]}, page)


def table_row(cells: Iterable[str]) -> str:
    """Return one line of a table from cells that are written for it."""
    return f"| {' | '.join(cells)} |"


def rule(width: int) -> str:
    """Return the line between header and rows."""
    return table_row(["---"] * width)


def _cells(row: Json, page: PageView, *, bold: bool) -> list[str]:
    cells = (row.get("table_row") or {}).get("cells") or []
    return [
        page.write(
            [piece._replace(bold=True) if bold and index == 0 else piece for piece in page.pieces(cell)], CELL
        )
        for index, cell in enumerate(cells)
    ]

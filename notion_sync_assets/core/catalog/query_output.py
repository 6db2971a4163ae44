"""Query results as text: a table for terminals, JSON and CSV for programs.

Here: pure functions from a :class:`QueryResult` to text. Not here: running queries (``queries``), the safe CSV that
spreadsheets open (``render``): a query's CSV holds the values as they are.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from notion_sync_assets.core.catalog.queries import QueryResult

_WIDEST = 80


def format_table(result: QueryResult) -> str:
    """Return aligned columns and a count; long values are cut, and no value can steer the terminal."""
    shown = [[_cell(value) for value in row] for row in (result.columns, *result.rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    count = len(result.rows)
    return "\n".join([*lines, f"({count} row{'' if count == 1 else 's'})", ""])


def format_json(result: QueryResult) -> str:
    """Return a JSON array of objects, columns in order; JSON columns are nested, columns of one name numbered."""
    names = _unique(result.columns)
    rows = [
        {name: _json_value(value, kind) for name, value, kind in zip(names, row, result.types, strict=True)}
        for row in result.rows
    ]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False, default=str) + "\n"


def format_csv(result: QueryResult) -> str:
    """Return RFC 4180 CSV with a header; nulls are empty, lists and structs are JSON."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(result.columns)
    writer.writerows([_plain(value) for value in row] for row in result.rows)
    return output.getvalue()


FORMATTERS: dict[str, Callable[[QueryResult], str]] = {
    "table": format_table,
    "json": format_json,
    "csv": format_csv,
}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(_finite(value), ensure_ascii=False, default=str)
    return str(value)


def _cell(value: Any) -> str:
    text = "".join(char if char.isprintable() else repr(char)[1:-1] for char in _plain(value)[: _WIDEST + 1])
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _json_value(value: Any, kind: str) -> Any:
    if kind == "JSON" and isinstance(value, str):
        return json.loads(value)
    return _finite(value)


def _finite(value: Any) -> Any:
    """Replace what JSON has no word for (NaN, infinity) by null, at any depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def _unique(columns: Iterable[str]) -> list[str]:
    names: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in names:
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names

"""Columns and values of generated rows: one schema for all tables, values a pure function of seed and number."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from notion_sync_assets.emulator.columns import (
    Column,
    choices,
    column,
    date_value,
    formula,
    relation,
    status,
    values_of,
)
from notion_sync_assets.emulator.hosted import hosted
from notion_sync_assets.emulator.ids import short_hash
from notion_sync_assets.emulator.json_types import Json

STATES: dict[str, Sequence[str]] = {"To-do": ("Open",), "In progress": ("Doing",), "Complete": ("Done",)}
KINDS = ("Idea", "Fault", "Order", "Visit")


@lru_cache(maxsize=64)
def columns_of(database_id: str, source_id: str) -> tuple[Column, ...]:
    """The columns of one table; option and property ids differ from table to table."""
    amount = column(source_id, "Amount", "number", format="number")
    return (
        column(source_id, "Name", "title"),
        status(source_id, "State", STATES),
        choices(source_id, "Kind", "select", KINDS),
        choices(source_id, "Tags", "multi_select", ("red", "green", "blue")),
        amount,
        formula(source_id, "Twice", source_id, amount, " * 2"),
        column(source_id, "Due", "date"),
        column(source_id, "Owner", "people"),
        column(source_id, "Done", "checkbox"),
        column(source_id, "Nr", "unique_id", prefix="ROW"),
        column(source_id, "Page", "url"),
        column(source_id, "Files", "files"),
        relation(source_id, "Related", (database_id, source_id)),
        column(source_id, "Created", "created_time"),
        column(source_id, "Edited", "last_edited_time"),
    )


def row_values(
    columns: Sequence[Column],
    seed: int,
    number: int,
    related: Sequence[str],
    people: Sequence[Json],
    times: tuple[str, str],
) -> Json:
    """`properties` of row `number`."""
    dice = short_hash(seed, "row", number)
    values: dict[str, Any] = {
        "Name": f"Row {number:06}",
        "State": ("Open", "Doing", "Done")[dice % 3],
        "Kind": KINDS[dice // 3 % len(KINDS)],
        "Tags": [tag for bit, tag in enumerate(("red", "green", "blue")) if dice >> 8 + bit & 1],
        "Amount": dice % 1000,
        "Twice": {"type": "number", "number": dice % 1000 * 2},
        "Due": date_value(f"2024-{dice % 12 + 1:02}-{dice % 28 + 1:02}") if dice % 3 else None,
        "Owner": list(people),
        "Done": dice % 3 == 2,  # noqa: PLR2004 - the third state
        "Nr": {"prefix": "ROW", "number": number + 1},
        "Page": f"https://generated.example/{number}",
        "Files": [{"name": f"{number}.txt", **hosted(f"{number}.txt", seed)}] if dice % 20 == 0 else [],
        "Related": list(related) if dice % 4 == 0 else [],
        "Created": times[0],
        "Edited": times[1],
    }
    return values_of(columns, values)

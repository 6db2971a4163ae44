"""Single values out of API objects, for columns that have a type.

Here: reading one field without trusting it to be there or to have the documented type, and the typed side of
property values. Not here: texts (``text``), references (``references``).
"""

from typing import Any, NamedTuple

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.catalog.text import json_text


class TypedValue(NamedTuple):
    """A property value as number, boolean or dates, where it is one; date texts are the API's."""

    number: float | None = None
    boolean: bool | None = None
    date_start: str | None = None
    date_end: str | None = None


def text_or_none(value: Any) -> str | None:
    """Return a text, or None for anything else."""
    return value if isinstance(value, str) else None


def flag(value: Any) -> bool | None:
    """Return a boolean, or None for anything else."""
    return value if isinstance(value, bool) else None


def number_or_none(value: Any) -> float | None:
    """Return a number as a double, None for anything else and for what a double cannot hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def json_or_none(value: Any) -> str | None:
    """Return an object as JSON text, None when there is none."""
    return None if value is None else json_text(value)


def id_of(value: Any) -> str | None:
    """Return the id of an object such as a user, None when it has none."""
    return text_or_none(value.get("id")) if isinstance(value, dict) else None


def parent_of(value: Json) -> tuple[str | None, str | None]:
    """Return ``(parent type, parent id)``; the id of a workspace parent is None (notion_api.md §7)."""
    parent = value.get("parent")
    if not isinstance(parent, dict):
        return None, None
    kind = text_or_none(parent.get("type"))
    return kind, text_or_none(parent.get(str(kind)))


def typed_value(value: Json) -> TypedValue:
    """Return the typed side of a property value; formulas and rollups count by their result (notion_api.md §5)."""
    kind = str(value.get("type"))
    content = value.get(kind)
    if kind in ("formula", "rollup"):
        return typed_value(content) if isinstance(content, dict) else TypedValue()
    if kind == "unique_id" and isinstance(content, dict):
        content = content.get("number")
    if kind == "verification" and isinstance(content, dict):
        content = content.get("date")
    if kind in ("created_time", "last_edited_time"):
        return TypedValue(date_start=text_or_none(content))
    if isinstance(content, dict) and kind in ("date", "verification"):
        return TypedValue(
            date_start=text_or_none(content.get("start")), date_end=text_or_none(content.get("end"))
        )
    return TypedValue(number_or_none(content), flag(content))

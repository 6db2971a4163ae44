"""Groups of a view: under which names a row stands.

Here: a view's ``group_by`` as a value and the names for one property value. Not here: which views there are
(``views``), the look of groups (``static/table.js``). Shapes: notion_api.md §7 and the API's types of views.
Groups of dates that Notion names by their distance from today are months here: a file does not know today.
"""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.columns import Column
from notion_sync_assets.core.render.values import TitleOf, display_text, relation_title, user_name

_SHAPE = (AttributeError, KeyError, TypeError, ValueError, OverflowError)
_DATES = ("date", "created_time", "last_edited_time")
_TEXTS = ("text", "title", "rich_text", "url", "email", "phone_number", "string")
_CUT = {"day": 10, "month": 7, "year": 4, "relative": 7}
_DIRECTIONS = {"ascending": 1, "descending": -1}


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a view groups rows. ``column``: place in the table. ``labels``: names in their order, where it is known.

    ``direction``: 1 and -1 when groups follow their names up or down, 0 when they follow ``labels``. ``members``:
    option → group of a status that is grouped by those.
    """

    column: int
    labels: Sequence[str]
    direction: int
    config: Json
    members: dict[str, str]

    def labels_of(self, value: Json | None, title_of: TitleOf) -> list[str]:
        """Return the names of the groups a row with this property value stands in; one empty name for no value."""
        if value is None:
            return [""]
        try:
            found = _labels(value, self.config, title_of)
        except _SHAPE:
            found = [display_text(value, title_of)]
        return [self.members.get(label, label) for label in found] or [""]


def grouping(config: Json, place: int, column: Column) -> Grouping:
    """Return the grouping that a view's ``group_by`` describes; ``place`` is where ``column`` is in the table."""
    order = config.get("sort")
    manner = order.get("type") if isinstance(order, dict) else None
    schema = column.schema.get(column.type)
    schema = schema if isinstance(schema, dict) else {}
    names = {str(item.get("id")): str(item.get("name")) for item in schema.get("options") or []}
    members: dict[str, str] = {}
    if config.get("group_by") == "group":
        for group in schema.get("groups") or []:
            members |= {
                names.get(str(key), ""): str(group.get("name")) for key in group.get("option_ids") or []
            }
    labels = list(dict.fromkeys(members.values() if members else names.values()))
    return Grouping(place, labels, _DIRECTIONS.get(str(manner), 0 if labels else 1), config, members)


def _labels(value: Json, config: Json, title_of: TitleOf) -> list[str]:
    kind = str(value.get("type"))
    payload = value.get(kind)
    if kind == "formula":
        return _labels(payload or {}, _inner(config), title_of)
    if payload is None or payload == []:
        return []
    if kind in _DATES:
        return _date(payload["start"] if kind == "date" else payload, config)
    if kind == "number":
        return [_range(float(payload), config)]
    if kind in _LISTS:
        return _LISTS[kind](payload, title_of)
    text = display_text(value, title_of)
    return [text[:1].upper() if config.get("group_by") == "alphabet_prefix" else text] if text else []


def _inner(config: Json) -> Json:
    inner = config.get("group_by")
    return inner if isinstance(inner, dict) else {}


def _date(start: str, config: Json) -> list[str]:
    manner = str(config.get("group_by"))
    if manner != "week":
        return [start[: _CUT.get(manner, 10)]]
    day = dt.date.fromisoformat(start[:10])
    first = 0 if config.get("start_day_of_week") == 1 else 1
    return [f"Week of {day - dt.timedelta(days=(day.weekday() + first) % 7)}"]


def _range(number: float, config: Json) -> str:
    size, start = config.get("range_size"), config.get("range_start") or 0
    if not isinstance(size, (int, float)) or size <= 0:
        return f"{number:g}"
    end = config.get("range_end")
    if number < start:
        return f"below {start:g}"
    if end is not None and number >= end:
        return f"from {end:g}"
    lower = start + math.floor((number - start) / size) * size
    return f"{lower:g} to {lower + size:g}"


_LISTS: dict[str, Callable[[Any, TitleOf], list[str]]] = {
    "select": lambda option, _: [str(option["name"])],
    "status": lambda option, _: [str(option["name"])],
    "multi_select": lambda options, _: [str(option["name"]) for option in options],
    "people": lambda users, _: [user_name(user) for user in users],
    "created_by": lambda user, _: [user_name(user)],
    "last_edited_by": lambda user, _: [user_name(user)],
    "relation": lambda items, title_of: [relation_title(item, title_of) for item in items],
    "checkbox": lambda checked, _: ["Yes" if checked else "No"],
    "boolean": lambda checked, _: ["Yes" if checked else "No"],
}

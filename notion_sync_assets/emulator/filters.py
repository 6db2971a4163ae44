"""Filters of a query (reference §2, §13): timestamp filters, `and`/`or`, and the simple property filters.

Property filters exist for title, rich_text, url, email and phone_number text, numbers, check boxes, unique ids,
selects and statuses; others are refused with 400, as are property sorts.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from notion_sync_assets.emulator.errors import invalid
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.listings import Listings, RowOrder, Span, Test
from notion_sync_assets.emulator.richtext import plain
from notion_sync_assets.emulator.stamps import parse_stamp
from notion_sync_assets.emulator.world import Field

TIME_FIELDS = ("created_time", "last_edited_time")
DAY = 86_400
RELATIVE = {
    "past_week": (-7, 0),
    "past_month": (-30, 0),
    "past_year": (-365, 0),
    "this_week": (-7, 0),
    "next_week": (0, 7),
    "next_month": (0, 30),
    "next_year": (0, 365),
}
MAX_DEPTH = 3
NOT_A_FILTER = (
    "body failed validation. Fix one:\n"
    "body.filter.or should be defined, instead was `undefined`.\n"
    "body.filter.and should be defined, instead was `undefined`.\n"
    "body.filter.timestamp should be defined, instead was `undefined`."
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda a, b: bool(a == b),
    "does_not_equal": lambda a, b: bool(a != b),
    "contains": lambda a, b: str(b).casefold() in str(a).casefold(),
    "does_not_contain": lambda a, b: str(b).casefold() not in str(a).casefold(),
    "starts_with": lambda a, b: str(a).casefold().startswith(str(b).casefold()),
    "ends_with": lambda a, b: str(a).casefold().endswith(str(b).casefold()),
    "greater_than": lambda a, b: a is not None and a > b,
    "less_than": lambda a, b: a is not None and a < b,
    "greater_than_or_equal_to": lambda a, b: a is not None and a >= b,
    "less_than_or_equal_to": lambda a, b: a is not None and a <= b,
    "is_empty": lambda a, _: a in (None, ""),
    "is_not_empty": lambda a, _: a not in (None, ""),
    "before": lambda a, b: a < b,
    "after": lambda a, b: a > b,
    "on_or_before": lambda a, b: a <= b,
    "on_or_after": lambda a, b: a >= b,
}
TIME_OPERATORS = ("equals", "does_not_equal", "before", "after", "on_or_before", "on_or_after")


def row_test(listings: Listings, asked: Any, depth: int = 0) -> Test:
    """The test a row must pass; 400 with Notion's words when the filter cannot be understood."""
    if asked is None:
        return lambda _kind, _id: True
    if not isinstance(asked, dict) or depth > MAX_DEPTH:
        raise invalid("body failed validation: body.filter should be an object.")
    for word, whole in (("and", all), ("or", any)):
        if word in asked:
            return _compound(listings, asked[word], word, whole, depth)
    if asked.get("timestamp") in TIME_FIELDS:
        return _time_test(listings, asked, asked["timestamp"])
    if "property" in asked:
        return _property_test(listings, asked)
    raise invalid(NOT_A_FILTER)


def time_span(asked: Any, order: RowOrder) -> Span:
    """The seconds between which the sorted time must lie, as far as the filter says so at its top."""
    parts = asked.get("and", [asked]) if isinstance(asked, dict) else []
    first, last = float("-inf"), float("inf")
    for part in parts if isinstance(parts, list) else []:
        bounds = part.get(order.field) if isinstance(part, dict) and order.field else None
        for operator, value in bounds.items() if isinstance(bounds, dict) else ():
            moment = parse_stamp(value)
            if moment is not None and operator in {"after", "on_or_after"}:
                first = max(first, moment)
            if moment is not None and operator in {"before", "on_or_before"}:
                last = min(last, moment + DAY)
    return Span(first, last)


def row_order(sorts: Any) -> RowOrder:
    """The order a query asks for: none, or one timestamp; 400 otherwise."""
    if not sorts:
        return RowOrder()
    if not isinstance(sorts, list):
        raise invalid(
            f"body failed validation: body.sorts should be an array, instead was `{json.dumps(sorts)}`."
        )
    first = sorts[0] if isinstance(sorts[0], dict) else {}
    if first.get("timestamp") not in TIME_FIELDS:
        raise invalid(
            'body failed validation: body.sorts[0].timestamp should be `"created_time"` or `"last_edited_time"`, '
            f"instead was `{json.dumps(first.get('timestamp'))}`."
        )
    direction = first.get("direction", "ascending")
    if direction not in {"ascending", "descending"}:
        raise invalid(
            'body failed validation: body.sorts[0].direction should be `"ascending"` or `"descending"`.'
        )
    return RowOrder(first["timestamp"], direction == "descending")


def _compound(listings: Listings, parts: Any, word: str, whole: Callable[[Any], bool], depth: int) -> Test:
    if not isinstance(parts, list):
        raise invalid(f"body failed validation: body.filter.{word} should be an array.")
    tests = [row_test(listings, part, depth + 1) for part in parts]
    return lambda kind, row_id: whole(test(kind, row_id) for test in tests)


def _time_test(listings: Listings, asked: Json, field: Field) -> Test:
    condition = asked.get(field)
    if not isinstance(condition, dict) or len(condition) != 1:
        raise invalid(
            f"body failed validation: body.filter.{field} should be defined, instead was `undefined`."
        )
    (operator, value), *_ = condition.items()
    if operator in {"is_empty", "is_not_empty"}:
        return lambda _kind, _id: operator == "is_not_empty"
    if operator in RELATIVE:
        first, last = RELATIVE[operator]
        now = listings.workspace.clock.now()
        return lambda kind, row_id: (
            now + first * DAY <= listings.seconds(kind, row_id, field) <= now + last * DAY
        )
    return _moment_test(listings, field, operator, value)


def _moment_test(listings: Listings, field: Field, operator: str, value: Any) -> Test:
    if operator not in TIME_OPERATORS:
        raise invalid(f"body failed validation: body.filter.{field}.{operator} is not an expected operator.")
    moment = parse_stamp(value)
    if moment is None:
        raise invalid(
            f"body failed validation: body.filter.{field}.{operator} should be a valid ISO 8601 date string, "
            f"instead was `{json.dumps(value)}`."
        )
    compare = COMPARISONS[operator]
    step = DAY if _is_day(value) else 1
    return lambda kind, row_id: compare(listings.seconds(kind, row_id, field) // step * step, moment)


def _property_test(listings: Listings, asked: Json) -> Test:
    kind_asked, condition = next(((k, v) for k, v in asked.items() if isinstance(v, dict)), (None, {}))
    if kind_asked is None or len(condition) != 1:
        raise invalid("body failed validation: body.filter should name one property condition.")
    (operator, value), *_ = condition.items()
    compare = COMPARISONS.get(operator)
    if compare is None:
        raise invalid(
            f"body failed validation: body.filter.{kind_asked}.{operator} is not an expected operator."
        )

    def test(kind: str, row_id: str) -> bool:
        found = listings.workspace.get(kind, row_id) or {}
        held = _held(found.get("properties", {}), asked["property"])
        if held is None or kind == "data_source":
            return False
        return compare(_comparable(held), value)

    return test


def _held(properties: Json, wanted: str) -> Json | None:
    if wanted in properties:
        found: Json = properties[wanted]
        return found
    return next((value for value in properties.values() if value.get("id") == wanted), None)


def _comparable(held: Json) -> Any:
    value = held.get(held["type"])
    if held["type"] in {"title", "rich_text"}:
        return plain(value or [])
    if isinstance(value, dict):
        return value.get("number", value.get("name"))
    return value


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False

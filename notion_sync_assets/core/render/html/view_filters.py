"""Filters of views: whether a row belongs into one.

Here: the API's filter conditions on a page object. Not here: which views there are (``views``). Shapes: notion_api.md
§§5, 7. What a file cannot know (today, the reader) or nobody knew when this was written gives None: neither in nor
out; a row is left out of a view only when it certainly is not in it.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_properties, plain_text
from notion_sync_assets.core.render.typed_values import timestamp
from notion_sync_assets.core.render.values import display_text

_SHAPE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
_ABOUT = frozenset(("property", "timestamp", "type"))
_DAY = 10


def accepts(condition: Any, page: Json) -> bool | None:
    """Return whether a filter accepts a page; None when that cannot be told."""
    if not isinstance(condition, dict):
        return None
    try:
        if "and" in condition:
            return _every([accepts(each, page) for each in condition["and"] or []])
        if "or" in condition:
            return _some([accepts(each, page) for each in condition["or"] or []])
        return _single(condition, page)
    except _SHAPE:
        return None


def _every(answers: Sequence[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _some(answers: Sequence[bool | None]) -> bool | None:
    return True if True in answers or not answers else None if None in answers else False


def _single(condition: Json, page: Json) -> bool | None:
    (kind,) = condition.keys() - _ABOUT
    if "timestamp" in condition:
        return _test({"type": kind, kind: page.get(kind)}, kind, condition[kind])
    value = _value(page, condition["property"])
    return None if value is None else _test(value, kind, condition[kind])


def _value(page: Json, reference: str) -> Json | None:
    properties = page_properties(page)
    plain = unquote(str(reference))
    by_id = (value for value in properties.values() if unquote(str(value.get("id"))) == plain)
    return next(by_id, None) or properties.get(str(reference))


def _test(value: Json, kind: str, test: Json) -> bool | None:
    payload = value.get(str(value.get("type")))
    if kind in ("formula", "rollup"):
        return _computed(payload or {}, test)
    ((name, wanted),) = test.items()
    if name in ("is_empty", "is_not_empty"):
        return (display_text(value) == "") == (name == "is_empty")
    family = _FAMILIES.get(kind)
    return family(payload, name, wanted) if family else None


def _computed(result: Json, test: Json) -> bool | None:
    ((kind, inner),) = test.items()
    if kind in ("any", "every", "none"):
        ((item_kind, condition),) = inner.items()
        answers = [_test(item, item_kind, condition) for item in result.get("array") or []]
        found = _every(answers) if kind == "every" else _some(answers) if answers else False
        return (None if found is None else not found) if kind == "none" else found
    spelled = {"string": "rich_text", "checkbox": "checkbox"}.get(kind, kind)
    return _test(result, spelled, inner)


def _text(payload: Any, name: str, wanted: Any) -> bool | None:
    text = plain_text(payload) if isinstance(payload, list) else str(payload or "")
    compare = _TEXT.get(name)
    return compare(text.casefold(), str(wanted).casefold()) if compare else None


def _number(payload: Any, name: str, wanted: Any) -> bool | None:
    number = payload.get("number") if isinstance(payload, dict) else payload
    compare = _ORDER.get(name)
    if compare is None:
        return None
    if number is None:
        return name == "does_not_equal"
    return bool(compare(number, wanted))


def _flag(payload: Any, name: str, wanted: Any) -> bool | None:
    compare = {"equals": operator.eq, "does_not_equal": operator.ne}.get(name)
    return bool(compare(payload is True, wanted is True)) if compare else None


def _choice(payload: Any, name: str, wanted: Any) -> bool | None:
    chosen = payload.get("name") if isinstance(payload, dict) else None
    options = wanted if isinstance(wanted, list) else [wanted]
    return {"equals": chosen in options, "does_not_equal": chosen not in options}.get(name)


def _member(payload: Any, name: str, wanted: Any) -> bool | None:
    if wanted == "me":
        return None
    items = payload if isinstance(payload, list) else [payload] if payload else []
    known = {str(item.get(key)).replace("-", "") for item in items for key in ("id", "name") if item.get(key)}
    asked = wanted if isinstance(wanted, list) else [wanted]
    inside = any(str(each).replace("-", "") in known for each in asked)
    return {"contains": inside, "does_not_contain": not inside}.get(name)


def _date(payload: Any, name: str, wanted: Any) -> bool | None:
    compare = _DATES.get(name)
    asked = str(wanted)
    if compare is None or timestamp(asked) is None:
        return None
    start = payload.get("start") if isinstance(payload, dict) else payload
    if not isinstance(start, str):
        return False
    if len(asked) <= _DAY or len(start) <= _DAY:
        return bool(compare(start[:_DAY], asked[:_DAY]))
    return bool(compare(timestamp(start), timestamp(asked)))


_TEXT: dict[str, Callable[[str, str], bool]] = {
    "equals": operator.eq,
    "does_not_equal": operator.ne,
    "contains": operator.contains,
    "does_not_contain": lambda text, part: part not in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "equals": operator.eq,
    "does_not_equal": operator.ne,
    "greater_than": operator.gt,
    "less_than": operator.lt,
    "greater_than_or_equal_to": operator.ge,
    "less_than_or_equal_to": operator.le,
}
_DATES: dict[str, Callable[[Any, Any], Any]] = {
    "equals": operator.eq,
    "before": operator.lt,
    "after": operator.gt,
    "on_or_before": operator.le,
    "on_or_after": operator.ge,
}
_FAMILIES: dict[str, Callable[[Any, str, Any], bool | None]] = {
    **dict.fromkeys(("title", "rich_text", "url", "email", "phone_number"), _text),
    **dict.fromkeys(("number", "unique_id"), _number),
    "checkbox": _flag,
    **dict.fromkeys(("select", "status"), _choice),
    **dict.fromkeys(("multi_select", "people", "created_by", "last_edited_by", "relation"), _member),
    **dict.fromkeys(("date", "created_time", "last_edited_time"), _date),
}

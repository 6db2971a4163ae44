"""Whether an answer is what the API says it is.

Belongs here: the shape checks of single objects and list envelopes (API reference section 2). Does not belong
here: following cursors and judging `request_status` (`pagination`), or what the objects mean.
"""

from collections.abc import Collection
from typing import Any

from notion_sync_assets.core.notion.errors import UnexpectedAnswerError


def checked_object(answer: Any, kinds: Collection[str], endpoint: str) -> dict[str, Any]:
    """`answer` if it is an object of one of these kinds with an id, else `UnexpectedAnswerError`."""
    body = _dict(answer, endpoint)
    if body.get("object") not in kinds:
        raise _unexpected(endpoint, f"object is {body.get('object')!r}, not {' or '.join(sorted(kinds))}")
    if not isinstance(body.get("id"), str):
        raise _unexpected(endpoint, "the object has no id")
    return body


def checked_list(answer: Any, endpoint: str, *, items: str = "results") -> dict[str, Any]:
    """`answer` if it is a list envelope whose `items` can be read and followed, else `UnexpectedAnswerError`.

    Templates come as `{templates, has_more, next_cursor}` without an `object`; everything else as `list`.
    """
    body = _dict(answer, endpoint)
    if body.get("object", "list") != "list":
        raise _unexpected(endpoint, f"object is {body.get('object')!r}, not list")
    found = body.get(items)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _unexpected(endpoint, f"{items} is not a list of objects")
    if not isinstance(body.get("has_more"), bool):
        raise _unexpected(endpoint, "has_more is not a boolean")
    cursor = body.get("next_cursor")
    if body["has_more"] and not (isinstance(cursor, str) and cursor):
        # Without a cursor the next request would start over, forever.
        raise _unexpected(endpoint, "has_more without a next_cursor")
    return body


def checked_property(answer: Any, endpoint: str) -> dict[str, Any]:
    """A page property: one `property_item`, or a list of them (API reference section 5)."""
    body = _dict(answer, endpoint)
    if body.get("object") == "property_item":
        return body
    return checked_list(body, endpoint)


def _dict(answer: Any, endpoint: str) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise _unexpected(endpoint, f"the body is a {type(answer).__name__}, not an object")
    return answer


def _unexpected(endpoint: str, what: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(f"{endpoint}: {what}", endpoint=endpoint)

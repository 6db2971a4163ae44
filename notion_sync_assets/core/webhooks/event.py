"""A webhook event: what a signed body says, as far as it decides what has to be read again.

Here: the value, reading it from a body, storing it. Not here: which scope it belongs to (``routing``). An event holds
ids and times only; whatever else a body carries (names, changed fields) is dropped, since the objects are read anyway.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import orjson

from notion_sync_assets.core.identifiers import canonical_id

_LONGEST = 200


class MalformedEventError(ValueError):
    """A body that is no event; the message names the field and repeats nothing of the body."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event. ``occurred_at``: seconds since 1970, by Notion's clock; ids are canonical, None where there is none.

    ``page_id`` is the page a comment is on. Types are open: new ones are taken like the known ones.
    """

    id: str
    type: str
    occurred_at: float
    entity_type: str
    entity_id: str | None
    parent_type: str
    parent_id: str | None
    data_source_id: str | None
    page_id: str | None

    def to_json(self) -> bytes:
        """Return the stored form."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, stored: bytes) -> Self:
        """Return the event of its stored form."""
        return cls(**orjson.loads(stored))


def parse_event(body: bytes) -> WebhookEvent:
    """Return the event of a body; raises ``MalformedEventError`` without an id, a type or a time."""
    payload = _payload(body)
    data = _table(payload, "data")
    entity, parent = _table(payload, "entity"), _table(data, "parent")
    return WebhookEvent(
        id=_text(payload, "id"),
        type=_text(payload, "type"),
        occurred_at=_time(payload),
        entity_type=str(entity.get("type") or "")[:_LONGEST],
        entity_id=_id(entity, "id"),
        parent_type=str(parent.get("type") or "")[:_LONGEST],
        parent_id=_id(parent, "id"),
        data_source_id=_id(parent, "data_source_id"),
        page_id=_id(data, "page_id"),
    )


def verification_token(body: bytes) -> str | None:
    """Return the token of a handshake, None for any other body."""
    try:
        token = _payload(body).get("verification_token")
    except MalformedEventError:
        return None
    return token if isinstance(token, str) else None


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MalformedEventError("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise MalformedEventError("the body is not an object")
    return payload


def _table(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _text(payload: Mapping[str, Any], name: str) -> str:
    found = payload.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST:
        raise MalformedEventError(f"there is no {name}")
    return found


def _time(payload: Mapping[str, Any]) -> float:
    try:
        told = dt.datetime.fromisoformat(_text(payload, "timestamp"))
    except ValueError:
        raise MalformedEventError("there is no timestamp") from None
    return (told if told.tzinfo else told.replace(tzinfo=dt.UTC)).timestamp()


def _id(holder: Mapping[str, Any], name: str) -> str | None:
    found = holder.get(name)
    return canonical_id(found) if isinstance(found, str) else None

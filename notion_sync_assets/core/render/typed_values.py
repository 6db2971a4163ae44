"""Property values with their types, for columns of Parquet.

Here: the Arrow type of a property type and the Python value of a property value. Not here: text (``values``),
files of tables (``parquet_tables``). The type of a column follows from the property's type alone, so that one
pass is enough and a new row never changes a column's type.

| property type | column |
|---|---|
| number · checkbox | double · boolean |
| multi_select | list of names |
| date | struct: start and end as UTC timestamps, start_text and end_text as Notion sent them, time_zone |
| created_time, last_edited_time | UTC timestamp |
| people; created_by, last_edited_by | list of struct; struct: id, name |
| relation | list of struct: id, title (null where the export does not hold the page) |
| files | list of struct: name, location (path in the export, else URL) |
| formula, rollup | struct: type, text, number, boolean, start, end, json (of an array) |
| verification | struct: state, start, end, verified_by |
| place | struct: name, address, lat, lon |
| any other | string, as in CSV |
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.values import TitleOf, display_text, file_location, json_text

TIMESTAMP = pa.timestamp("us", tz="UTC")
USER = pa.struct([("id", pa.string()), ("name", pa.string())])
TARGET = pa.struct([("id", pa.string()), ("title", pa.string())])
FILE = pa.struct([("name", pa.string()), ("location", pa.string())])
DATE = pa.struct(
    [
        ("start", TIMESTAMP),
        ("end", TIMESTAMP),
        ("start_text", pa.string()),
        ("end_text", pa.string()),
        ("time_zone", pa.string()),
    ]
)
COMPUTED = pa.struct(
    [
        ("type", pa.string()),
        ("text", pa.string()),
        ("number", pa.float64()),
        ("boolean", pa.bool_()),
        ("start", TIMESTAMP),
        ("end", TIMESTAMP),
        ("json", pa.string()),
    ]
)
VERIFICATION = pa.struct(
    [("state", pa.string()), ("start", TIMESTAMP), ("end", TIMESTAMP), ("verified_by", USER)]
)
PLACE = pa.struct(
    [("name", pa.string()), ("address", pa.string()), ("lat", pa.float64()), ("lon", pa.float64())]
)

_ARROW: dict[str, pa.DataType] = {
    "number": pa.float64(),
    "checkbox": pa.bool_(),
    "multi_select": pa.list_(pa.string()),
    "date": DATE,
    "created_time": TIMESTAMP,
    "last_edited_time": TIMESTAMP,
    "people": pa.list_(USER),
    "created_by": USER,
    "last_edited_by": USER,
    "relation": pa.list_(TARGET),
    "files": pa.list_(FILE),
    "formula": COMPUTED,
    "rollup": COMPUTED,
    "verification": VERIFICATION,
    "place": PLACE,
}


def arrow_type(kind: str) -> pa.DataType:
    """Return the column type of a property type."""
    return _ARROW.get(kind, pa.string())


def typed_value(value: Json, title_of: TitleOf, files: Mapping[str, Json]) -> Any:
    """Return a property value for a column of :func:`arrow_type` of its type, None when it is empty.

    A payload that has not the shape of its type raises ``ValueError``: it fits no column.
    """
    try:
        return _typed(value, title_of, files)
    except Exception as error:
        raise ValueError(f"unknown shape of a {value.get('type')} value") from error


def _typed(value: Json, title_of: TitleOf, files: Mapping[str, Json]) -> Any:
    kind = str(value.get("type"))
    payload = value.get(kind)
    if payload is None:
        return None
    if kind == "relation":
        return [{"id": _text(item["id"]), "title": title_of(item["id"])} for item in payload]
    if kind == "files":
        return [{"name": _text(item.get("name")), "location": file_location(item, files)} for item in payload]
    if kind in ("formula", "rollup"):
        return _computed(payload, display_text(value, title_of, files))
    convert = _VALUES.get(kind)
    return convert(payload) if convert else display_text(value, title_of, files) or None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError("not a text")


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    return float(value)


def _flag(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise TypeError("not a boolean")


def timestamp(text: Any, zone: str | None = None) -> datetime | None:
    """Return an ISO date or time as UTC, a date as its midnight; None for anything else.

    ``zone`` is the IANA name that a time without offset belongs to.
    """
    try:
        if not isinstance(text, str) or not text:
            return None
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None) -> Any:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _span(date: Json | None) -> Json:
    date = date or {}
    zone = date.get("time_zone")
    return {"start": timestamp(date.get("start"), zone), "end": timestamp(date.get("end"), zone)}


def _date(date: Json) -> Json:
    texts = {"start_text": date.get("start"), "end_text": date.get("end"), "time_zone": date.get("time_zone")}
    return {**_span(date), **{name: _text(text) for name, text in texts.items()}}


def _computed(payload: Json, text: str) -> Json:
    kind = str(payload.get("type"))
    value = payload.get(kind)
    return {
        "type": kind,
        "text": text or None,
        "number": _number(value) if kind == "number" else None,
        "boolean": _flag(value) if kind == "boolean" else None,
        **_span(value if kind == "date" else None),
        "json": json_text(value) or None if kind == "array" else None,
    }


def _user(user: Json) -> Json:
    return {"id": _text(user.get("id")), "name": _text(user.get("name"))}


def _verification(value: Json) -> Json:
    person = value.get("verified_by")
    who = _user(person) if person else None
    return {"state": _text(value.get("state")), **_span(value.get("date")), "verified_by": who}


def _place(place: Json) -> Json:
    texts = {key: _text(place.get(key)) for key in ("name", "address")}
    return {**texts, **{key: _number(place.get(key)) for key in ("lat", "lon")}}


_VALUES: dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "checkbox": _flag,
    "multi_select": lambda options: [_text(option["name"]) for option in options],
    "date": _date,
    "created_time": timestamp,
    "last_edited_time": timestamp,
    "people": lambda users: [_user(user) for user in users],
    "created_by": _user,
    "last_edited_by": _user,
    "verification": _verification,
    "place": _place,
}

"""Property values as text: what a person reads in a cell.

Here: display text per property type, for CSV, catalog and anything else that shows a value as text. Not here:
typed values (``typed_values``), escaping for a file format. Shapes: notion_api.md §5.
No type loses text: an unknown one is shown as its JSON. Parts are joined by a comma and a space. A link in text is
followed by its address in parentheses, unless it is the text; a title is its words alone. Dates keep the text Notion
sent. A hosted file is shown with its path in the export, when it has one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from notion_sync_assets.core.canonical import Json, canonical_bytes, file_key
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.storage import layout

TitleOf = Callable[[str], str | None]
"""Returns the title of a page id, None for one the export does not hold."""


def display_text(
    value: Json, title_of: TitleOf = lambda _: None, files: Mapping[str, Json] | None = None
) -> str:
    """Return a property value (``{"id", "type", <type>: ...}``) as text, empty when it is empty.

    ``title_of`` names relation targets, shown by their id otherwise. ``files`` is the document's file map.
    """
    kind = str(value.get("type"))
    payload = value.get(kind)
    if payload is None:
        return json_text(unforeseen_fields(value))
    try:
        return _text(kind, payload, title_of, files or {})
    except Exception:  # noqa: BLE001 - a shape the API's reference does not know: nothing is lost
        return json_text(payload)


def unforeseen_fields(value: Json) -> Json:
    """Return what a property value has beside its type's own field: the content of a type of another shape."""
    own = ("id", "type", "has_more", "function", value.get("type"))
    return {name: item for name, item in value.items() if name not in own}


def _text(kind: str, payload: Any, title_of: TitleOf, files: Mapping[str, Json]) -> str:
    if payload is None:
        return ""
    if kind == "relation":
        return _joined(relation_title(item, title_of) for item in payload)
    if kind == "files":
        return _joined(file_text(item, files) for item in payload)
    if kind in ("formula", "rollup"):
        return _computed(payload, title_of, files)
    return _TEXT.get(kind, json_text)(payload)


def relation_title(item: Json, title_of: TitleOf) -> str:
    """Return the title of a relation's target; its id when the export does not hold it."""
    if not isinstance(item.get("id"), str):
        return json_text(item)
    identifier = item["id"]
    title = title_of(identifier)
    return identifier if title is None else title or UNTITLED


def user_name(user: Json) -> str:
    """Return the name of a user or group, its id when the name is not told."""
    return str(user.get("name") or user.get("id") or "") or json_text(user)


def file_location(item: Json, files: Mapping[str, Json]) -> str:
    """Return where an entry of a files property is: its path in the export, else its URL without signature."""
    kind = str(item.get("type"))
    payload = item.get(kind)
    url = str(payload.get("url") or "") if isinstance(payload, dict) else ""
    if kind != "file":
        return url
    stored = files.get(file_key(url))
    return layout.hosted_file(stored["sha256"], stored.get("extension") or "") if stored else file_key(url)


def file_text(item: Json, files: Mapping[str, Json]) -> str:
    """Return an entry of a files property as ``name (path or URL)``."""
    name, location = str(item.get("name") or ""), file_location(item, files)
    if name and location and name != location:
        return f"{name} ({location})"
    return name or location or json_text(item)


def date_text(date: Json) -> str:
    """Return a date or range as sent: ``start``, ``start → end``, and the time zone when one is named."""
    text = " → ".join(str(date[end]) for end in ("start", "end") if date.get(end))
    zone = date.get("time_zone")
    return f"{text} ({zone})" if zone else text


def json_text(payload: Any) -> str:
    """Return a payload as canonical JSON, empty when it says nothing."""
    return canonical_bytes(payload).decode() if payload not in (None, {}, [], "") else ""


def _computed(payload: Json, title_of: TitleOf, files: Mapping[str, Json]) -> str:
    kind = str(payload.get("type"))
    if kind == "array":
        return _joined(display_text(item, title_of, files) for item in payload.get("array") or [])
    return _text(kind, payload.get(kind), title_of, files)


def _rich_text(value: Any) -> str:
    items = _pieces(value)
    return json_text(value) if items is None else plain_text(items)


def _pieces(value: Any) -> list[Any] | None:
    """Return the pieces of rich text; a page of a long rollup gives titles and texts in single ones (notion_api.md §5)."""
    if isinstance(value, dict) and isinstance(value.get("plain_text"), str):
        return [value]
    return value if isinstance(value, list) else None


def _linked_text(value: Any) -> str:
    """Return rich text with the address of each link behind the last item that has it."""
    items = _pieces(value)
    if items is None:
        return json_text(value)
    parts: list[str] = []
    pairs = zip(items, [*items[1:], None], strict=False)
    for item, following in pairs:
        address = _address(item)
        parts.append(plain_text([item]))
        if address and address != _address(following) and address not in parts[-1]:
            parts.append(f" ({address})")
    return "".join(parts)


def _address(item: Any) -> str:
    link = (item.get("text") or {}).get("link") if isinstance(item, dict) else None
    return str(link.get("url") or "") if isinstance(link, dict) else ""


def _verification(value: Json) -> str:
    date, person = value.get("date"), value.get("verified_by")
    return _joined(
        (value.get("state") or "", date_text(date) if date else "", user_name(person) if person else "")
    )


def _place(value: Json) -> str:
    named = [str(value.get(key) or "") for key in ("name", "address")]
    here = value.get("lat") is not None and value.get("lon") is not None
    return _joined([*dict.fromkeys(named), f"{value['lat']} {value['lon']}" if here else ""])


def _unique_id(value: Json) -> str:
    return "-".join(str(value[part]) for part in ("prefix", "number") if value.get(part) is not None)


def _flag(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else json_text(value)


def _joined(parts: Any) -> str:
    return ", ".join(part for part in parts if part)


_TEXT: dict[str, Callable[[Any], str]] = {
    "title": _rich_text,
    "rich_text": _linked_text,
    "string": str,
    "url": str,
    "email": str,
    "phone_number": str,
    "created_time": str,
    "last_edited_time": str,
    "number": lambda number: canonical_bytes(number).decode(),
    "checkbox": _flag,
    "boolean": _flag,
    "select": lambda option: str(option["name"]),
    "status": lambda option: str(option["name"]),
    "multi_select": lambda options: _joined(str(option["name"]) for option in options),
    "date": date_text,
    "people": lambda users: _joined(user_name(user) for user in users),
    "created_by": user_name,
    "last_edited_by": user_name,
    "unique_id": _unique_id,
    "verification": _verification,
    "place": _place,
}

"""Property values with their types, for front matter.

Here: one JSON value per property value (notion_api.md §5). Not here: text (``render.values``), columns with one
type each (``render.typed_values``).
Numbers, flags and lists stay what they are; a date without an end is its start; relations are lists of
``{"id", "title", "path"}`` with what the export holds, files of ``{"name", "path"}`` with the path as seen from the
page, or the URL. Values of unknown types are the API's own.
"""

from collections.abc import Callable
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.link_slice import titles
from notion_sync_assets.core.render.markdown.targets import Targets, file_url
from notion_sync_assets.core.render.values import display_text, unforeseen_fields, user_name

_AS_THEY_ARE = frozenset(
    (
        "number",
        "checkbox",
        "boolean",
        "string",
        "url",
        "email",
        "phone_number",
        "created_time",
        "last_edited_time",
    )
)
_AS_TEXT = frozenset(("title", "rich_text", "unique_id", "verification", "place"))


def property_value(value: Json, targets: Targets) -> Any:
    """Return a property value for front matter, None when it is empty."""
    kind = str(value.get("type"))
    if value.get(kind) is None:
        return unforeseen_fields(value) or None
    try:
        return _typed(kind, value.get(kind), targets)
    except Exception:  # noqa: BLE001 - a shape the reference does not know: nothing is lost
        return value.get(kind)


def _typed(kind: str, payload: Any, targets: Targets) -> Any:
    if payload is None or kind in _AS_THEY_ARE:
        return payload
    if kind in _AS_TEXT:
        return display_text({"type": kind, kind: payload}, titles(targets.links), targets.files) or None
    if kind == "relation":
        return [_related(item, targets) for item in payload]
    if kind == "files":
        return [_file(item, targets) for item in payload]
    if kind in ("formula", "rollup"):
        return _computed(payload, targets)
    convert = _VALUES.get(kind)
    return convert(payload) if convert else payload or None


def _computed(payload: Json, targets: Targets) -> Any:
    kind = str(payload.get("type"))
    if kind == "array":
        return [property_value(item, targets) for item in payload.get("array") or []]
    return _typed(kind, payload.get(kind), targets)


def _related(item: Json, targets: Targets) -> Json:
    entry = targets.links.entry(item["id"])
    found = {"id": item["id"]}
    if entry:
        found["title"] = entry.title
    if entry and entry.markdown_path:
        found["path"] = targets.relative(entry.markdown_path)
    return found


def _file(item: Json, targets: Targets) -> Json:
    return {"name": str(item.get("name") or ""), "path": targets.file_path(item) or file_url(item)}


def _date(date: Json) -> Any:
    told = {key: date[key] for key in ("start", "end", "time_zone") if date.get(key)}
    return told["start"] if told.keys() == {"start"} else told


_VALUES: dict[str, Callable[[Any], Any]] = {
    "select": lambda option: option["name"],
    "status": lambda option: option["name"],
    "multi_select": lambda options: [option["name"] for option in options],
    "date": _date,
    "people": lambda users: [user_name(user) for user in users],
    "created_by": user_name,
    "last_edited_by": user_name,
}

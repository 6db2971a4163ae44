"""Objects as one API version writes them (reference §1), with what page objects cut off (reference §5).

The worlds hold one shape; everything that depends on the request is put in here.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from notion_sync_assets.emulator.json_types import Json

OLD_VERSION = "2025-09-03"
NEW_VERSION = "2026-03-11"
VERSIONS = (OLD_VERSION, NEW_VERSION)
TRASHABLE = ("page", "block", "database", "data_source", "file_upload")
REFERENCE_LIMIT = 25


def versioned(obj: Json, version: str, *, cut: bool = True) -> Json:
    """The object in the shape of the version: `archived` beside `in_trash`, `transcription` for meeting notes.

    `cut`: pages lose what page objects do not show.
    """
    kind = obj.get("object")
    if kind not in TRASHABLE:
        return obj
    shaped = {key: value for key, value in obj.items() if key != "archived"}
    shaped["in_trash"] = bool(obj.get("in_trash", obj.get("archived", False)))
    if version == OLD_VERSION:
        shaped["archived"] = shaped["in_trash"]
    if kind == "block":
        _rename_meeting_notes(shaped, version)
    return cut_references(shaped) if kind == "page" and cut else shaped


def cut_references(page: Json) -> Json:
    """A page object whose relations, people, mentions and rollup arrays stop at 25 (reference §5)."""
    return {**page, "properties": {name: _cut(value) for name, value in page["properties"].items()}}


def only_properties(page: Json, wanted: list[str]) -> Json:
    """A page object with the asked properties only; ids count decoded, names count too."""
    if not wanted or page.get("object") != "page":
        return page
    kept = {
        name: value
        for name, value in page["properties"].items()
        if name in wanted or unquote(str(value.get("id"))) in wanted
    }
    return {**page, "properties": kept}


def is_cut(value: Json) -> bool:
    """Whether a page object shows less of this value than there is, or may do so: then it is read singly."""
    kind = value.get("type")
    held = value.get(str(kind))
    if kind == "relation":
        return len(held or []) > REFERENCE_LIMIT or bool(value.get("has_more"))
    if kind == "people":
        return len(held or []) >= REFERENCE_LIMIT
    if kind in {"title", "rich_text"}:
        return [item.get("type") for item in held or []].count("mention") >= REFERENCE_LIMIT
    return kind == "rollup" and bool(held) and len((held or {}).get("array") or []) >= REFERENCE_LIMIT


def _rename_meeting_notes(shaped: Json, version: str) -> None:
    before, after = ("transcription", "meeting_notes")
    if version == OLD_VERSION:
        before, after = after, before
    if shaped["type"] == before:
        shaped["type"] = after
        shaped[after] = shaped.pop(before)


def _cut(value: Any) -> Any:
    if not isinstance(value, dict) or not is_cut(value):
        return value
    return _CUTS[value["type"]](value)


def _cut_relation(value: Json) -> Json:
    more = value.get("has_more", False) or len(value["relation"]) > REFERENCE_LIMIT
    return {**value, "relation": value["relation"][:REFERENCE_LIMIT], "has_more": more}


def _cut_people(value: Json) -> Json:
    return {**value, "people": value["people"][:REFERENCE_LIMIT]}


def _cut_rollup(value: Json) -> Json:
    held = value["rollup"]
    return {**value, "rollup": {**held, "array": held["array"][:REFERENCE_LIMIT]}}


def _cut_mentions(value: Json) -> Json:
    """Mentions beyond the limit lose their words, as the documentation warns."""
    shown, items = 0, []
    for item in value[value["type"]]:
        shown += item.get("type") == "mention"
        hide = item.get("type") == "mention" and shown > REFERENCE_LIMIT
        items.append({**item, "plain_text": "Untitled"} if hide else item)
    return {**value, value["type"]: items}


_CUTS: dict[str, Callable[[Json], Json]] = {
    "relation": _cut_relation,
    "people": _cut_people,
    "rollup": _cut_rollup,
    "title": _cut_mentions,
    "rich_text": _cut_mentions,
}

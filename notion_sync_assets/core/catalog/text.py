"""The text a reader sees in blocks and property values.

Here: text out of API objects, without knowing any title but those they carry. Not here: display text with titles
from the link table (``render.values``), Markdown and HTML (``render``).
Rich text is found by its shape, so block and property types nobody knows yet lose nothing.
"""

from collections.abc import Iterator
from typing import Any

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.spoken import fields, text_items, unforeseen

_PLAIN_FIELDS = ("title", "expression", "url", "name")


def json_text(value: Any) -> str:
    """Return canonical JSON as text."""
    return canonical_bytes(value).decode()


def block_text(block: Json) -> str:
    """Return all text of a block itself, its children not included; parts are joined by line breaks.

    Rich text comes first, then captions, table cells, plain titles, expressions and the address of a block whose
    content is one (bookmark, embed, link preview), in the order of their names (notion_api.md §4).
    """
    kind = str(block.get("type"))
    payload = block.get(kind)
    known = _payload_parts(payload, fields(kind)) if isinstance(payload, dict) else ()
    return "\n".join(part for part in (*known, *unforeseen(block)) if part)


def _payload_parts(payload: Json, known: frozenset[str]) -> Iterator[str]:
    if "rich_text" in known:
        yield plain_text(payload.get("rich_text"))
    for key in sorted(payload.keys() & known):
        value = payload[key]
        if isinstance(value, str):
            if key in _PLAIN_FIELDS:
                yield value
        elif key == "cells":
            yield cells_text(value)
        elif value and key != "rich_text":
            yield from rich_texts(value)


def cells_text(cells: Any) -> str:
    """Return the text of a table row, cells separated by tabs."""
    if not isinstance(cells, list):
        return ""
    return "\t".join("".join(rich_texts(cell)) for cell in cells)


def rich_texts(value: Any) -> Iterator[str]:
    """Yield the text of every rich-text array inside a value, in a stable order."""
    if isinstance(value, list):
        if any(isinstance(item, dict) and "plain_text" in item for item in value):
            yield "".join(item["plain_text"] for item in text_items(value))
            return
        for item in value:
            yield from rich_texts(item)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from rich_texts(value[key])


def property_text(value: Json) -> str:
    """Return a property value as one text; nothing the API gives is left out (notion_api.md §5)."""
    kind = str(value.get("type"))
    content = value.get(kind)
    if kind in ("formula", "rollup") and isinstance(content, dict):
        return _computed_text(content)
    return _text(content)


def _computed_text(content: Json) -> str:
    kind = str(content.get("type"))
    if kind in ("unsupported", "incomplete"):
        return ""
    if kind == "array" and isinstance(content.get("array"), list):
        return ", ".join(property_text(item) for item in content["array"] if isinstance(item, dict))
    return _text(content.get(kind))


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return _list_text(content)
    if isinstance(content, dict):
        return _object_text(content)
    return json_text(content)


def _list_text(items: list[Any]) -> str:
    if items and all(isinstance(item, dict) and "plain_text" in item for item in items):
        return "".join(rich_texts(items))
    return ", ".join(_text(item) for item in items)


def _object_text(content: Json) -> str:
    if not content:
        return ""
    if isinstance(content.get("plain_text"), str):
        # A page of a long rollup gives titles and texts in single pieces (notion_api.md §5).
        return str(content["plain_text"])
    if "start" in content:
        return " → ".join(str(content[end]) for end in ("start", "end") if content.get(end))
    if "prefix" in content and "number" in content:
        parts = (content["prefix"], content["number"])
        return "-".join(str(part) for part in parts if part not in (None, ""))
    if "lat" in content and "lon" in content:
        return _place_text(content)
    if "state" in content:
        return str(content["state"])
    name = content.get("name") or content.get("id")
    return name if isinstance(name, str) else json_text(content)


def _place_text(place: Json) -> str:
    named = [place[key] for key in ("name", "address") if isinstance(place.get(key), str)]
    return ", ".join([*named, f"{place['lat']} {place['lon']}"])

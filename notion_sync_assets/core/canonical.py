"""Canonical JSON: one value, one byte string, one hash.

Here: encoding, hashing, and the removal of what changes between two reads of the same thing. Not here: what
a document is made of (``documents``).
"""

import hashlib
import json
import re
from typing import Any

import orjson

Json = dict[str, Any]

# A child page's block repeats facts of the page itself; the page's own row holds them (docs/adr/0003).
_STUB_VOLATILE = ("last_edited_time", "last_edited_by", "has_children")
_STUBS = ("child_page", "child_database")
# The keys without which normalising changes nothing, in encoded form; quotes of text come with a backslash before them.
_MAY_DIFFER = re.compile(rb'"(?:request_id|file|child_page|child_database)":')


def canonical_bytes(value: Any) -> bytes:
    """Return sorted, compact UTF-8 JSON; a lone surrogate becomes U+FFFD.

    Numbers beyond 64 bits and lone surrogates take the slower standard encoder.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return clean_text(text).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 (hex) of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def normal_digest(value: Any) -> str:
    """Return ``digest(normalise(value))``; the copy is made only where it would differ, which is rare in a listing."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return digest(normalise(value))
    return digest(normalise(value)) if _MAY_DIFFER.search(data) else hashlib.sha256(data).hexdigest()


def normalise(value: Any) -> Any:
    """Return a copy of an API answer without what differs between two reads of the same content.

    Removed: ``request_id``; the query string and ``expiry_time`` of hosted files (a new signature on every
    read, notion_api.md §8); on ``child_page`` and ``child_database`` blocks the facts of the target. Lone
    surrogates, which no file can hold, become U+FFFD.
    """
    shape = type(value)
    if shape is dict:
        return _normalise_object(value)
    if shape is list:
        return [normalise(item) for item in value]
    return clean_text(value) if shape is str else value


def file_key(url: str) -> str:
    """Return the identity of a hosted file: its URL without query string and fragment."""
    return url.split("?", 1)[0].split("#", 1)[0]


def _normalise_object(value: Json) -> Json:
    result: Json = {}
    for key, item in value.items():
        if key == "request_id":
            continue
        # Spelled out: every object of every answer comes by here.
        shape = type(item)
        if shape is dict:
            item = _normalise_named(item) if key == "properties" else _normalise_object(item)  # noqa: PLW2901
        elif shape is list:
            item = [normalise(each) for each in item] if item else []  # noqa: PLW2901
        elif shape is str and not item.isascii():
            item = clean_text(item)  # noqa: PLW2901
        result[key if key.isascii() else clean_text(key)] = item
    hosted = result.get("file")
    if (
        isinstance(hosted, dict)
        and isinstance(hosted.get("url"), str)
        and result.get("type", "file") == "file"
    ):
        result["file"] = {"url": file_key(hosted["url"])}
    if result.get("object") == "block" and result.get("type") in _STUBS:
        for name in _STUB_VOLATILE:
            result.pop(name, None)
    return result


def _normalise_named(values: Json) -> Json:
    """Return a mapping whose keys are names that people chose, so that none of them has a meaning here."""
    return {clean_text(name): normalise(item) for name, item in values.items()}


def clean_text(text: str) -> str:
    """Return the text with every lone surrogate, which no file can hold, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

"""Names of files and folders people see: a readable part from the title, a unique part from the id.

Here: (title, id) in, one path segment out, the same on every machine and whatever was exported before. Not here:
where a format puts it (``places``), partition keys (``sync.scopes``), names of state (``storage.layout``).
A name is safe on Linux, macOS and Windows, in URLs after quoting, and as a command-line argument.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from notion_sync_assets.core.identifiers import compact_id, short_id

SLUG_BYTES = 80
UNTITLED = "Untitled"

_FORBIDDEN = frozenset('<>:"/\\|?*')
_JOINERS = "\u200c\u200d"
_TO_SPACE = ("Cc", "Zl", "Zp", "Zs")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_REGIONAL = range(0x1F1E6, 0x1F200)


def file_name(title: str, identifier: str, *, long: bool = False) -> str:
    """Return ``<slug> <8 hex>``, or with ``long`` ``<slug> <32 hex>``, as one path segment without extension."""
    return f"{slug(title)} {compact_id(identifier) if long else short_id(identifier)}"


def file_names(objects: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return id → name for the ``(id, title)`` of one folder.

    Objects that share the 8 hex digits all take the 32, whatever their titles are, so that renaming one never
    moves it onto a path the other had.
    """
    titles = dict(objects)
    shared = Counter(short_id(identifier) for identifier in titles)
    return {key: file_name(title, key, long=shared[short_id(key)] > 1) for key, title in titles.items()}


def slug(title: str) -> str:
    """Return the readable part of a name: NFC, at most 80 bytes of UTF-8, never empty."""
    text = unicodedata.normalize("NFC", "".join(_cleaned(character) for character in title))
    text = " ".join(text.split()).lstrip(" .-").rstrip(" .")
    if _RESERVED.fullmatch(text.split(".", 1)[0].rstrip()):
        text = "_" + text
    return _cut(text, SLUG_BYTES).rstrip(" .") or UNTITLED


def _cleaned(character: str) -> str:
    if character in _FORBIDDEN:
        return " "
    category = unicodedata.category(character)
    if category in _TO_SPACE:
        return " "
    # Invisible characters (direction marks, zero-width spaces) make two names look the same; joiners are spelling.
    return "" if category in ("Cf", "Cs") and character not in _JOINERS else character


def _cut(text: str, limit: int) -> str:
    data = text.encode()
    if len(data) <= limit:
        return text
    end = len(data[:limit].decode("utf-8", "ignore"))
    boundary = end
    while boundary and _inside_grapheme(text, boundary):
        boundary -= 1
    return text[: boundary or end]


def _inside_grapheme(text: str, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if before == _JOINERS[1] or after in _JOINERS or ord(after) in _SKIN_TONES:
        return True
    if ord(before) in _REGIONAL and ord(after) in _REGIONAL:
        run = index - len(text[:index].rstrip("".join(map(chr, _REGIONAL))))
        return run % 2 == 1
    return unicodedata.category(after) in ("Mn", "Mc", "Me")

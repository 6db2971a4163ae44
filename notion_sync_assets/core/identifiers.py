"""Notion ids: the canonical form and its parsing from what people and APIs write.

Here: text in, canonical text out. Not here: names for people (``render.names``) and partition keys
(``sync.scopes``).
"""

import re
from urllib.parse import urlsplit

_HEX = re.compile(r"[0-9a-f]{32}")
_DASHED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TRAILING_HEX = re.compile(r"(?:^|[^0-9a-f])([0-9a-f]{32})$")
_NOTION_HOSTS = ("notion.so", "notion.com", "notion.site")


def canonical_id(text: str) -> str | None:
    """Return the dashed lower-case form of a 32-hex or dashed id, or None when ``text`` is neither."""
    lowered = text.strip().lower()
    if _DASHED.fullmatch(lowered):
        return lowered
    if not _HEX.fullmatch(lowered):
        return None
    return "-".join((lowered[:8], lowered[8:12], lowered[12:16], lowered[16:20], lowered[20:]))


def compact_id(identifier: str) -> str:
    """Return the 32-hex form used in keys and file names."""
    return identifier.replace("-", "").lower()


def short_id(identifier: str) -> str:
    """Return the last 8 hex digits, which tell objects of one name apart in file names.

    The first digits of Notion's ids are shared by everything made in one session; the last are not.
    """
    return compact_id(identifier)[-8:]


def id_in_url(url: str) -> tuple[str, str | None] | None:
    """Return ``(object id, block id or None)`` of a link into Notion, else None.

    Relative links (``/32hex#blockhex``) and every host Notion uses are understood; the id is the trailing
    32 hex digits of the path (notion_api.md §6). What people typed as a link need not be a URL at all.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https"):
        return None
    host = (parts.hostname or "").lower()
    if host and not any(host == known or host.endswith("." + known) for known in _NOTION_HOSTS):
        return None
    if not host and not url.startswith("/"):
        return None
    last = parts.path.rstrip("/").rsplit("/", 1)[-1].lower()
    found = canonical_id(last) or _trailing(last)
    if found is None:
        return None
    return found, canonical_id(parts.fragment)


def parse_reference(text: str) -> str | None:
    """Return the canonical id of an id or a Notion URL a person typed, else None."""
    direct = canonical_id(text)
    if direct:
        return direct
    linked = id_in_url(text.strip())
    return linked[0] if linked else None


def _trailing(segment: str) -> str | None:
    match = _TRAILING_HEX.search(segment)
    if match:
        return canonical_id(match.group(1))
    dashed = segment[-36:]
    return canonical_id(dashed) if _DASHED.fullmatch(dashed) else None

"""Addresses in links: what may stand in an ``href`` and how one file of the export names another.

Here: the allow-list of schemes and relative paths. Not here: which object an id is (``context``).
"""

import re
from typing import Any
from urllib.parse import quote

from notion_sync_assets.core.render.places import relative_path

_SAFE = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)


def safe_url(url: Any) -> str | None:
    """Return an address that a link may lead to, None for any other: other schemes, control characters, no text."""
    if not isinstance(url, str):
        return None
    stripped = url.strip()
    return stripped if _SAFE.fullmatch(stripped) else None


def relative(target: str, source: str) -> str:
    """Return the link from the file ``source`` to the file ``target``, both paths below the export root."""
    return quote(relative_path(target, source))

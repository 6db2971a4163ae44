"""The scope: the unit that is listed, committed and retried, and the codec of its key.

Here: the value and the key (``<slug>-<32 hex>``, design §3). Not here: Dagster partitions (``partitions``),
names people see (``render.names``).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from notion_sync_assets.core.identifiers import canonical_id, compact_id

ScopeKind = Literal["data_source", "page_tree"]

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{32}")
_SLUG_LENGTH = 40
_HEX_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Scope:
    """A data source with its rows, or a root page with the tree under it that belongs to no data source."""

    key: str
    kind: ScopeKind
    root_id: str
    title: str


def make_key(title: str, root_id: str) -> str:
    """Return the key for a scope seen for the first time; the id is the authority, the slug is for people."""
    ascii_text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text)[:_SLUG_LENGTH].strip("-") or "untitled"
    return f"{slug}-{compact_id(root_id)}"


def key_id(key: str) -> str:
    """Return the canonical id in a key; a text that is no key raises ``ValueError``."""
    found = canonical_id(key[-_HEX_LENGTH:]) if _KEY.fullmatch(key) else None
    if found is None:
        raise ValueError(f"{key!r} is not a scope key: expected <slug>-<32 hex digits>")
    return found

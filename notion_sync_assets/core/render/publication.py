"""``publish``: the HTML site and the files it shows, copied to where others may read them.

Here: what is copied, and the upkeep of the copy. Not here: the site itself (``site``). Nothing else of an export is
copied: no documents, no state, no file that no page shows any more. The copy is brought up to date by the next
``publish``; a list in it says what is ours, so that nothing of others is touched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.render import places
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage, checked

LISTED = ".notion-sync-site.json"
_SHOWN = re.compile(rb"files/[0-9a-f]{2}/[0-9a-f]{64}(?:\.\w+)?")


@dataclass(frozen=True, slots=True)
class Published:
    """How many files the copy has, how many of them were written, and how many stale ones removed."""

    files: int
    written: int
    deleted: int


def publish_site(storage: Storage, target: Path) -> Published:
    """Copy site and shown files to a local folder; ``ConfigurationError`` if it holds something that is not ours."""
    before = _listed(target)
    target.mkdir(parents=True, exist_ok=True)
    now: set[str] = set()
    written = 0
    for path in _paths(storage):
        now.add(path)
        written += _copied(storage, path, target)
    # The list comes before anything is removed: what is removed is listed by one of the two.
    (target / LISTED).write_bytes(canonical_bytes(sorted(now | before)))
    stale = sorted(before - now)
    for path in stale:
        (target / checked(path)).unlink(missing_ok=True)
    (target / LISTED).write_bytes(canonical_bytes(sorted(now)))
    return Published(len(now), written, len(stale))


def _listed(target: Path) -> set[str]:
    if not target.exists() or not any(target.iterdir()):
        return set()
    try:
        return set(orjson.loads((target / LISTED).read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(
            f"{target} holds something that was not published by this command",
            hint="choose an empty folder, or one of an earlier 'notion-sync publish'",
        ) from None


def _paths(storage: Storage) -> Iterator[str]:
    shown: set[str] = set()
    for path in storage.walk(places.HTML):
        shown.update(match.decode() for match in _SHOWN.findall(storage.read(path)))
        yield path
    yield from (
        path for path in sorted(shown) if path.startswith(f"{layout.FILES}/") and storage.exists(path)
    )


def _copied(storage: Storage, path: str, target: Path) -> bool:
    place = target / checked(path)
    data = storage.read(path)
    if place.is_file() and place.read_bytes() == data:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.part")
    temporary.write_bytes(data)
    temporary.replace(place)
    return True

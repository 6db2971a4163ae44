"""The outbox: which committed events are not in the event log yet (design §7.6).

Here: the position per scope and the segments after it. Not here: the event log itself (the Dagster shell).
"""

from collections.abc import Iterator
from functools import partial

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.events import Event, read_events


def published_through(storage: Storage, key: str) -> int:
    """Return the commit number up to which a scope's events are in the event log."""
    try:
        return int(orjson.loads(storage.read(layout.published(key)))["seq"])
    except FileNotFoundError:
        return 0


def mark_published(storage: Storage, key: str, seq: int) -> None:
    """Note that all events up to commit ``seq`` are in the event log."""
    storage.write(layout.published(key), canonical_bytes({"seq": seq}), durable=False)


def unpublished(storage: Storage, key: str) -> Iterator[Commit]:
    """Yield the commits whose events are not (or not surely) in the event log, oldest first."""
    commits = Commits(storage)
    for seq in range(published_through(storage, key) + 1, commits.head_seq(key) + 1):
        yield commits.read(key, seq)


def behind(storage: Storage, key: str) -> bool:
    """Tell whether any commit of a scope has events that are not (or not surely) in the event log."""
    return published_through(storage, key) < Commits(storage).head_seq(key)


def scopes_behind(storage: Storage) -> list[str]:
    """Return the keys of all scopes that are :func:`behind`, sorted."""
    heads = Commits(storage).heads()
    published = storage.at_once(partial(published_through, storage), heads)
    return [key for key, through in zip(heads, published, strict=True) if through < heads[key]]


def events_of(storage: Storage, commit: Commit) -> Iterator[Event]:
    """Yield the events of a commit, those of pages first."""
    if commit.outbox is not None:
        with storage.open(commit.outbox) as source:
            yield from read_events(source)

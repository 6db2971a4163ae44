"""Scopes whose last sync was stopped by an error: kept until a sync of them ends well.

Here: that record, so that a check can tell a scope that fails every time from one that nobody has synced yet. Not
here: pages that failed inside a commit (``manifest``), the account of a run (``receipt``).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion.errors import CommitConflictError, LeaseHeldError, NotionSyncError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

# Somebody else works on the scope or has committed it: nothing is wrong with it.
_LOST_RACES = (CommitConflictError, LeaseHeldError)


@dataclass(frozen=True, slots=True)
class StoppedScope:
    """A scope, the error that ended its last sync (name of the class, words, hint), and the run."""

    key: str
    error: str
    message: str
    hint: str
    run_id: str


def record_outcomes(
    storage: Storage, run_id: str, *, ended: Collection[str], errors: Mapping[str, NotionSyncError]
) -> None:
    """Keep the error of each scope that has one, forget those of scopes that ``ended`` well."""
    known = set(storage.names(layout.STOPPED))
    for key in ended:
        if f"{key}.json" in known:
            storage.delete(layout.stopped(key))
    for key, error in errors.items():
        if not isinstance(error, _LOST_RACES):
            found = StoppedScope(key, type(error).__name__, str(error), error.hint, run_id)
            storage.write(layout.stopped(key), canonical_bytes(asdict(found)), durable=False)


def stopped_scopes(storage: Storage) -> Iterator[StoppedScope]:
    """Yield the scopes whose last sync was stopped, in the order of keys."""
    for name in storage.names(layout.STOPPED):
        try:
            yield StoppedScope(**orjson.loads(storage.read(f"{layout.STOPPED}/{name}")))
        except FileNotFoundError:
            continue

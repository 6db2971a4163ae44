"""Working on a whole export alone: what removes or rewrites committed things must meet no sync, export or backup.

Here: the leases that keep others out. Not here: any such work (``collect``, ``purge``, ``rollback``).
"""

import contextlib
from collections.abc import Iterator

from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.lease import LeaseKeeper, current_holder, held


@contextlib.contextmanager
def alone(storage: Storage, leases: LeaseKeeper, run_id: str) -> Iterator[None]:
    """Keep exports, syncs and other work of this kind out; ``LeaseHeldError`` when any is running.

    The lease of the export keeps exports out. A sync started in Dagster's UI holds only the lease of its scope, and
    looks for this one after it took its own; here it is the other way round, so one of two sees the other.
    """
    with contextlib.ExitStack() as stack:
        for folder in (layout.EXPORT_LEASE, layout.COLLECTION_LEASE):
            leases.take(storage, folder, run_id)
            stack.callback(leases.give_back, folder)
        for key in storage.names(layout.SCOPES):
            holder = current_holder(storage, layout.lease(key))
            if holder is not None:
                raise held(layout.lease(key), holder)
        yield

"""Taking a page out of an export altogether: state, everything derived from it, and Dagster's event log.

Here: the order of these. Not here: state (``core.history.purge``). Dagster cannot delete one event, so the history of all
pages is wiped and logged again from what is left.
"""

import datetime as dt
import sqlite3
from contextlib import closing

import dagster as dg

from notion_sync_assets.committed_work import derive_all
from notion_sync_assets.core.backup.archive import known_backups
from notion_sync_assets.core.catalog.publication import delete_catalogs, published_catalog
from notion_sync_assets.core.history.purge import Purged, purge
from notion_sync_assets.core.history.purged import read_purged
from notion_sync_assets.core.history.stream import EventStream
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.event_log import restore_event_log
from notion_sync_assets.instance import instance_folder, open_instance
from notion_sync_assets.partitions import page_key
from notion_sync_assets.resources.export_runtime import ExportRuntime


def purge_page(runtime: ExportRuntime, page_id: str) -> tuple[Purged, list[str]]:
    """Purge a page; return what was removed, and the files of backups that still hold it."""
    if not _is_known(runtime, page_id):
        raise ConfigurationError(
            f"nothing is kept of a page {page_id}", hint="purge takes a page; check the id and the folder"
        )
    result = purge(runtime.storage, page_id, dt.datetime.now(dt.UTC))
    derive_all(runtime)
    runtime.build_catalog(anew=True)
    # The catalog before this one is kept on an object store for its readers; it holds the page.
    delete_catalogs(runtime.storage, kept={published_catalog(runtime.storage)})
    with open_instance(runtime.settings) as instance:
        _purge_event_log(runtime, instance, page_id)
    _compact(runtime)
    return result, _holding(runtime, result)


def _is_known(runtime: ExportRuntime, page_id: str) -> bool:
    if page_id in read_purged(runtime.storage).pages or any(EventStream(runtime.storage).of_page(page_id)):
        return True
    views = (runtime.snapshot(key) for key in runtime.commits.committed_scopes())
    return any(row.page_id == page_id for view in views if view is not None for row in view.rows())


def _purge_event_log(runtime: ExportRuntime, instance: dg.DagsterInstance, page_id: str) -> None:
    names, key = runtime.names, page_key(page_id)
    if instance.has_dynamic_partition(names.pages, key):
        instance.delete_dynamic_partition(names.pages, key)
    instance.wipe_assets([names.notion("page_versions")])
    restore_event_log(runtime, instance, names)


def _compact(runtime: ExportRuntime) -> None:
    """Let SQLite overwrite what was deleted, in an instance of our own: free pages keep their content."""
    if runtime.settings.dagster.home is not None:
        return
    for path in sorted(instance_folder(runtime.settings).rglob("*.db")):
        with closing(sqlite3.connect(path)) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _holding(runtime: ExportRuntime, result: Purged) -> list[str]:
    return [
        backup.file
        for backup in known_backups(runtime.storage)
        if any(backup.heads.get(key, 0) >= seq for key, seq in result.first.items())
    ]

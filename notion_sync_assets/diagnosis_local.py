"""What ``notion-sync doctor`` looks at on this machine: folder, lease, instance, catalog, last receipt, versions.

Here: checks that call nobody and write nothing. Not here: those that ask Notion (``diagnosis_notion``).
"""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from notion_sync_assets.cli_status import last_receipt
from notion_sync_assets.core.notion.errors import NotionSyncError, OutputFolderError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.identity import check_folder
from notion_sync_assets.core.sync.lease import current_holder
from notion_sync_assets.diagnosis import Check, examined, failed
from notion_sync_assets.exit_codes import BAD_USAGE
from notion_sync_assets.export_root import export_root
from notion_sync_assets.instance import instance_folder, open_instance
from notion_sync_assets.settings_model import Settings

_PACKAGES = ("notion-sync-assets", "dagster", "duckdb", "notion-client")
_LITTLE_SPACE = 1 << 30
_GIB = 1 << 30


def local_checks(settings: Settings) -> Iterator[Check]:
    """Yield every check of this machine, each whatever the others find."""
    try:
        storage = export_root(settings)
    except NotionSyncError as error:
        yield failed("output folder", error)
        return
    if isinstance(storage, LocalStorage):
        root = storage.root
        yield examined("output folder", lambda: _folder(storage, root))
        yield examined("free space", lambda: _space(root))
    else:
        yield examined("output folder", lambda: _held(storage))
    yield examined("lease", lambda: _lease(storage))
    yield examined("instance", lambda: _instance(settings))
    yield examined("catalog", lambda: _catalog(storage))
    yield examined("last export", lambda: _receipt(storage))


def versions() -> Check:
    """Return the versions that matter in a report of a defect."""
    found = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return Check("versions", "ok", f"{found}, Python {platform.python_version()}")


def _folder(storage: Storage, root: Path) -> Check:
    place = _existing(root)
    if not place.is_dir():
        return _unusable(f"{place} is in the way: it is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        return _unusable(f"{place} cannot be written to")
    if place != root:
        return Check("output folder", "ok", f"{root} will be made by the first export")
    return _held(storage)


def _held(storage: Storage) -> Check:
    check_folder(storage, storage.names(""))
    if not storage.exists(layout.IDENTITY):
        return Check("output folder", "ok", f"{storage.location} is free for a first export")
    return Check("output folder", "ok", f"{storage.location} holds an export")


def _unusable(message: str) -> Check:
    return Check("output folder", "fail", message, OutputFolderError.hint, BAD_USAGE)


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _space(root: Path) -> Check:
    free = shutil.disk_usage(_existing(root)).free
    message = f"{free / _GIB:.1f} GiB free"
    if free < _LITTLE_SPACE:
        return Check("free space", "warn", message, "free some space, or choose another folder with --output")
    return Check("free space", "ok", message)


def _lease(storage: Storage) -> Check:
    holder = current_holder(storage, layout.EXPORT_LEASE)
    if holder is None:
        return Check("lease", "ok", "nobody works on the folder")
    message = f"in use by process {holder.pid} on {holder.host}, run {holder.run_id}"
    return Check(
        "lease", "warn", message, "wait for that run to end; its lease is taken over at once when it dies"
    )


def _instance(settings: Settings) -> Check:
    """Open the instance if it is there: opening one that is not would make it."""
    folder = instance_folder(settings)
    if settings.dagster.home is None and not folder.is_dir():
        return Check("instance", "ok", f"{folder} will be made by the first export")
    if settings.dagster.home is not None and folder.is_dir() and not any(folder.iterdir()):
        return Check("instance", "ok", f"{folder} (DAGSTER_HOME) is empty, the first run sets it up")
    with open_instance(settings) as instance:
        runs = instance.get_runs_count()
    return Check("instance", "ok", f"{folder} opens, {runs} runs")


def _catalog(storage: Storage) -> Check:
    from notion_sync_assets.core.catalog.publication import opened_catalog, published_catalog
    from notion_sync_assets.core.catalog.queries import run_query

    rebuild = "run 'notion-sync catalog rebuild'"
    if published_catalog(storage) is None:
        if storage.names(layout.SCOPES):
            return Check("catalog", "warn", "there is none", rebuild)
        return Check("catalog", "ok", "there is none yet")
    try:
        with opened_catalog(storage) as path:
            found = run_query(path, "SELECT count(*) FROM pages")
    except NotionSyncError as error:
        return Check("catalog", "warn", "; ".join(str(error).splitlines()), rebuild)
    return Check("catalog", "ok", f"readable, {found.rows[0][0]} pages")


def _receipt(storage: Storage) -> Check:
    try:
        receipt = last_receipt(storage)
    except OutputFolderError:
        return Check("last export", "ok", "there is none yet")
    message = f"{receipt['status']}, {receipt['finished_at']}"
    if receipt["status"] == "complete":
        return Check("last export", "ok", message)
    return Check(
        "last export", "warn", message, "'notion-sync status' says what is missing; run the export again"
    )

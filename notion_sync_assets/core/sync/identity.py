"""Whose export a folder is: workspace and connection, recorded at the first contact (design §11, exit code 2).

Here: the record and the refusals. Not here: leases, settings.
"""

from collections.abc import Mapping

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

_OURS = (
    "state",
    "receipts",
    "files",
    "_removed",
    "json",
    "csv",
    "parquet",
    "markdown",
    "html",
    "notion.duckdb",
    "catalog",
    "notion-sync.toml",
)


def workspace_of(me: Mapping[str, object]) -> Json:
    """Return what identifies workspace and connection in the answer of ``users/me``."""
    bot = me.get("bot")
    details = bot if isinstance(bot, dict) else {}
    return {
        "bot_id": me.get("id"),
        "workspace_id": details.get("workspace_id"),
        "workspace_name": details.get("workspace_name"),
    }


def check_folder(storage: Storage, names: list[str]) -> None:
    """Refuse a folder that holds something else than an export. ``names``: what is directly in it."""
    foreign = [name for name in names if not name.startswith(".") and name not in _OURS]
    if foreign and not storage.exists(layout.IDENTITY):
        raise OutputFolderError(
            f"the output folder is not an export: it holds {foreign[0]!r}",
            hint="choose an empty folder or an earlier export with --output",
        )


def claim_folder(storage: Storage, me: Mapping[str, object]) -> Json:
    """Record the workspace in a new folder; refuse the folder of another workspace. Returns the identity."""
    if not check_workspace(storage, me):
        storage.write(layout.IDENTITY, canonical_bytes(workspace_of(me)))
    return workspace_of(me)


def check_workspace(storage: Storage, me: Mapping[str, object]) -> bool:
    """Tell whether a workspace is recorded, and refuse the folder of another one. Writes nothing."""
    found = workspace_of(me)
    try:
        recorded = orjson.loads(storage.read(layout.IDENTITY))
    except FileNotFoundError:
        return False
    theirs, ours = _workspace(recorded), _workspace(found)
    if theirs != ours:
        raise OutputFolderError(
            f"this folder holds the export of another workspace ({recorded.get('workspace_name') or theirs})",
            hint="choose another folder with --output, or use the token of that workspace",
        )
    return True


def _workspace(identity: Mapping[str, object]) -> object:
    return identity.get("workspace_id") or identity.get("bot_id")

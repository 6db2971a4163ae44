"""The form of a backup: a Zstandard-compressed tar of regular files, closed by a list of them with sizes and hashes.

Here: the names and the lines of that list. Not here: writing (``archive``), checking and unpacking (``unpacking``).
The first member, ``backup.json``, says what the file is. The last, ``backup.list``, has one line of canonical JSON for
each file in the order of the archive: ``{"path", "sha256", "size"}``. What can be made from the rest without Notion
(formats, links, site, catalog) is not in it; neither are leases, journals and counters, which belong to processes that
run, nor what comes from outside and is not the workspace: the secret and queue of webhooks, request files.
"""

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout

BACKUP_FORMAT = 1
HEAD, LIST = "backup.json", "backup.list"
ROOTS = ("state", "receipts", "files", "_removed")
_LEFT_OUT = (
    *(f"{folder}/" for folder in (layout.RENDERS, layout.LINKS, layout.SITE, layout.RUN_METRICS)),
    *(f"{folder}/" for folder in (layout.WEBHOOKS, layout.REQUESTS, layout.STOPPED)),
    "state/site.json",
)
_OF_PROCESSES = ("lease", "journal")


def line(path: str, sha256: str, size: int) -> bytes:
    """Return the line of a file in the list."""
    return canonical_bytes({"path": path, "sha256": sha256, "size": size}) + b"\n"


def belongs(path: str) -> bool:
    """Tell whether a path of an export belongs into a backup."""
    parts = path.split("/")
    if parts[0] not in ROOTS or path.startswith(_LEFT_OUT) or path.startswith(layout.COLLECTION_LEASE):
        return False
    # What the event log of the restored export has is not what the one here has.
    if parts[-1] == "published_through.json":
        return False
    if path.startswith(f"{layout.EXPORT_LEASE}/"):
        return False
    of_scope = path.startswith((f"{layout.SCOPES}/", f"{layout.EVENTS}/"))
    return not (of_scope and any(part in _OF_PROCESSES for part in parts[3:-1]))

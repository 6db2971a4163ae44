"""What an export left behind, in a form that can be compared: bytes of the files people open, committed pages.

Here: reading a folder. Not here: making one.
"""

import dataclasses
import hashlib
from pathlib import Path

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.commits import Commits, snapshot

_OF_RUNS = ("state", "receipts", ".dagster", ".scratch", "notion.duckdb")


def rendered(root: Path) -> dict[str, str]:
    """Path and SHA-256 of every file in the folders people open."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in _OF_RUNS
    }


def committed_pages(root: Path) -> dict[str, object]:
    """Every row of every scope's newest manifest, by scope and page, without the time of its read."""
    storage = LocalStorage(root)
    found: dict[str, object] = {}
    for key in Commits(storage).committed_scopes():
        view = snapshot(storage, key)
        for row in view.rows() if view else ():
            known = dataclasses.asdict(dataclasses.replace(row, read_at=None, document_seq=0))
            found[f"{key}/{row.page_id}"] = known
    return found

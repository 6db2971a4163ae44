"""``gc``: removing what nothing refers to any more.

Here: walking what is there and asking ``retention`` about it. Not here: the rules. Work of others is kept out by leases
(``exclusive``); what a killed sync left for the next one to resume counts as referred to.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from notion_sync_assets.core.history.retention import Kept, Versions, kept
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

_DOCUMENT_END = ".json.zst"


@dataclass(slots=True)
class Collected:
    """How many of each kind were removed (or would be): documents, files, manifests, tables, segments."""

    removed: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("documents", "files", "manifests", "tables", "events"), 0)
    )

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(self.removed.values())


def collect(storage: Storage, versions: Versions, now: dt.datetime, *, dry_run: bool = False) -> Collected:
    """Remove what is not kept; the caller works alone (``exclusive``). ``dry_run``: only count.

    Manifests and tables go before documents: killed anywhere, nothing left names what is gone.
    """
    result = Collected()
    with kept(storage, versions, now) as found:
        for kind, path in _unreferenced(storage, found):
            result.removed[kind] += 1
            if not dry_run:
                storage.delete_tree(path)
    return result


def _unreferenced(storage: Storage, found: Kept) -> Iterator[tuple[str, str]]:
    for key in storage.names(layout.SCOPES):
        yield from _of_scope(storage, found, key)
    for path in storage.walk(layout.DOCUMENTS):
        if not found.holds_document(PurePosixPath(path).name.removesuffix(_DOCUMENT_END)):
            yield "documents", path
    for path in storage.walk(layout.FILES):
        if not found.holds_file(path):
            yield "files", path


def _of_scope(storage: Storage, found: Kept, key: str) -> Iterator[tuple[str, str]]:
    folders = (
        ("manifests", layout.scope(key), lambda name: name.startswith("manifest-")),
        ("tables", layout.all_tables(key), lambda _name: True),
        ("events", f"{layout.EVENTS}/{key}", lambda name: name.endswith(".parquet")),
    )
    for kind, folder, ours in folders:
        for name in storage.names(folder):
            if ours(name) and not found.holds(f"{folder}/{name}"):
                yield kind, f"{folder}/{name}"

"""What the export root holds for a catalog: commits, their files, receipts.

Here: what there is to load, and local paths of it. Not here: SQL (``load``), decisions (``builder``).
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.catalog.publication import published_catalog
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commit, Commits
from notion_sync_assets.core.sync.receipt_file import (
    SHORTENED,
    NoReceiptError,
    receipt_head,
    receipt_names,
    receipt_objects,
)

_GLOB = re.compile(r"([*?\[])")


class Sources:
    """The committed state of an export root, readable as local files below ``place`` where it is remote."""

    def __init__(self, storage: Storage, place: Path) -> None:
        self._storage = storage
        self._place = place
        self.commits = Commits(storage)

    def heads(self) -> dict[str, Commit]:
        """Return the newest commit of every scope that has one."""
        heads = ((key, self.commits.head(key)) for key in self.commits.scopes())
        return {key: commit for key, commit in heads if commit is not None}

    def tables_kept(self, head: Commit) -> int:
        """Return of how many commits of a scope the tables are kept; those of a running sync do not count."""
        names = self._storage.names(layout.all_tables(head.scope))
        return sum(int(name.split("-")[0]) <= head.seq for name in names)

    def runs(self) -> list[str]:
        """Return the runs that have a receipt, oldest first."""
        return receipt_names(self._storage)

    def receipt_text(self, run_id: str) -> str:
        """Return the text of a receipt without its objects; of a file that is no receipt all there is."""
        try:
            head = receipt_head(self._storage, run_id)
        except NoReceiptError:
            return self._storage.read(layout.receipt(run_id)).decode(errors="replace")
        head.pop(SHORTENED, None)
        return canonical_bytes(head).decode()

    def receipt_objects(self, run_id: str) -> Iterator[Json]:
        """Yield the objects of a receipt; none of a file that is no receipt."""
        with contextlib.suppress(NoReceiptError):
            yield from receipt_objects(self._storage, run_id)

    def new_events(self, head: Commit, known: Json | None) -> Iterator[str]:
        """Yield local paths of the outbox segments after the state ``known`` (seq, sync id) of a scope."""
        for seq in range(self.known_seq(head, known) + 1, head.seq + 1):
            outbox = self.commits.read(head.scope, seq).outbox
            if outbox:
                yield self.local(outbox)

    def known_seq(self, head: Commit, known: Json | None) -> int:
        """Return the number up to which ``known`` is part of the scope's history; 0 when history was replaced."""
        if known is None or known["seq"] > head.seq:
            return 0
        seq = int(known["seq"])
        return seq if self.commits.read(head.scope, seq).sync_id == known["sync_id"] else 0

    def local(self, path: str) -> str:
        """Return the absolute local path of an object, fetched first when the storage is not a folder here."""
        return str(self._storage.local_file(path, self._place))

    def current_catalog(self) -> Path | None:
        """Return the published catalog under a name only this build knows, None when there is none.

        DuckDB shares one instance among all connections of a process to the same path, whatever the file there
        is by now; a name of its own keeps this build apart from readers.
        """
        published = published_catalog(self._storage)
        if published is None:
            return None
        target = self._place / "current.duckdb"
        target.unlink(missing_ok=True)
        os.link(self.local(published), target)
        return target


def glob_free(path: str) -> str:
    """Return a path in which DuckDB sees no pattern."""
    return _GLOB.sub(r"[\1]", path)

"""What is kept of pages that have left Notion: their last rendering, below ``_removed/`` (``output.keep_removed``).

Here: taking a stale file over, and letting go of it when its page is back. Not here: which files are stale
(``outputs``), when a page counts as gone (``core.sync``).
Links in HTML lead to other kept pages and, for everything else, into the current site, whose style and scripts they
use; the other formats lie as they were rendered. ``state/removed/<format>.json`` says which page, or which scope that
vanished as a whole, each belongs to.
"""

from pathlib import PurePosixPath

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render.html.relinking import relinked
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Snapshot, snapshot

_LEFT = ("trashed", "not_found")
_SHORT = 8
_HTML = ".html"


class Removed:
    """The kept files of one format."""

    def __init__(self, storage: Storage, form: str) -> None:
        self._storage = storage
        self._record = layout.removed(form)
        self._owners = _read(storage, self._record)
        self._gone: dict[str, str] = {}
        self._rest: str | None = None

    @classmethod
    def of_scope(cls, storage: Storage, form: str, view: Snapshot) -> "Removed":
        """Return the kept files for a render of a scope: those of pages that are back are let go of."""
        made = cls(storage, form)
        made._look(view)
        made._let_go(view.commit.scope)
        return made

    @classmethod
    def of_vanished(cls, storage: Storage, form: str, key: str) -> "Removed":
        """Return the kept files for a scope of which nothing is left: all it had, unless all of it has moved."""
        made = cls(storage, form)
        found = snapshot(storage, key)
        if found is not None:
            made._look(found)
            made._rest = key if made._gone or found.commit.kind == "data_source" else None
        return made

    def keep(self, path: str) -> bool:
        """Take a stale file over if it belongs to something that has left Notion; False when it does not."""
        owner = self._gone.get(PurePosixPath(path).stem.rsplit(" ", 1)[-1], self._rest)
        if owner is None:
            return False
        self._put(path, self._storage.read(path), path)
        self._owners[path] = owner
        return True

    def finish(self) -> None:
        """Store which file belongs to what."""
        if self._owners == _read(self._storage, self._record):
            return
        for path in self._owners:
            if path.endswith(_HTML):
                # Which pages are kept has changed, and with it where links between them lead.
                self._put(path, self._storage.read(layout.kept(path)), layout.kept(path))
        self._storage.write(self._record, canonical_bytes(self._owners))

    def _put(self, path: str, content: bytes, source: str) -> None:
        if path.endswith(_HTML):
            content = relinked(content, source, layout.kept(path), self._place_of)
        self._storage.write(layout.kept(path), content)

    def _place_of(self, path: str) -> str:
        current = path.removeprefix(layout.kept(""))
        return layout.kept(current) if current in self._owners else current

    def _look(self, view: Snapshot) -> None:
        kept = set(self._owners.values())
        for row in view.rows():
            if row.state == "gone" and row.reason in _LEFT:
                self._gone.update(_endings(row.page_id))
            elif row.present and row.page_id in kept:
                self._let_go(row.page_id)

    def _let_go(self, owner: str) -> None:
        for path in [path for path, whose in self._owners.items() if whose == owner]:
            self._storage.delete(layout.kept(path))
            del self._owners[path]


def _endings(page_id: str) -> dict[str, str]:
    """Return the last words of the names that a page's files may have (design §5)."""
    compact = compact_id(page_id)
    return dict.fromkeys((page_id, compact, compact[-_SHORT:]), page_id)


def _read(storage: Storage, path: str) -> dict[str, str]:
    try:
        found: dict[str, str] = orjson.loads(storage.read(path))
    except FileNotFoundError:
        return {}
    return found

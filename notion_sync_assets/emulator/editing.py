"""What all changes of a workspace share: reading copies, keeping them, moving times, telling the search index.

The operations themselves are in `content_changes.py` and `place_changes.py`.
"""

import copy
from collections.abc import Sequence

from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import Stamp
from notion_sync_assets.emulator.stamps import milli_stamp, minute_stamp, parse_stamp
from notion_sync_assets.emulator.workspace import Workspace

TITLED = ("page", "database", "data_source")


class Editor:
    """The base of the operations; `search_lag` is how many seconds search learns of a change later."""

    def __init__(self, workspace: Workspace, search_lag: float) -> None:
        self.workspace = workspace
        self.search_lag = search_lag

    def _kind(self, object_id: str, kinds: Sequence[str]) -> str:
        found = next((kind for kind in kinds if self.workspace.get(kind, object_id) is not None), None)
        if found is None:
            raise ValueError(f"there is no {' or '.join(kinds)} {object_id}")
        return found

    def _get(self, kind: str, object_id: str) -> Json:
        found = self.workspace.get(kind, object_id)
        if found is None:
            raise ValueError(f"there is no {kind} {object_id}")
        return found

    def _copy(self, kind: str, object_id: str) -> Json:
        return copy.deepcopy(self._get(kind, object_id))

    def _new_id(self, kind: str) -> str:
        return named_id("added", kind, len(self.workspace.overlay), len(self.workspace.deleted))

    def _stamp(self) -> Stamp:
        now = self.workspace.clock.now()
        author = next(iter(self.workspace.linked("users", "workspace")), self.workspace.world.bot_id)
        return Stamp(now, now, author, author)

    def _store(self, kind: str, found: Json) -> None:
        self.workspace.overlay[kind, found["id"]] = found

    def _put(self, kind: str, found: Json, *, bump: bool = True) -> None:
        """Keep a changed object; its edit time moves unless told otherwise."""
        if bump:
            now = self.workspace.clock.now()
            found["last_edited_time"] = milli_stamp(now) if kind == "database" else minute_stamp(now)
        self._store(kind, found)
        if bump:
            self._index(kind, found, lag=self.search_lag)

    def _index(self, kind: str, found: Json, *, lag: float, present: bool = True) -> None:
        if kind not in {"page", "data_source"}:
            return
        seconds = int(parse_stamp(found["last_edited_time"]) or 0) if present else None
        log = self.workspace.index_log.setdefault((kind, found["id"]), [])
        log.append((self.workspace.clock.now() + lag, seconds))

    def _bump_page_of(self, block_id: str, bump: bool | None) -> None:
        """Move the edit time of the page around a block, unless the block hides in a column (reference §13)."""
        for kind, step in self.workspace.lineage("block", block_id):
            if step == block_id:
                continue
            hidden = kind == "block" and self._get("block", step)["type"] == "column"
            if bump is False or (hidden and bump is None):
                return
            if kind == "page":
                self._put("page", self._copy("page", step))
                return

    def _own_children(self, parent_id: str) -> Sequence[str]:
        changed = self.workspace.child_lists.get(parent_id)
        return self.workspace.world.children(parent_id) if changed is None else changed

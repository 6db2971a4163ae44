"""The emulator's own log of what each change did to which pages: the truth an exporter's history is compared with.

Off until somebody starts it, since after every change it looks at every page. A page is what a reader of the API sees of it:
its object, its blocks down to other pages and databases (of which only that they are there counts, not their titles), its
comments. Nothing here is used by the product.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import orjson

from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import title_of
from notion_sync_assets.emulator.oracle import Oracle

Effect = Literal["added", "changed", "removed"]
STUBS = ("child_page", "child_database")


@dataclass(frozen=True)
class LoggedChange:
    """One change: its number from 1, the operation, the emulator's time, and what became of each page it concerned."""

    number: int
    operation: str
    at: float
    pages: dict[str, Effect]


class ChangeLog:
    """The log of one engine from the moment it is made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.entries: list[LoggedChange] = []
        self._pages = self._look()

    def note(self, operation: str) -> None:
        """Log what differs since the last look."""
        now = self._look()
        before, self._pages = self._pages, now
        effects: dict[str, Effect] = dict.fromkeys(now.keys() - before.keys(), "added")
        effects.update(dict.fromkeys(before.keys() - now.keys(), "removed"))
        changed = {page for page in now.keys() & before.keys() if now[page] != before[page]}
        effects.update(dict.fromkeys(changed, "changed"))
        number = len(self.entries) + 1
        self.entries.append(LoggedChange(number, operation, self.engine.clock.now(), effects))

    def titles(self) -> dict[str, str]:
        """Every live page with its title, now."""
        workspace = self.engine.workspace
        return {
            page: title_of(workspace.get("page", page) or {}) for page in Oracle(self.engine).live("page")
        }

    def _look(self) -> dict[str, str]:
        return {page: self._digest(page) for page in Oracle(self.engine).live("page")}

    def _digest(self, page_id: str) -> str:
        workspace = self.engine.workspace
        comments = [workspace.get("comment", each) for each in workspace.linked("comments", page_id)]
        seen = [
            workspace.get("page", page_id),
            [self._block(each) for each in workspace.children(page_id)],
            comments,
        ]
        return hashlib.sha256(orjson.dumps(seen, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def _block(self, block_id: str) -> Json:
        block = self.engine.workspace.block(block_id) or {}
        if block.get("type") in STUBS:
            return {"id": block_id, "type": block["type"]}
        return {**block, "children": [self._block(each) for each in self.engine.workspace.children(block_id)]}

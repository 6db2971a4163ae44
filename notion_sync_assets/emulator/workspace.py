"""A world as the connection sees it now: the world, what was changed since, sharing and trash.

Reads and bookkeeping only. What a change means (which times move, which lists) is in `changes.py`; how answers
are cut into pages is in `listing.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from notion_sync_assets.emulator.clock import Clock
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import parent_of, title_of
from notion_sync_assets.emulator.world import World

Ref = tuple[str, str]
RowPatch = Callable[[Json], Json]
MADE_BLOCKS = (("page", "child_page"), ("database", "child_database"))


class Workspace:
    """One world with an overlay of changes. All reads of the API and the oracle go through here."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.overlay: dict[Ref, Json | None] = {}
        self.child_lists: dict[str, list[str]] = {}
        self.added: dict[str, list[str]] = defaultdict(list)
        self.added_rows: dict[str, list[str]] = defaultdict(list)
        self.link_lists: dict[tuple[str, str], list[str]] = {}
        self.trashed: set[str] = set(world.marks.trashed)
        self.unshared: set[str] = set(world.marks.unshared)
        self.granted: set[str] = set(world.marks.granted)
        self.index_log: dict[Ref, list[tuple[float, int | None]]] = {}
        self.deleted: set[str] = set()
        self.trash_changes: dict[str, bool] = {}
        self.row_patches: dict[str, list[RowPatch]] = defaultdict(list)

    def get(self, kind: str, object_id: str) -> Json | None:
        """The object as it is now, shared or not; never change what is returned."""
        ref = (kind, object_id)
        found = self.overlay[ref] if ref in self.overlay else self.world.get(kind, object_id)
        if found is None or object_id in self.deleted:
            return None
        if self.trash_changes:
            found = self._marked(kind, found)
        return self._patched(found) if kind == "page" and self.row_patches else found

    def _marked(self, kind: str, found: Json) -> Json:
        """The object with its trash mark as changed; a data source shares its database's."""
        holder = parent_of(found) if kind == "data_source" else None
        ids = [found["id"], holder[1]] if holder else [found["id"]]
        changed = next((self.trash_changes[step] for step in ids if step in self.trash_changes), None)
        return found if changed is None else {**found, "in_trash": changed}

    def _patched(self, row: Json) -> Json:
        """A row after the schema changes of its data source, which reach rows without touching their times."""
        for patch in self.row_patches.get(row["parent"].get("data_source_id"), ()):
            row = {**row, "properties": patch(row["properties"])}
        return row

    def block(self, block_id: str) -> Json | None:
        """A block, also for the ids of pages and databases (reference §2)."""
        found = self.get("block", block_id)
        if found is not None:
            return self._with_children_flag(found)
        for kind, shown in MADE_BLOCKS:
            owner = self.get(kind, block_id)
            if owner is not None:
                return self._made_block(owner, shown)
        return None

    def block_kind(self, block_id: str) -> str | None:
        """Which kind of object stands behind a block id."""
        kinds = ("block", "page", "database")
        return next((kind for kind in kinds if self.get(kind, block_id) is not None), None)

    def parent(self, kind: str, object_id: str) -> Ref | None:
        """(kind, id) of the parent now."""
        for held in (kind, "page", "database"):
            changed = self.overlay.get((held, object_id))
            if changed is not None:
                return parent_of(changed)
        return self.world.parent(kind, object_id)

    def lineage(self, kind: str, object_id: str) -> Iterator[Ref]:
        """The object itself, then its parents up to the top."""
        step: Ref | None = (kind, object_id)
        while step is not None:
            yield step
            step = self.parent(*step)

    def accessible(self, kind: str, object_id: str) -> bool:
        """Whether a read by id is answered: it exists and is shared, itself or through a parent."""
        if not self.unshared and not self.deleted:
            return True
        for _, step in self.lineage(kind, object_id):
            if step in self.deleted or step in self.unshared:
                return False
            if step in self.granted:
                return True
        return True

    def in_trash(self, kind: str, object_id: str) -> bool:
        """Whether it is in the trash itself or through a parent."""
        if not self.trashed:
            return False
        if object_id in self.trashed or self.world.is_recorded:
            held = self.parent(kind, object_id) if kind == "data_source" else None
            return object_id in self.trashed or (held is not None and held[1] in self.trashed)
        return any(step in self.trashed for _, step in self.lineage(kind, object_id))

    def live(self, kind: str, object_id: str) -> bool:
        """Accessible and not in the trash in any way."""
        if not (self.unshared or self.deleted or self.trashed):
            return True
        return self.accessible(kind, object_id) and not self.in_trash(kind, object_id)

    def children(self, block_id: str) -> Sequence[str]:
        """Ids under a page or block that a listing shows; a synced copy shows its original's."""
        listed = self.child_lists.get(block_id)
        ids = listed if listed is not None else self.world.children(block_id)
        if not ids:
            original = self.original_of(block_id)
            ids = self.children(original) if original and self.accessible("block", original) else ids
        if not (self.trashed or self.unshared or self.deleted):
            return ids
        return [child for child in ids if self._shown(child)]

    def original_of(self, block_id: str) -> str | None:
        """The block a synced copy shows."""
        found = self.get("block", block_id)
        held = (found or {}).get("synced_block") or {}
        return held["synced_from"]["block_id"] if held.get("synced_from") else None

    def ids(self, kind: str) -> Iterator[str]:
        """All ids of a kind, shared or not, deleted ones left out."""
        for object_id in self.world.ids(kind):
            if object_id not in self.deleted:
                yield object_id
        yield from (object_id for object_id in self.added[kind] if object_id not in self.deleted)

    def linked(self, relation: str, owner_id: str) -> Sequence[str]:
        """`views`, `templates` or `comments` of an owner now."""
        changed = self.link_lists.get((relation, owner_id))
        return self.world.linked(relation, owner_id) if changed is None else changed

    def row_kind(self, row_id: str) -> str:
        """Rows are pages; in wikis some are data sources."""
        return "page" if self.get("page", row_id) is not None else "data_source"

    def _shown(self, child: str) -> bool:
        if self.world.is_recorded and child not in self.trash_changes:
            return True  # a recorded block and the page of the same id may disagree about the trash
        return child not in self.trashed and child not in self.unshared and self.block_kind(child) is not None

    def _with_children_flag(self, found: Json) -> Json:
        changed = self.child_lists.get(found["id"])
        if changed is None:
            return found
        return {**found, "has_children": bool(self.children(found["id"]))}

    def _made_block(self, owner: Json, shown: str) -> Json:
        marks = {key: owner[key] for key in ("created_time", "last_edited_time")}
        authors = {
            key: owner.get(key) or _nobody(self.world.bot_id) for key in ("created_by", "last_edited_by")
        }
        has_children = shown == "child_page" and bool(self.children(owner["id"]))
        return {
            "object": "block",
            "id": owner["id"],
            "parent": owner["parent"],
            **marks,
            **authors,
            "has_children": has_children,
            "in_trash": owner["in_trash"],
            "type": shown,
            shown: {"title": title_of(owner)},
        }


def _nobody(bot_id: str) -> Json:
    return {"object": "user", "id": bot_id}

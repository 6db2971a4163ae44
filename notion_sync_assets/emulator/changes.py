"""Changes to a workspace as the control API names them: what people do in Notion, and which times move with it.

Some edits leave `last_edited_time` of the page alone, as recorded or reported of Notion (reference §13): edits inside
columns, back-links, option and people renames, comments, moves. `bump` true or false overrules that for one edit.
Where objects are kept is in `workspace.py`, schema changes are in `schema_changes.py`.
"""

import copy
from collections.abc import Sequence
from typing import Any

from notion_sync_assets.emulator import objects
from notion_sync_assets.emulator.blocks import textual
from notion_sync_assets.emulator.columns import Column, automatic_values, values_of
from notion_sync_assets.emulator.hosted import hosted_file
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import Stamp, parent
from notion_sync_assets.emulator.richtext import rich
from notion_sync_assets.emulator.stamps import milli_stamp, minute_stamp, parse_stamp
from notion_sync_assets.emulator.workspace import Workspace

TITLED = ("page", "database", "data_source")


class Changes:
    """The operations; each returns the id of what it made or changed as `{"id": …}`."""

    def __init__(self, workspace: Workspace, search_lag: float) -> None:
        self.workspace = workspace
        self.search_lag = search_lag

    def edit_block(self, block_id: str, text: str, *, bump: bool | None = None) -> Json:
        """Replace a block's text."""
        block = self._copy("block", block_id)
        block[block["type"]]["rich_text"] = rich(text)
        self._put("block", block, bump=bump is not False)
        self._bump_page_of(block_id, bump)
        return {"id": block_id}

    def set_property(self, page_id: str, name: str, value: Any, *, bump: bool | None = None) -> Json:
        """Give a row's property a value in the API's own form; two-way relations change on the other side too."""
        page = self._copy("page", page_id)
        held = page["properties"][name]
        before, held[held["type"]] = held[held["type"]], value
        self._put("page", page, bump=bump is not False)
        if held["type"] == "relation":
            self._link_back(page, name, before, value)
        return {"id": page_id}

    def rename(self, object_id: str, title: str, *, bump: bool | None = None) -> Json:
        """Change the title of a page, database or data source."""
        kind = self._kind(object_id, TITLED)
        found = self._copy(kind, object_id)
        if kind == "page":
            held = next(value for value in found["properties"].values() if value["type"] == "title")
            held["title"] = rich(title)
        else:
            found["title"] = rich(title)
        self._put(kind, found, bump=bump is not False)
        return {"id": object_id}

    def rename_user(self, user_id: str, name: str) -> Json:
        """Give a person another name; no page notices."""
        self.workspace.overlay["user", user_id] = {**self._copy("user", user_id), "name": name}
        return {"id": user_id}

    def add_page(self, parent_id: str | None, title: str, texts: Sequence[str] = ()) -> Json:
        """A page under a page or block, or at the top when no parent is named, with a paragraph per text."""
        page_id = self._new_id("page")
        holder = self._holder(parent_id)
        self._insert("page", objects.page(page_id, self._stamp(), objects.title_property(title), holder))
        if parent_id is not None:
            self._append_child(parent_id, page_id)
        self._add_texts(page_id, texts)
        return {"id": page_id}

    def add_row(
        self, data_source_id: str, title: str, values: Json | None = None, texts: Sequence[str] = ()
    ) -> Json:
        """A row; `values` by property name in the API's own form, the others are empty."""
        page_id = self._new_id("page")
        source = self._get("data_source", data_source_id)
        holder = parent("data_source", data_source_id, source["parent"]["database_id"])
        page = objects.page(page_id, self._stamp(), {}, holder)
        page["properties"] = self._row_values(source, page, title, values or {})
        self._insert("page", page)
        self.workspace.added_rows[data_source_id].append(page_id)
        self._add_texts(page_id, texts)
        return {"id": page_id}

    def add_block(
        self, parent_id: str, text: str, block_type: str = "paragraph", *, bump: bool | None = None
    ) -> Json:
        """A block with text at the end of a page or block."""
        block_id = self._new_id("block")
        node = textual(block_type, text)
        made = objects.block(
            block_id, self._stamp(), node.type, node.payload, self._holder(parent_id), has_children=False
        )
        self.workspace.overlay["block", block_id] = made
        self._append_child(parent_id, block_id)
        self._bump_page_of(block_id, bump)
        return {"id": block_id}

    def move_page(self, page_id: str, parent_id: str, *, bump: bool = False) -> Json:
        """Put a page under another page, block, or into a data source."""
        page = self._copy("page", page_id)
        self._take_from_parent(page)
        if self.workspace.get("data_source", parent_id) is not None:
            source = self._get("data_source", parent_id)
            page["parent"] = parent("data_source", parent_id, source["parent"]["database_id"])
            page["properties"] = self._row_values(source, page, objects.title_of(page), {})
            self.workspace.added_rows[parent_id].append(page_id)
        else:
            page["parent"] = self._holder(parent_id)
            page["properties"] = objects.title_property(objects.title_of(page))
            self._append_child(parent_id, page_id)
        self._put("page", page, bump=bump)
        return {"id": page_id}

    def trash(self, object_id: str) -> Json:
        """Put a page, database or block into the trash."""
        return self._set_trash(object_id, trashed=True)

    def restore(self, object_id: str) -> Json:
        """Take it out of the trash."""
        return self._set_trash(object_id, trashed=False)

    def unshare(self, object_id: str) -> Json:
        """Take a page or database, and what is under it, away from the connection."""
        self._kind(object_id, TITLED)
        self.workspace.unshared.add(object_id)
        self.workspace.granted.discard(object_id)
        return {"id": object_id}

    def share(self, object_id: str) -> Json:
        """Share a page or database with the connection."""
        self.workspace.unshared.discard(object_id)
        self.workspace.granted.add(object_id)
        return {"id": object_id}

    def delete(self, object_id: str) -> Json:
        """Remove for good: from now on 404, like something never shared."""
        kind = self._kind(object_id, ("page", "database", "block"))
        if kind != "database":
            self._take_from_parent(self._copy(kind, object_id))
        self.workspace.deleted.add(object_id)
        return {"id": object_id}

    def replace_file(self, object_id: str, name: str, property_name: str | None = None) -> Json:
        """Upload another file into a media block, or as the first file of a row's property."""
        kind = "page" if property_name else "block"
        found = self._copy(kind, object_id)
        upload = hosted_file(name, object_id, self.workspace.clock.now())
        if property_name:
            found["properties"][property_name]["files"][:1] = [{"name": name, "type": "file", "file": upload}]
        else:
            held = found[found["type"]]
            held.pop("external", None)
            held.update(type="file", file=upload, **({"name": name} if "name" in held else {}))
        self._put(kind, found)
        if kind == "block":
            self._bump_page_of(object_id, None)
        return {"id": object_id}

    def add_comment(self, owner_id: str, text: str) -> Json:
        """A new discussion on a page or block; no time of the page moves."""
        comment_id = self._new_id("comment")
        kind = "page" if self.workspace.get("page", owner_id) else "block"
        stamp = self._stamp()
        name = (self.workspace.get("user", stamp.author) or {}).get("name") or ""
        thread = named_id("discussion", comment_id)
        made = objects.comment(comment_id, stamp, parent(kind, owner_id), thread, text, name)
        self.workspace.overlay["comment", comment_id] = made
        listed = self.workspace.linked("comments", owner_id)
        self.workspace.link_lists["comments", owner_id] = [*listed, comment_id]
        return {"id": comment_id}

    def remove_comment(self, comment_id: str) -> Json:
        """Delete or resolve a comment: the API shows no difference (reference §9)."""
        held = self._get("comment", comment_id)["parent"]
        owner_id = held[held["type"]]
        listed = self.workspace.linked("comments", owner_id)
        self.workspace.link_lists["comments", owner_id] = [i for i in listed if i != comment_id]
        self.workspace.deleted.add(comment_id)
        return {"id": comment_id}

    def set_times(self, object_id: str, created: str | None = None, edited: str | None = None) -> Json:
        """Set an object's times to ISO stamps, in its own form; search knows at once."""
        kind = self._kind(object_id, (*TITLED, "block"))
        found = self._copy(kind, object_id)
        form = milli_stamp if kind == "database" else minute_stamp
        for field, text in (("created_time", created), ("last_edited_time", edited)):
            if text is not None:
                found[field] = form(parse_stamp(text) or 0)
        self._store(kind, found)
        self._index(kind, found, lag=0)
        return {"id": object_id}

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

    def _row_values(self, source: Json, page: Json, title: str, values: Json) -> Json:
        """`properties` of a new row: what is given, what Notion fills in itself, the rest empty."""
        columns = _columns(source)
        made = automatic_values(columns, page, lambda user_id: self.workspace.get("user", user_id))
        for column in columns:
            if column.type == "title":
                made[column.name] = title
            if column.type == "unique_id":
                number = 100_000 + len(self.workspace.overlay)
                made[column.name] = {"prefix": column.config.get("prefix"), "number": number}
        return values_of(columns, {**made, **values})

    def _new_id(self, kind: str) -> str:
        return named_id("added", kind, len(self.workspace.overlay), len(self.workspace.deleted))

    def _stamp(self) -> Stamp:
        now = self.workspace.clock.now()
        author = next(iter(self.workspace.linked("users", "workspace")), self.workspace.world.bot_id)
        return Stamp(now, now, author, author)

    def _holder(self, parent_id: str | None) -> Json:
        if parent_id is None:
            return objects.WORKSPACE
        kind = self.workspace.block_kind(parent_id)
        if kind not in {"page", "block"}:
            raise ValueError(f"nothing can be put under {parent_id}")
        return parent(kind, parent_id)

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

    def _insert(self, kind: str, made: Json) -> None:
        self._store(kind, made)
        self.workspace.added[kind].append(made["id"])
        self._index(kind, made, lag=self.search_lag)
        if made["parent"]["type"] in {"page_id", "block_id"}:
            self._bump_page_of(made["id"], None)

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

    def _append_child(self, parent_id: str, child_id: str) -> None:
        self.workspace.child_lists[parent_id] = [*self._own_children(parent_id), child_id]

    def _own_children(self, parent_id: str) -> Sequence[str]:
        changed = self.workspace.child_lists.get(parent_id)
        return self.workspace.world.children(parent_id) if changed is None else changed

    def _take_from_parent(self, found: Json) -> None:
        holder = objects.parent_of(found)
        if holder is None or holder[0] not in {"page", "block"}:
            return
        left = [child for child in self._own_children(holder[1]) if child != found["id"]]
        self.workspace.child_lists[holder[1]] = left

    def _add_texts(self, page_id: str, texts: Sequence[str]) -> None:
        for text in texts:
            self.add_block(page_id, text, bump=False)

    def _set_trash(self, object_id: str, *, trashed: bool) -> Json:
        kind = self._kind(object_id, ("page", "database", "block"))
        (self.workspace.trashed.add if trashed else self.workspace.trashed.discard)(object_id)
        self.workspace.trash_changes[object_id] = trashed
        held = self._get(kind, object_id)
        self._index(kind, held, lag=self.search_lag, present=not trashed)
        for source in held.get("data_sources", ()):
            found = self._get("data_source", source["id"])
            self._index("data_source", found, lag=self.search_lag, present=not trashed)
        if kind == "block":
            self._bump_page_of(object_id, None)
        return {"id": object_id}

    def _link_back(self, page: Json, name: str, before: list[Json], after: list[Json]) -> None:
        source = self._get("data_source", page["parent"]["data_source_id"])
        twin = source["properties"][name]["relation"].get("dual_property")
        if twin is None:
            return
        old, new = {item["id"] for item in before}, {item["id"] for item in after}
        for target in sorted(old ^ new):
            other = self.workspace.get("page", target)
            if other is None or twin["synced_property_name"] not in other["properties"]:
                continue
            other = copy.deepcopy(other)
            held = other["properties"][twin["synced_property_name"]]
            held["relation"] = [item for item in held["relation"] if item["id"] != page["id"]]
            held["relation"] += [{"id": page["id"]}] if target in new else []
            self._put("page", other, bump=False)


def _columns(source: Json) -> list[Column]:
    schema = source["properties"].values()
    return [Column(held["name"], held["type"], held[held["type"]], held["id"]) for held in schema]

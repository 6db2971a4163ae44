"""Changes to what an object holds: text, values, titles, files, comments, times.

Some edits leave `last_edited_time` of the page alone, as recorded or reported of Notion (reference §13): edits inside
columns, back-links, people renames, comments. `bump` true or false overrules that for one edit.
"""

import copy
from typing import Any

from notion_sync_assets.emulator import objects
from notion_sync_assets.emulator.editing import TITLED, Editor
from notion_sync_assets.emulator.hosted import hosted_file
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import parent
from notion_sync_assets.emulator.richtext import rich
from notion_sync_assets.emulator.stamps import milli_stamp, minute_stamp, parse_stamp


class ContentChanges(Editor):
    """Operations on content; each returns the id of what it made or changed as `{"id": …}`."""

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

    def set_icon(self, object_id: str, emoji: str | None, *, bump: bool | None = None) -> Json:
        """Give a page, database or data source an emoji as its icon, or none."""
        kind = self._kind(object_id, TITLED)
        found = self._copy(kind, object_id)
        found["icon"] = {"type": "emoji", "emoji": emoji} if emoji else None
        self._put(kind, found, bump=bump is not False)
        return {"id": object_id}

    def rename_view(self, view_id: str, name: str) -> Json:
        """Give a view another name; no time but its own moves."""
        self._store("view", {**self._copy("view", view_id), "name": name})
        return {"id": view_id}

    def rename_user(self, user_id: str, name: str) -> Json:
        """Give a person another name; no page notices."""
        self.workspace.overlay["user", user_id] = {**self._copy("user", user_id), "name": name}
        return {"id": user_id}

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

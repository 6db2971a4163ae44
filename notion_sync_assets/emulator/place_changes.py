"""Changes to what there is and where: adding, moving, trash, sharing, deleting for good.

A move leaves the page's time alone unless told otherwise; adding and trashing below a page moves the page's.
"""

from collections.abc import Sequence

from notion_sync_assets.emulator import objects
from notion_sync_assets.emulator.blocks import textual
from notion_sync_assets.emulator.columns import Column, automatic_values, column, schema_of, values_of
from notion_sync_assets.emulator.editing import TITLED, Editor
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import parent


class PlaceChanges(Editor):
    """Operations on places; each returns the id of what it made or changed as `{"id": …}`."""

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

    def add_database(self, parent_id: str, title: str) -> Json:
        """A database under a page or block, with one data source that has a title column and no rows yet."""
        database_id, columns = self._new_id("database"), [column(title, "Name", "title")]
        source_id = named_id("added source", database_id)
        made = objects.database(
            database_id, self._stamp(), title, [(source_id, title)], parent=self._holder(parent_id)
        )
        self._insert("database", made)
        self._append_child(parent_id, database_id)
        source = objects.data_source(source_id, self._stamp(), title, schema_of(columns), made)
        self._insert("data_source", source)
        return {"id": database_id, "data_source_id": source_id}

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

    def _row_values(self, source: Json, page: Json, title: str, values: Json) -> Json:
        """`properties` of a new row: what is given, what Notion fills in itself, the rest empty."""
        columns = _columns(source)
        made = automatic_values(columns, page, lambda user_id: self.workspace.get("user", user_id))
        for held in columns:
            if held.type == "title":
                made[held.name] = title
            if held.type == "unique_id":
                number = 100_000 + len(self.workspace.overlay)
                made[held.name] = {"prefix": held.config.get("prefix"), "number": number}
        return values_of(columns, {**made, **values})

    def _holder(self, parent_id: str | None) -> Json:
        if parent_id is None:
            return objects.WORKSPACE
        kind = self.workspace.block_kind(parent_id)
        if kind not in {"page", "block"}:
            raise ValueError(f"nothing can be put under {parent_id}")
        return parent(kind, parent_id)

    def _insert(self, kind: str, made: Json) -> None:
        self._store(kind, made)
        self.workspace.added[kind].append(made["id"])
        self._index(kind, made, lag=self.search_lag)
        if made["parent"]["type"] in {"page_id", "block_id"}:
            self._bump_page_of(made["id"], None)

    def _append_child(self, parent_id: str, child_id: str) -> None:
        self.workspace.child_lists[parent_id] = [*self._own_children(parent_id), child_id]

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


def _columns(source: Json) -> list[Column]:
    schema = source["properties"].values()
    return [Column(held["name"], held["type"], held[held["type"]], held["id"]) for held in schema]

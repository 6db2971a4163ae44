"""Writing a world down by hand: pages, databases and bodies by name, times and ids filled in.

The demo is written with it, and small worlds in tests. Every name gives the same id in every draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from notion_sync_assets.emulator import objects
from notion_sync_assets.emulator.blocks import Node
from notion_sync_assets.emulator.columns import Column, automatic_values, schema_of, values_of
from notion_sync_assets.emulator.ids import named_id, short_hash
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import Stamp, parent
from notion_sync_assets.emulator.richtext import page_url
from notion_sync_assets.emulator.world import Marks, StoredWorld

BEGINNING = 1_706_774_400  # 2024-02-01: every world's own past is long over
STEP = 97 * 60
LONGEST_EDIT = 120 * 86_400


@dataclass
class Draft:
    """A world being written; `finish` hands it over."""

    seed: int = 1
    world: StoredWorld = field(default_factory=StoredWorld)
    people: list[str] = field(default_factory=list)
    moments: int = 0
    marked: dict[str, set[str]] = field(default_factory=dict)

    def stamp(self, name: str) -> Stamp:
        """Times and authors of a new thing: made one after the other, edited some time later."""
        self.moments += 1
        created = BEGINNING + self.moments * STEP
        edited = created + short_hash(self.seed, name, size=4) % LONGEST_EDIT // 60 * 60
        authors = self.people or [self.world.bot_id]
        author = authors[short_hash(name, "author") % len(authors)]
        editor = authors[short_hash(name, "editor") % len(authors)]
        return Stamp(created, edited, author, editor)

    def mark(self, standing: str, object_id: str) -> str:
        """Give an id one of the standings of `Marks`."""
        self.marked.setdefault(standing, set()).add(object_id)
        return object_id

    def page(self, name: str, title: Any, body: Sequence[Node] = (), **facts: Any) -> str:
        """A page at the top of the workspace until a body places it; facts as `objects.page` takes them."""
        page_id = named_id("page", name)
        made = objects.page(page_id, self.stamp(name), objects.title_property(title), **facts)
        self.world.objects["page"][page_id] = made
        self.body(page_id, body)
        return page_id

    def body(self, page_id: str, nodes: Sequence[Node]) -> None:
        """The blocks of a page; placed pages and databases become its children."""
        self._write(nodes, "page", page_id, page_id)

    def database(self, name: str, title: str, sources: dict[str, Sequence[Column]], **facts: Any) -> str:
        """A container with data sources of these names and columns; ids follow from its name and theirs."""
        database_id = named_id("database", name)
        pairs = [(self.source_id(name, source), source) for source in sources]
        made = objects.database(database_id, self.stamp(name), title, pairs, **facts)
        self.world.objects["database"][database_id] = made
        for source, columns in sources.items():
            self._source(name, source, columns, made)
        return database_id

    @staticmethod
    def source_id(database: str, source: str) -> str:
        """The id of a data source by the names of its database and itself."""
        return named_id("data_source", database, source)

    def row(
        self,
        name: str,
        database: str,
        source: str,
        columns: Sequence[Column],
        values: dict[str, Any],
        body: Sequence[Node] = (),
        **facts: Any,
    ) -> str:
        """A row of a data source; missing values are empty."""
        source_id = self.source_id(database, source)
        page_id = named_id("page", name)
        holder = parent("data_source", source_id, named_id("database", database))
        stamp = self.stamp(name)
        made = objects.page(page_id, stamp, {}, holder, **facts)
        automatic = automatic_values(columns, made, self.world.objects["user"].get)
        made["properties"] = values_of(columns, {**automatic, **values})
        made["url"] = page_url(page_id, objects.title_of(made))
        self.world.objects["page"][page_id] = made
        self.world.row_ids[source_id].append(page_id)
        self.body(page_id, body)
        return page_id

    def template(self, name: str, database: str, source: str, columns: Sequence[Column], title: str) -> str:
        """A template page of a data source: no row of it, found by the templates list only."""
        page_id = self.row(name, database, source, columns, {columns[0].name: title})
        source_id = self.source_id(database, source)
        self.world.row_ids[source_id].remove(page_id)
        self.world.links["templates"][source_id].append(page_id)
        return self.mark("templates", page_id)

    def view(self, name: str, kind: str, database_id: str, source_id: str | None, **shown: Any) -> str:
        """A view in a database on a source, which may live in another database (a linked one)."""
        view_id = named_id("view", name, database_id)
        made = objects.view(view_id, self.stamp(name), name, kind, database_id, source_id, **shown)
        self.world.objects["view"][view_id] = made
        for owner in filter(None, (database_id, source_id)):
            self.world.links["views"][owner].append(view_id)
        return view_id

    def comment(
        self, name: str, kind: str, owner_id: str, value: Any, attachments: Sequence[Json] = ()
    ) -> str:
        """A comment on a page or block; the part of the name before `/` is its discussion."""
        comment_id = named_id("comment", name)
        stamp = self.stamp(name)
        author = self.world.objects["user"].get(stamp.author, {})
        thread = named_id("discussion", name.partition("/")[0])
        made = objects.comment(
            comment_id, stamp, parent(kind, owner_id), thread, value, author.get("name", "")
        )
        self.world.objects["comment"][comment_id] = {
            **made,
            **({"attachments": list(attachments)} if attachments else {}),
        }
        self.world.links["comments"][owner_id].append(comment_id)
        return comment_id

    def user(self, user: Json, *, listed: bool = True) -> str:
        """A person or bot; guests are not listed."""
        self.world.objects["user"][user["id"]] = user
        if listed:
            self.world.links["users"]["workspace"].append(user["id"])
        return str(user["id"])

    def finish(self) -> StoredWorld:
        """The world, with the standings that were given."""
        marks = {standing: frozenset(ids) for standing, ids in self.marked.items()}
        self.world.marks = Marks(**marks)
        for kind in ("page", "block", "database", "data_source"):
            for found in self.world.objects[kind].values():
                held = found["parent"].get("database_id") if kind == "data_source" else None
                found["in_trash"] = bool({found["id"], held} & self.world.marks.trashed)
        return self.world

    def _source(self, name: str, source: str, columns: Sequence[Column], container: Json) -> None:
        source_id = self.source_id(name, source)
        made = objects.data_source(
            source_id, self.stamp(name + source), source, schema_of(columns), container
        )
        self.world.objects["data_source"][source_id] = made

    def _write(self, nodes: Sequence[Node], holder_kind: str, holder_id: str, path: str) -> None:
        listed = self.world.child_ids.setdefault(holder_id, [])
        for node in nodes:
            number = len(listed)
            if node.place is not None:
                self._place(node.place, parent(holder_kind, holder_id))
                listed.append(node.place)
            else:
                listed.append(self._block(node, parent(holder_kind, holder_id), f"{path}/{number}"))

    def _place(self, object_id: str, holder: Json) -> None:
        for kind in ("page", "database"):
            found = self.world.objects[kind].get(object_id)
            if found is not None:
                found["parent"] = holder
        for source in self.world.objects["data_source"].values():
            if source["parent"].get("database_id") == object_id:
                source["database_parent"] = holder

    def _block(self, node: Node, holder: Json, path: str) -> str:
        block_id = named_id("block", node.name) if node.name else named_id("block", path)
        stamp = replace(self.stamp(path), edited=BEGINNING + self.moments * STEP)
        has_children = bool(node.children) or bool((node.payload.get("synced_from") or {}).get("block_id"))
        made = objects.block(
            block_id, stamp, node.type, dict(node.payload), holder, has_children=has_children
        )
        self.world.objects["block"][block_id] = made
        if node.trashed:
            self.mark("trashed", block_id)
        if node.children:
            self._write(node.children, "block", block_id, path)
        for key, content in node.sections.items():
            self._section(made, key, content, path)
        return block_id

    def _section(self, made: Json, key: str, content: Sequence[Node], path: str) -> None:
        empty: Json = {"rich_text": [], "color": "default", "icon": None}
        section_id = self._block(
            Node("paragraph", empty, content), parent("block", made["id"]), f"{path}/{key}"
        )
        made[made["type"]].setdefault("children", {})[key] = section_id

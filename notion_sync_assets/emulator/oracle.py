"""What a complete export must contain, and the smallest number of requests that can read it.

Everything is counted over the world itself, one object after the other, so that size costs time and no memory.
The numbers follow the product's promise: rows come from queries, children are listed for what has children, values
that were cut off are read singly, pages no listing shows are read singly. Nothing here is used by the product.

Kept out of `total` and reported beside it: comments (one request a page), probes (a read of every id that is named
somewhere and answers 404) and users no list shows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.listing import MAX_PAGE, sequence_scan
from notion_sync_assets.emulator.listings import SEARCH_KINDS, RowOrder, Span
from notion_sync_assets.emulator.objects import parent_of
from notion_sync_assets.emulator.query_routes import search_name
from notion_sync_assets.emulator.references import references
from notion_sync_assets.emulator.shapes import is_cut

MINUTE = 60
TREE_KINDS = ("page", "database", "data_source")
Pair = tuple[str, str | None]


@dataclass
class Tally:
    """Running sums of one walk over the workspace."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((*TREE_KINDS, "block", "comment"), 0)
    )
    children: int = 0
    synced_copies: int = 0
    properties: int = 0
    unlisted: int = 0
    comments: int = 0
    unshared: dict[str, str] = field(default_factory=dict)
    unlisted_users: set[str] = field(default_factory=set)


class Oracle:
    """The truth about one engine's workspace at this moment."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.workspace = engine.workspace
        self.pager = engine.pager
        self._listed_users = {*self.workspace.linked("users", "workspace"), self.workspace.world.bot_id}

    def report(self) -> Json:
        """Counts by kind, unshared and trashed ids, and the requests by part with their total."""
        tally = Tally()
        for page_id in self.live("page"):
            self._count_page(tally, page_id)
        for kind in ("database", "data_source"):
            for object_id in self.live(kind):
                tally.counts[kind] += 1
                self._count_references(tally, self.workspace.get(kind, object_id) or {})
        parts = self._parts(tally)
        return {
            "counts": {**tally.counts, "user": len(self._listed_users)},
            "requests": parts,
            "total": sum(parts.values()),
            "search_both_directions": parts["search"] + self._search(descending=False),
            "comments": tally.comments,
            "probes": len(tally.unshared),
            "unlisted_users": sorted(tally.unlisted_users),
            "unshared": tally.unshared,
            "trashed": sorted(self.workspace.trashed),
            "c": self._unchanged(parts, tally),
        }

    def of_page(self, page_id: str) -> int:
        """Requests for reading the content of one page: block lists, originals of copies, cut values, comments."""
        tally = Tally()
        self._count_page(tally, page_id)
        return tally.children + tally.synced_copies + tally.properties + tally.comments

    def live(self, kind: str) -> Iterator[str]:
        """Ids of all live pages, databases, data sources; of listed users; of blocks and comments on pages."""
        if kind in {"block", "comment", "view", "user"}:
            return (object_id for object_id, _ in self.pairs(kind))
        return (object_id for object_id in self.workspace.ids(kind) if self.workspace.live(kind, object_id))

    def pairs(self, kind: str) -> Iterator[Pair]:
        """(id, id of the parent or None) of everything live of a kind; views belong to their data source."""
        if kind == "user":
            return ((user_id, None) for user_id in sorted(self._listed_users))
        if kind == "view":
            return (
                (view, source)
                for source in self.live("data_source")
                for view in self._linked("views", source)
            )
        if kind == "comment":
            return ((i, page) for page in self.live("page") for i in self._linked("comments", page))
        if kind == "block":
            return (pair for page in self.live("page") for pair in self._blocks(page))
        return ((object_id, self._parent_id(kind, object_id)) for object_id in self.live(kind))

    def _linked(self, relation: str, owner_id: str) -> Iterator[str]:
        return iter(self.workspace.linked(relation, owner_id))

    def _parent_id(self, kind: str, object_id: str) -> str | None:
        holder = self.workspace.parent(kind, object_id)
        return holder[1] if holder else None

    def _blocks(self, holder_id: str) -> Iterator[Pair]:
        """Blocks under a page or block with the id they are listed under; copies of synced blocks end a branch."""
        for block_id in self.workspace.children(holder_id):
            found = self.workspace.get("block", block_id)
            if found is None:
                continue
            yield block_id, holder_id
            for inner in self._holders(found):
                yield from self._blocks(inner)

    def _holders(self, block: Json) -> list[str]:
        """Ids whose children belong to a block: itself, the sections of meeting notes, none of a known original."""
        original = self.workspace.original_of(block["id"])
        if original and self.workspace.get("block", original):
            return []
        sections = (block.get(block["type"]) or {}).get("children")
        return list(sections.values()) if isinstance(sections, dict) else [block["id"]]

    def _count_page(self, tally: Tally, page_id: str) -> None:
        page = self.workspace.get("page", page_id) or {}
        tally.counts["page"] += 1
        tally.comments += self._requests("comments", page_id)
        tally.counts["comment"] += len(self.workspace.linked("comments", page_id))
        values = page["properties"].values()
        tally.properties += sum(map(self._property_requests, values)) + self._aggregates(values)
        self._count_references(tally, page)
        placed = self._is_placed(page)
        needs_read = (
            page["parent"]["type"] != "data_source_id" or page_id in self.workspace.world.marks.templates
        )
        tally.unlisted += needs_read and self.engine.listings.omitted_by_search(page_id)
        has_children = bool(self.workspace.children(page_id))
        tally.children += self._children_requests(page_id) if has_children or not placed else 0
        for block_id, _ in self._blocks(page_id):
            self._count_block(tally, self.workspace.get("block", block_id) or {})

    def _is_placed(self, page: Json) -> bool:
        """Whether a listing shows the page as a block, with its `has_children`."""
        holder = parent_of(page)
        return holder is not None and holder[0] in {"page", "block"} and self.workspace.live(*holder)

    def _count_block(self, tally: Tally, block: Json) -> None:
        tally.counts["block"] += 1
        self._count_references(tally, block)
        original = self.workspace.original_of(block["id"])
        if original is not None:
            tally.synced_copies += self._readable("block", original)
        for holder in self._holders(block):
            tally.children += self._children_requests(holder) if self.workspace.children(holder) else 0

    def _count_references(self, tally: Tally, obj: Json) -> None:
        for kind, object_id in references(obj):
            if kind == "user":
                tally.unlisted_users |= {object_id} - self._listed_users
            elif object_id not in tally.unshared and not self._readable(kind, object_id):
                tally.unshared[object_id] = kind

    def _readable(self, kind: str, object_id: str) -> bool:
        return self.workspace.get(kind, object_id) is not None and self.workspace.accessible(kind, object_id)

    def _parts(self, tally: Tally) -> dict[str, int]:
        sources = list(self.live("data_source"))
        return {
            "me": 1,
            "users": self._requests("users", "workspace", "users"),
            "search": self._search(descending=True),
            "queries": sum(map(self._query_requests, sources)),
            "schemas": len(sources),
            "views_lists": sum(self._requests("views", source) for source in sources),
            "views": sum(1 for _ in self.live("view")),
            "templates_lists": sum(self._requests("templates", source) for source in sources),
            "databases": tally.counts["database"],
            "children": tally.children,
            "synced_copies": tally.synced_copies,
            "properties": tally.properties,
            "unlisted_pages": tally.unlisted,
        }

    def _unchanged(self, parts: dict[str, int], tally: Tally) -> Json:
        """What a run costs in which nothing changed: a constant per data source and per database."""
        per_source = sum(parts[name] for name in ("schemas", "views_lists", "views", "templates_lists"))
        return {
            "data_sources": per_source + tally.counts["data_source"],
            "databases": tally.counts["database"],
            "per_data_source": "1 delta query, 1 schema, views list, its views, templates list",
            "per_database": 1,
        }

    def _search(self, *, descending: bool) -> int:
        scan = self.engine.listings.search(SEARCH_KINDS, descending=descending)
        return self.pager.requests(search_name(SEARCH_KINDS, descending=descending), scan)

    def _requests(self, relation: str, owner_id: str, name: str | None = None) -> int:
        scan = sequence_scan(self.workspace.linked(relation, owner_id))
        return self.pager.requests(name or f"{relation}:{owner_id}", scan)

    def _children_requests(self, block_id: str) -> int:
        return self.pager.requests(f"children:{block_id}", self.engine.listings.children(block_id))

    def _property_requests(self, value: Json) -> int:
        if self.workspace.world.is_recorded or not is_cut(value):
            return 0
        held = value[value["type"]]
        items = held["array"] if isinstance(held, dict) else held
        return -(-len(items) // 100)

    def _aggregates(self, values: Iterable[Json]) -> int:
        """Rolled-up numbers and dates are computed from 25 pages where a relation is cut: each is read singly."""
        held = list(values)
        if self.workspace.world.is_recorded or not any(v["type"] == "relation" and is_cut(v) for v in held):
            return 0
        rollups = [value["rollup"] for value in held if value["type"] == "rollup"]
        return sum(1 for rollup in rollups if rollup["type"] in {"number", "date"})

    def _query_requests(self, source_id: str) -> int:
        """Windows of at most the cap, each beginning with the minute the last one ended in (reference §2).

        A minute with more rows than the cap counts by its own rows, however they are come by.
        """
        trashed, cap = self.workspace.trashed, self.pager.habits.cap
        order = RowOrder("created_time")
        made, span = 0, Span()
        while True:
            scan = self.engine.listings.rows(
                source_id, order, lambda _kind, row_id: row_id not in trashed, span
            )
            asked = self.pager.requests(f"query:{source_id}", scan, cap)
            last = next((key for number, (key, _) in enumerate(scan(None), 1) if number == cap + 1), None)
            if last is None:
                return made + asked
            if last[0] > span.first:
                made, span = made + asked, Span(first=last[0])
                continue
            minute = self.engine.listings.rows(
                source_id, order, lambda _kind, row_id: row_id not in trashed, Span(span.first, span.first)
            )
            held = sum(1 for _ in minute(None))
            made, span = made + -(-held // MAX_PAGE), Span(first=span.first + MINUTE)

"""A world of any size from a seed, held nowhere: every object is a function of the seed and its number.

Pages are numbered as they were made: first the standalone tree (breadth first, ten children a page), then the rows,
spread over the databases in runs. Times grow with the number, so every sorted listing is arithmetic. What is on a
page is in `generated_body.py`, the arithmetic in `generated_plan.py`, the rows' columns in `generated_rows.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from notion_sync_assets.emulator import objects
from notion_sync_assets.emulator.blocks import Node
from notion_sync_assets.emulator.columns import schema_of
from notion_sync_assets.emulator.generated_body import Neighbours, body_of
from notion_sync_assets.emulator.generated_plan import FAN_OUT, PEOPLE, Plan, Size
from notion_sync_assets.emulator.generated_rows import columns_of, row_values
from notion_sync_assets.emulator.ids import IdCodec, named_id, short_hash
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import WORKSPACE, Stamp, parent
from notion_sync_assets.emulator.stamps import minute_stamp
from notion_sync_assets.emulator.world import Field, Key, Marks

KINDS = {"page": 1, "block": 2, "database": 3, "data_source": 4, "view": 5, "user": 6, "comment": 7}
KIND_NAMES = {code: name for name, code in KINDS.items()}
COMMENTED_EVERY = 40
BODIES_KEPT = 256
# A page of a list asks for each of its objects several times.
OBJECTS_KEPT = 256


@dataclass(frozen=True)
class Placed:
    """One block of a body with its place: the number of the block above it (None: the page)."""

    node: Node
    holder: int | None
    children: tuple[int, ...]


class GeneratedWorld:
    """The world protocol over numbers instead of dictionaries."""

    def __init__(self, seed: int, size: Size) -> None:
        self.seed = seed
        self.plan = Plan(size)
        self.codec = IdCodec(seed)
        self.marks = Marks()
        self.is_recorded = False
        self.property_lists: dict[tuple[str, str], Json] = {}
        self.markdown_texts: dict[str, Json] = {}
        self.bot_id = self.id_of("user", 0)
        self._body = lru_cache(maxsize=BODIES_KEPT)(self._make_body)
        self._object = lru_cache(maxsize=OBJECTS_KEPT)(self._make)

    def id_of(self, kind: str, number: int, sub: int = 0) -> str:
        """The id of a thing by its number; blocks and comments have the page's number and their own."""
        return self.codec.pack(KINDS[kind], number, sub)

    def number_of(self, kind: str, object_id: str) -> tuple[int, int] | None:
        """(number, sub) behind an id of that kind, None for foreign ids and numbers out of range."""
        packed = self.codec.unpack(object_id)
        if packed is None or KIND_NAMES.get(packed.kind) != kind or packed.owner >= self.plan.count(kind):
            return None
        return packed.owner, packed.sub

    def get(self, kind: str, object_id: str) -> Json | None:
        """The object, one made shortly before or made anew; never change it."""
        found = self.number_of(kind, object_id)
        return None if found is None else self._object(kind, *found)

    def parent(self, kind: str, object_id: str) -> tuple[str, str] | None:
        """(kind, id) of the parent by arithmetic."""
        if kind == "block" and self.number_of("block", object_id) is None:
            kind = "page" if self.number_of("page", object_id) else "database"
        found = self.number_of(kind, object_id)
        if found is None or kind in {"view", "user"}:
            return None
        return objects.parent_of({"parent": self._parent(kind, *found)})

    def children(self, block_id: str) -> Sequence[str]:
        """Ids under a page or block."""
        page = self.number_of("page", block_id)
        if page is not None:
            body = self._body(page[0])
            return [self._place_id(page[0], n) for n, placed in enumerate(body) if placed.holder is None]
        block = self.number_of("block", block_id)
        if block is None:
            return ()
        return [self._place_id(block[0], child) for child in self._body(block[0])[block[1]].children]

    def ids(self, kind: str) -> Iterator[str]:
        """All ids of pages, databases, data sources or users, oldest first."""
        return (self.id_of(kind, number) for number in range(self.plan.count(kind)))

    def linked(self, relation: str, owner_id: str) -> Sequence[str]:
        """One view per database, people, and a comment on every fortieth page."""
        if relation == "users":
            return list(self.ids("user"))
        if relation == "views":
            owner = self.number_of("database", owner_id) or self.number_of("data_source", owner_id)
            return [] if owner is None else [self.id_of("view", owner[0])]
        page = self.number_of("page", owner_id) if relation == "comments" else None
        has_comment = page is not None and short_hash(self.seed, "comment", page[0]) % COMMENTED_EVERY == 0
        return [self.id_of("comment", page[0])] if page and has_comment else []

    def key(self, kind: str, object_id: str, time_field: Field) -> Key:
        """(seconds, number): the number decides between equal times."""
        found = self.number_of(kind, object_id)
        number = found[0] if found else 0
        return self.plan.seconds(kind, number, time_field), number

    def search_keys(self, kind: str, after: Key | None, *, descending: bool) -> Iterator[tuple[Key, str]]:
        """Pages or data sources by last edited time: their numbers up or down."""
        return self._keyed(kind, 0, self.plan.count(kind), "last_edited_time", after, -1 if descending else 1)

    def row_keys(
        self, source_id: str, time_field: Field | None, after: Key | None, *, descending: bool
    ) -> Iterator[tuple[Key, str]]:
        """Rows of one data source: a run of numbers."""
        found = self.number_of("data_source", source_id)
        if found is None:
            return iter(())
        first, last = self.plan.run(found[0])
        return self._keyed("page", first, last, time_field, after, -1 if descending else 1)

    def emojis(self) -> Sequence[Json]:
        """None."""
        return ()

    def _keyed(
        self, kind: str, first: int, last: int, time_field: Field | None, after: Key | None, sign: int
    ) -> Iterator[tuple[Key, str]]:
        def key(number: int) -> Key:
            return (sign * self.plan.seconds(kind, number, time_field) if time_field else 0), sign * number

        numbers = range(first, last)[::sign]
        start = _first_behind(len(numbers), lambda position: after is None or key(numbers[position]) > after)
        return ((key(number), self.id_of(kind, number)) for number in numbers[start:])

    def _stamp(self, kind: str, number: int) -> Stamp:
        people = [self.id_of("user", 1 + (number * 7 + n) % PEOPLE) for n in (0, 3)]
        times = (
            self.plan.seconds(kind, number, "created_time"),
            self.plan.seconds(kind, number, "last_edited_time"),
        )
        return Stamp(*times, *people)

    def _parent(self, kind: str, number: int, sub: int) -> Json:
        if kind == "block":
            holder = self._body(number)[sub].holder
            return (
                parent("page", self.id_of("page", number))
                if holder is None
                else (parent("block", self.id_of("block", number, holder)))
            )
        if kind == "data_source":
            return parent("database", self.id_of("database", number))
        if kind == "comment":
            return parent("page", self.id_of("page", number))
        return self._database_parent(number) if kind == "database" else self._page_parent(number)

    def _database_parent(self, number: int) -> Json:
        return (
            parent("page", self.id_of("page", number % self.plan.roots))
            if self.plan.size.pages
            else WORKSPACE
        )

    def _page_parent(self, number: int) -> Json:
        if self.plan.is_row(number):
            database = self.plan.database_of(number)
            return parent(
                "data_source", self.id_of("data_source", database), self.id_of("database", database)
            )
        if number < self.plan.roots:
            return WORKSPACE
        return parent("page", self.id_of("page", (number - self.plan.roots) // FAN_OUT))

    def _make(self, kind: str, number: int, sub: int) -> Json | None:
        makers = {
            "page": self._page,
            "database": self._database,
            "data_source": self._data_source,
            "view": self._view,
            "user": self._user,
            "comment": self._comment,
        }
        return self._block(number, sub) if kind == "block" else makers[kind](number)

    def _page(self, number: int) -> Json:
        stamp = self._stamp("page", number)
        properties = (
            self._row_properties(number, stamp)
            if self.plan.is_row(number)
            else (objects.title_property(self.title(number)))
        )
        icon = {"type": "emoji", "emoji": "📄"} if number % 5 == 0 else None
        page_id = self.id_of("page", number)
        return objects.page(page_id, stamp, properties, self._page_parent(number), icon=icon)

    def _row_properties(self, number: int, stamp: Stamp) -> Json:
        first, last = self.plan.run(self.plan.database_of(number))
        related = [
            self.id_of("page", first + short_hash(self.seed, number, n) % (last - first)) for n in range(2)
        ]
        people = [self._user(1 + number % PEOPLE)]
        times = (minute_stamp(stamp.created), minute_stamp(stamp.edited))
        return row_values(
            self._columns(self.plan.database_of(number)), self.seed, number, related, people, times
        )

    def title(self, number: int) -> str:
        """The title of a page by its number."""
        return f"{'Row' if self.plan.is_row(number) else 'Page'} {number:06}"

    def _columns(self, database: int) -> Sequence[Any]:
        return columns_of(self.id_of("database", database), self.id_of("data_source", database))

    def _database(self, number: int) -> Json:
        sources = [(self.id_of("data_source", number), f"Table {number}")]
        stamp = self._stamp("database", number)
        return objects.database(
            self.id_of("database", number), stamp, f"Table {number}", sources, self._database_parent(number)
        )

    def _data_source(self, number: int) -> Json:
        schema = schema_of(self._columns(number))
        stamp = self._stamp("data_source", number)
        return objects.data_source(
            self.id_of("data_source", number), stamp, f"Table {number}", schema, self._database(number)
        )

    def _view(self, number: int) -> Json:
        ids = (self.id_of("database", number), self.id_of("data_source", number))
        return objects.view(self.id_of("view", number), self._stamp("database", number), "All", "table", *ids)

    def _user(self, number: int) -> Json:
        if number == 0:
            return objects.own_bot(self.id_of("user", 0), "emulator", "Generated workspace")
        return objects.person(
            self.id_of("user", number), f"Person {number}", f"person{number}@generated.example"
        )

    def _comment(self, number: int) -> Json:
        stamp = self._stamp("page", number)
        on = parent("page", self.id_of("page", number))
        discussion = named_id("discussion", self.seed, number)
        author = self._user(1 + number * 7 % PEOPLE)["name"]
        return objects.comment(self.id_of("comment", number), stamp, on, discussion, "A remark", author)

    def _block(self, number: int, sub: int) -> Json | None:
        body = self._body(number)
        if sub >= len(body) or body[sub].node.place is not None:
            return None
        node, stamp = body[sub].node, self._stamp("page", number)
        holder = self._parent("block", number, sub)
        has_children = bool(body[sub].children)
        block_id = self.id_of("block", number, sub)
        return objects.block(block_id, stamp, node.type, node.payload, holder, has_children=has_children)

    def _place_id(self, page: int, sub: int) -> str:
        return self._body(page)[sub].node.place or self.id_of("block", page, sub)

    def _make_body(self, number: int) -> tuple[Placed, ...]:
        places = [self.id_of("page", child) for child in self.plan.child_pages(number)]
        places += [self.id_of("database", child) for child in self.plan.child_databases(number)]
        other = short_hash(self.seed, "mention", number) % self.plan.page_count
        people = self._user(1 + number % PEOPLE)
        near = Neighbours(tuple(places), self.id_of("page", other), self.title(other), people)
        return tuple(_numbered(body_of(self.seed, number, near, row=self.plan.is_row(number))))


def _numbered(nodes: Sequence[Node]) -> list[Placed]:
    """The blocks of a body in document order, each with the numbers of the blocks under it."""
    made: list[Placed] = []

    def add(node: Node, holder: int | None) -> int:
        number = len(made)
        made.append(Placed(node, holder, ()))
        under = tuple(add(child, number) for child in node.children)
        made[number] = Placed(node, holder, under)
        return number

    for node in nodes:
        add(node, None)
    return made


def _first_behind(count: int, behind: Any) -> int:
    """The first position for which `behind` holds, by halving."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if behind(middle) else (middle + 1, high)
    return low

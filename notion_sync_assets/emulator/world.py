"""What a world is, and the kind of world that fits in memory. Changes, visibility and paging are not known here.

A world answers by id and lists ids in an order that never changes; it holds objects in the 2026-03-11 shape,
with hosted files unsigned and property values whole. Places of pages and databases inside a body are their own
ids: the `child_page` and `child_database` blocks are made from the objects.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import parent_of
from notion_sync_assets.emulator.stamps import parse_stamp

Field = Literal["created_time", "last_edited_time"]
Key = tuple[int, int]


@dataclass(frozen=True)
class Marks:
    """Ids with a special standing. `unshared` and `granted` cut and reopen the tree for the connection.

    `unlisted`: never found by search. `trashed`: in the trash itself. `templates`: pages listed as templates
    only. `wikis`: data sources whose rows may be data sources.
    """

    unshared: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    trashed: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    wikis: frozenset[str] = frozenset()


class World(Protocol):
    """The read side every world has.

    `is_recorded`: objects are served as they once came from Notion, so nothing is cut off and trash marks are not
    inherited; then `property_lists` and `markdown_texts` hold the recorded answers of those endpoints.
    """

    marks: Marks
    bot_id: str
    is_recorded: bool
    property_lists: dict[tuple[str, str], Json]
    markdown_texts: dict[str, Json]

    def get(self, kind: str, object_id: str) -> Json | None:
        """The object, or None."""
        ...

    def parent(self, kind: str, object_id: str) -> tuple[str, str] | None:
        """(kind, id) of the parent, None at the top."""
        ...

    def children(self, block_id: str) -> Sequence[str]:
        """Ids under a page or block, in document order."""
        ...

    def ids(self, kind: str) -> Iterator[str]:
        """All ids of pages, databases, data sources or users, in a fixed order."""
        ...

    def linked(self, relation: str, owner_id: str) -> Sequence[str]:
        """`views` of a database or data source, `templates` of a data source, `comments` of a page or block."""
        ...

    def key(self, kind: str, object_id: str, time_field: Field) -> Key:
        """Where an object stands in a listing sorted by a time: (seconds, tie)."""
        ...

    def search_keys(self, kind: str, after: Key | None, *, descending: bool) -> Iterator[tuple[Key, str]]:
        """Pages or data sources by last edited time, from behind the key `after`."""
        ...

    def row_keys(
        self, source_id: str, time_field: Field | None, after: Key | None, *, descending: bool
    ) -> Iterator[tuple[Key, str]]:
        """Rows by a time, or in their own order when no field is named, from behind the key `after`."""
        ...

    def emojis(self) -> Sequence[Json]:
        """Custom emojis of the workspace."""
        ...


@dataclass
class StoredWorld:
    """A world in dictionaries: the demo and recorded objects."""

    bot_id: str = ""
    marks: Marks = field(default_factory=Marks)
    is_recorded: bool = False
    objects: dict[str, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    child_ids: dict[str, list[str]] = field(default_factory=dict)
    row_ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list)),
    )
    emoji_list: list[Json] = field(default_factory=list)
    property_lists: dict[tuple[str, str], Json] = field(default_factory=dict)
    markdown_texts: dict[str, Json] = field(default_factory=dict)

    def get(self, kind: str, object_id: str) -> Json | None:
        """The object, or None."""
        return self.objects[kind].get(object_id)

    def parent(self, kind: str, object_id: str) -> tuple[str, str] | None:
        """(kind, id) of the parent; what is only shown as a block has the parent of its page or database."""
        for held in (kind, "page", "database"):
            found = self.objects[held].get(object_id)
            if found is not None:
                return parent_of(found)
        return None

    def children(self, block_id: str) -> Sequence[str]:
        """Ids under a page or block, in document order."""
        return self.child_ids.get(block_id, ())

    def ids(self, kind: str) -> Iterator[str]:
        """All ids of a kind in the order they were made."""
        return iter(self.objects[kind])

    def linked(self, relation: str, owner_id: str) -> Sequence[str]:
        """`views`, `templates` or `comments` of an owner."""
        return self.links[relation].get(owner_id, ())

    def key(self, kind: str, object_id: str, time_field: Field) -> Key:
        """(seconds, tie): the id decides between equal times."""
        found = self.get(kind, object_id) or {}
        return int(parse_stamp(found.get(time_field)) or 0), int(object_id.replace("-", ""), 16)

    def search_keys(self, kind: str, after: Key | None, *, descending: bool) -> Iterator[tuple[Key, str]]:
        """Sorted by last edited time, then id; descending turns both round."""
        sign = -1 if descending else 1
        keyed = []
        for object_id in self.objects[kind]:
            seconds, tie = self.key(kind, object_id, "last_edited_time")
            keyed.append(((sign * seconds, sign * tie), object_id))
        return _behind(sorted(keyed), after)

    def row_keys(
        self, source_id: str, time_field: Field | None, after: Key | None, *, descending: bool
    ) -> Iterator[tuple[Key, str]]:
        """Sorted by the time; rows of equal time keep their own order in both directions."""
        sign = -1 if descending else 1
        keyed = []
        for position, row_id in enumerate(self.row_ids.get(source_id, ())):
            kind = "page" if row_id in self.objects["page"] else "data_source"
            seconds = self.key(kind, row_id, time_field)[0] if time_field else 0
            keyed.append(((sign * seconds, position), row_id))
        return _behind(sorted(keyed), after)

    def emojis(self) -> Sequence[Json]:
        """Custom emojis of the workspace."""
        return self.emoji_list


def _behind(keyed: list[tuple[Key, str]], after: Key | None) -> Iterator[tuple[Key, str]]:
    return (entry for entry in keyed if after is None or entry[0] > after)

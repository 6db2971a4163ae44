"""What is in each list, in which order: search, rows, children, and the small lists. Cutting is in `listing.py`.

The routes and the oracle use the same streams, so what the oracle counts is what the routes serve.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from notion_sync_assets.emulator.ids import chance
from notion_sync_assets.emulator.listing import Scan, sequence_scan
from notion_sync_assets.emulator.objects import title_of
from notion_sync_assets.emulator.stamps import parse_stamp
from notion_sync_assets.emulator.workspace import Ref, Workspace
from notion_sync_assets.emulator.world import Field, Key

SEARCH_KINDS = ("page", "data_source")
BEHIND_ALL = 1 << 130
Test = Callable[[str, str], bool]


@dataclass(frozen=True)
class SearchHabits:
    """How search errs: the seed and share of pages it leaves out."""

    seed: int = 0
    omit_rate: float = 0.0


@dataclass(frozen=True)
class RowOrder:
    """The order of a query: by a time, or the rows' own order when no field is named."""

    field: Field | None = None
    descending: bool = False


@dataclass(frozen=True)
class Span:
    """Seconds since 1970 between which the sorted time must lie; a scan starts and stops there."""

    first: float = float("-inf")
    last: float = float("inf")


class Listings:
    """The streams of one workspace."""

    def __init__(self, workspace: Workspace, habits: SearchHabits) -> None:
        self.workspace = workspace
        self.habits = habits

    def search(
        self, kinds: tuple[str, ...], *, descending: bool, in_trash: bool = False, title: str = ""
    ) -> Scan:
        """Search results by last edited time as the index knows it, which lags behind the objects."""
        stream = self._trash_stream if in_trash else self._stream

        def scan(after: Key | None) -> Iterator[tuple[Key, str]]:
            merged = heapq.merge(*(stream(kind, after, descending) for kind in kinds))
            return (entry for entry in merged if not title or self._titled(entry[1], title))

        return scan

    def rows(self, source_id: str, order: RowOrder, test: Test, span: Span = Span()) -> Scan:
        """Rows of a data source that pass the test (kind, id)."""

        def scan(after: Key | None) -> Iterator[tuple[Key, str]]:
            for key, row_id in self._ordered_rows(source_id, order, _start(order, span, after)):
                seconds = abs(key[0])
                if order.field and _past(order, span, seconds):
                    return
                kind = (
                    self.workspace.row_kind(row_id)
                    if source_id in self.workspace.world.marks.wikis
                    else "page"
                )
                if self._row_in(source_id, kind, row_id) and test(kind, row_id):
                    yield key, row_id

        return scan

    def children(self, block_id: str) -> Scan:
        """Blocks under a page or block, in document order."""
        return sequence_scan(self.workspace.children(block_id))

    def omitted_by_search(self, page_id: str) -> bool:
        """Whether search never lists this page although it is there: only ever pages with a way to them."""
        if page_id in self.workspace.world.marks.unlisted or page_id in self.workspace.world.marks.templates:
            return True
        if chance(self.habits.seed, "omit", page_id) >= self.habits.omit_rate:
            return False
        holder = self.workspace.parent("page", page_id)
        return holder is not None and self.workspace.live(*holder)

    def seconds(self, kind: str, object_id: str, time_field: Field) -> int:
        """A time of an object as listings sort it."""
        changed = self.workspace.overlay.get((kind, object_id))
        if changed is not None:
            return int(parse_stamp(changed.get(time_field)) or 0)
        return self.workspace.world.key(kind, object_id, time_field)[0]

    def _stream(self, kind: str, after: Key | None, descending: bool) -> Iterator[tuple[Key, str]]:
        return (entry for entry in self._indexed(kind, after, descending) if self._listed(kind, entry[1]))

    def _trash_stream(self, kind: str, after: Key | None, descending: bool) -> Iterator[tuple[Key, str]]:
        """What carries a trash mark itself, data sources by their database."""
        workspace, ids = self.workspace, set(self.workspace.trashed)
        for object_id in self.workspace.trashed:
            database = workspace.get("database", object_id) or {}
            ids |= {source["id"] for source in database.get("data_sources", ())}
        held = [i for i in ids if workspace.get(kind, i) is not None and workspace.accessible(kind, i)]
        keyed = sorted((self._key(self.seconds(kind, i, "last_edited_time"), i, descending), i) for i in held)
        return (entry for entry in keyed if after is None or entry[0] > after)

    def _listed(self, kind: str, object_id: str) -> bool:
        workspace = self.workspace
        if kind == "page" and self.omitted_by_search(object_id):
            return False
        if workspace.get(kind, object_id) is None or not workspace.accessible(kind, object_id):
            return False
        # What was put into the trash a moment ago is still found: the index lags (reference §11).
        return not workspace.in_trash(kind, object_id) or (kind, object_id) in workspace.index_log

    def _indexed(self, kind: str, after: Key | None, descending: bool) -> Iterator[tuple[Key, str]]:
        log = self.workspace.index_log
        base = self.workspace.world.search_keys(kind, after, descending=descending)
        unchanged = (entry for entry in base if (kind, entry[1]) not in log)
        changed = sorted(entry for ref in log if ref[0] == kind for entry in self._log_entry(ref, descending))
        return heapq.merge(unchanged, (entry for entry in changed if after is None or entry[0] > after))

    def _log_entry(self, ref: Ref, descending: bool) -> Iterator[tuple[Key, str]]:
        """Where the index holds a changed object at this moment, if at all."""
        now = self.workspace.clock.now()
        visible = [seconds for moment, seconds in self.workspace.index_log[ref] if moment <= now]
        seconds = visible[-1] if visible else self._first_indexed(ref)
        if seconds is not None:
            yield self._key(seconds, ref[1], descending), ref[1]

    @staticmethod
    def _key(seconds: int, object_id: str, descending: bool) -> Key:
        sign = -1 if descending else 1
        return sign * seconds, sign * int(object_id.replace("-", ""), 16)

    def _first_indexed(self, ref: Ref) -> int | None:
        if self.workspace.world.get(*ref) is None or ref[1] in self.workspace.world.marks.trashed:
            return None
        return self.workspace.world.key(*ref, "last_edited_time")[0]

    def _ordered_rows(self, source_id: str, order: RowOrder, after: Key | None) -> Iterator[tuple[Key, str]]:
        workspace = self.workspace
        base = workspace.world.row_keys(source_id, order.field, after, descending=order.descending)
        changed = workspace.added_rows[source_id]
        if order.field == "last_edited_time":
            base = (entry for entry in base if ("page", entry[1]) not in workspace.overlay)
            edited = [row_id for kind, row_id in workspace.overlay if kind == "page"]
            changed = [row_id for row_id in edited if self._is_row(source_id, row_id)]
        keyed = self._keyed(order, changed)
        return heapq.merge(base, (entry for entry in keyed if after is None or entry[0] > after))

    def _keyed(self, order: RowOrder, row_ids: list[str]) -> list[tuple[Key, str]]:
        sign = -1 if order.descending else 1
        keyed = []
        for position, row_id in enumerate(row_ids):
            seconds = self.seconds("page", row_id, order.field) if order.field else 0
            keyed.append(((sign * seconds, (1 << 60) + position), row_id))
        return sorted(keyed)

    def _is_row(self, source_id: str, row_id: str) -> bool:
        return self.workspace.parent("page", row_id) == ("data_source", source_id)

    def _row_in(self, source_id: str, kind: str, row_id: str) -> bool:
        workspace = self.workspace
        if row_id in workspace.deleted or row_id in workspace.unshared:
            return False
        return (kind, row_id) not in workspace.overlay or kind != "page" or self._is_row(source_id, row_id)

    def _titled(self, object_id: str, title: str) -> bool:
        found = self.workspace.get("page", object_id) or self.workspace.get("data_source", object_id)
        return found is not None and title.casefold() in title_of(found).casefold()


def _start(order: RowOrder, span: Span, after: Key | None) -> Key | None:
    """The later of the cursor and the beginning of the span."""
    edge = -span.last if order.descending else span.first
    if order.field is None or edge == float("-inf"):
        return after
    bound = (int(edge) - 1, BEHIND_ALL)
    return bound if after is None else max(after, bound)


def _past(order: RowOrder, span: Span, seconds: float) -> bool:
    return seconds < span.first if order.descending else seconds > span.last

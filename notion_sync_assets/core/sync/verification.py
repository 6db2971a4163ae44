"""Rolling verification: each run reads a few pages again whatever their times say, in turn, until all had theirs.

It finds what moves no time: comments, edits inside columns, whatever Notion does not stamp (notion_api.md §13).

Here: whose turn it is, what a page takes, and the position between runs. Not here: reading (``working``). The position
lives beside the receipts (docs/adr/0005); without it a new round begins.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import Document, page_properties
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.notion.properties import may_be_cut
from notion_sync_assets.core.notion.reader import ReadOptions
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.sync.commits import snapshot
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.sampling import page_lists

_ITEMS = 100
_RELATIONS_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Position:
    """Where the round is. ``scope``, ``page``: the last page that had its turn; ``round_started_at``: UTC ISO."""

    scope: str
    page: str
    round_started_at: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The pages whose turn it is, by scope key, and the position once they are read."""

    pages: dict[str, frozenset[str]]
    following: Position | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one run verifies: a share of all pages, from 0 to 1, or else as many as ``requests`` pay for."""

    requests: int = 0
    share: float = 0.0


NOTHING = Allowance()


def next_slice(
    storage: Storage, scopes: Sequence[str], allowance: Allowance, read: ReadOptions, now: dt.datetime
) -> Slice:
    """Return the pages of committed scopes whose turn it is. ``read``: what reading a page takes.

    A page that alone takes more requests than are allowed is passed over: a run that verifies a share has it.
    """
    before = _position(storage)
    taken: dict[str, set[str]] = {}
    following, started = before, before.round_started_at if before else now.isoformat()
    left = allowance.requests
    pages = math.ceil(allowance.share * _page_count(storage, scopes))
    for key, row, again in _in_turn(storage, sorted(scopes), before):
        started = now.isoformat() if again else started
        if row.state == "exported" and row.document and (row.read_at or "") < started:
            cost = 0 if allowance.share else _cost(storage, row.document, read)
            if cost > left and cost <= allowance.requests:
                break
            if cost <= left:
                taken.setdefault(key, set()).add(row.page_id)
                left, pages = left - cost, pages - 1
        following = Position(key, row.page_id, started)
        if pages <= 0 if allowance.share else left <= 0:
            break
    return Slice({key: frozenset(each) for key, each in taken.items()}, following)


def advance(storage: Storage, done: Slice) -> None:
    """Note that the pages of a slice were read."""
    if done.following is not None and done.following != _position(storage):
        storage.write(layout.VERIFIED, canonical_bytes(asdict(done.following)))


def _in_turn(
    storage: Storage, keys: Sequence[str], after: Position | None
) -> Iterator[tuple[str, ManifestRow, bool]]:
    """Yield scope key and row of every page, those after the position first; True once a new round has begun."""
    start = (after.scope, after.page) if after else ("", "")
    for key in keys:
        if key >= start[0]:
            yield from ((key, row, False) for row in _rows(storage, key) if (key, row.page_id) > start)
    for key in keys:
        if key <= start[0]:
            yield from ((key, row, True) for row in _rows(storage, key) if (key, row.page_id) <= start)


def _rows(storage: Storage, key: str) -> Iterator[ManifestRow]:
    view = snapshot(storage, key)
    return view.rows() if view is not None else iter(())


def _page_count(storage: Storage, keys: Sequence[str]) -> int:
    views = (snapshot(storage, key) for key in keys)
    return sum(view.commit.counts.get("pages", 0) for view in views if view is not None)


def _cost(storage: Storage, sha256: str, read: ReadOptions) -> int:
    """Return the requests that reading a page again takes, the page object included; 0 when its document is lost."""
    try:
        document = DocumentStore(storage).document(sha256)
    except StorageError:
        return 0
    return 1 + read.comments + (page_lists(document.blocks or []) if read.blocks else 0) + _cut(document)


def _cut(document: Document) -> int:
    return sum(_value_requests(each) for each in page_properties(document.page).values())


def _value_requests(value: Json) -> int:
    """A stored value is complete: that its relations were cut shows in how many there are."""
    held = value.get(str(value.get("type")))
    items = len(held) if isinstance(held, list) else 1
    cut = items > _RELATIONS_SHOWN if value.get("type") == "relation" else may_be_cut(value)
    return -(-items // _ITEMS) if cut else 0


def _position(storage: Storage) -> Position | None:
    try:
        return Position(**orjson.loads(storage.read(layout.VERIFIED)))
    except (FileNotFoundError, ValueError, TypeError):
        return None

"""Receipts as files: written and read object by object, so that no workspace is too large for one.

Here: the form of the file, reading it, and what is left of older ones. Not here: what is in a receipt (``receipt``).
The first line is everything but the objects; each object has a line of its own; together they are one JSON object.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

import orjson

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

FULL_RECEIPTS: Final = 10
"""So many receipts, the newest, tell every object; those before them what it came to."""

SHORTENED: Final = "shortened"
_OBJECTS = b',"objects":['
_END = b"]}"
# A run that was killed between its receipt and this leaves one to the next.
_SHORTENED_AT_ONCE = 5


class NoReceiptError(Exception):
    """A file among the receipts is none: damaged, or somebody else's."""


def receipt_names(storage: Storage) -> list[str]:
    """Return the runs that have a receipt, oldest first."""
    names = storage.names(layout.RECEIPTS)
    return [name.removesuffix(".json") for name in names if name.endswith(".json")]


def write_receipt_file(storage: Storage, run_id: str, head: Json, objects: Iterable[Json]) -> str:
    """Write the receipt of a run; return its path. ``head``: everything but the objects."""
    target = storage.scratch() / f"receipt-{run_id}.json"
    with target.open("wb") as output:
        output.write(canonical_bytes(head)[:-1] + _OBJECTS)
        separator = b"\n"
        for item in objects:
            output.write(separator + canonical_bytes(item))
            separator = b",\n"
        output.write(b"\n" + _END + b"\n")
    path = layout.receipt(run_id)
    storage.put_file(target, path)
    return path


def receipt_head(storage: Storage, run_id: str) -> Json:
    """Return a receipt without its objects; ``NoReceiptError`` when the file is no receipt."""
    with storage.open(layout.receipt(run_id)) as source:
        line = source.readline().rstrip(b"\n")
        text = line + _END if line.endswith(_OBJECTS) else line + source.read()
    return {name: value for name, value in _parsed(text).items() if name != "objects"}


def receipt_objects(storage: Storage, run_id: str) -> Iterator[Json]:
    """Yield the objects of a receipt; ``NoReceiptError`` when the file is no receipt."""
    with storage.open(layout.receipt(run_id)) as source:
        line = source.readline().rstrip(b"\n")
        if not line.endswith(_OBJECTS):
            yield from _parsed(line + source.read()).get("objects") or []
            return
        for each in source:
            text = each.rstrip(b",\n")
            if text and text != _END:
                yield _parsed(text)


def receipt_with(storage: Storage, run_id: str, wanted: Callable[[Json], bool]) -> Json:
    """Return a receipt with those of its objects that are wanted."""
    head = receipt_head(storage, run_id)
    return {**head, "objects": [item for item in receipt_objects(storage, run_id) if wanted(item)]}


def shorten_receipts(storage: Storage) -> None:
    """Take the objects out of the receipts that have just become older than the newest few."""
    older = receipt_names(storage)[:-FULL_RECEIPTS]
    for run_id in islice(reversed(older), _SHORTENED_AT_ONCE):
        # What is no receipt is left alone.
        with contextlib.suppress(NoReceiptError):
            head = receipt_head(storage, run_id)
            if not head.get(SHORTENED):
                write_receipt_file(storage, run_id, {**head, SHORTENED: True}, ())


def _parsed(text: bytes) -> Json:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NoReceiptError("the file is no JSON") from error
    if not isinstance(value, dict):
        raise NoReceiptError("the file is no JSON object")
    return value

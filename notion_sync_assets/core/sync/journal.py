"""The journal: what a sync has finished so far, so that the next one continues after a kill.

Here: header, lines, and which of them may be trusted. Not here: what to do with a finished page (``engine``).
A line follows its document; it is written before the next page counts as done. Torn last lines and lines whose
document is not whole are ignored, so nothing here has to reach the disk to be safe. On an object store the lines of
some pages or seconds are one object (``Storage.append``), so a kill there costs what was read since.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.manifest import ManifestRow

JOURNAL_FORMAT = 1


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """What a journal belongs to: lines are worthless on another base or under other settings."""

    sync_id: str
    base: int
    fingerprint: str
    started_at: str
    format: int = JOURNAL_FORMAT


class Journal:
    """The journal of one running sync of one scope."""

    def __init__(
        self, storage: Storage, key: str, header: JournalHeader, *, pages: int, seconds: float
    ) -> None:
        self._storage = storage
        self._folder = f"{layout.journals(key)}/{header.sync_id}"
        self._lines = f"{self._folder}/lines.jsonl"
        self._pages = pages
        self._seconds = seconds
        self._undurable: list[str] = []
        self._flushed_at = 0.0
        self.header = header

    def begin(self, now: float) -> None:
        """Write the header."""
        self._storage.write(f"{self._folder}/header.json", canonical_bytes(dataclasses.asdict(self.header)))
        self._flushed_at = now

    def add(self, row: ManifestRow, now: float) -> None:
        """Record a finished page; every ``pages`` lines or ``seconds`` all so far is made durable."""
        if row.document:
            self._undurable.append(layout.document(row.document))
        due = len(self._undurable) >= self._pages or now - self._flushed_at >= self._seconds
        if due:
            self._flush_documents(now)
        line = canonical_bytes(row.to_json()) + b"\n"
        self._storage.append(self._lines, line, durable=due)

    def flush(self, now: float) -> None:
        """Make the documents written since the last flush survive power loss, then their lines."""
        self._flush_documents(now)
        self._storage.append(self._lines, b"", durable=True)

    def _flush_documents(self, now: float) -> None:
        self._storage.make_durable(self._undurable)
        self._undurable.clear()
        self._flushed_at = now


def new_header(base: int, fingerprint: str, started: dt.datetime) -> JournalHeader:
    """Return the header of a sync that starts now."""
    return JournalHeader(uuid.uuid4().hex[:16], base, fingerprint, started.isoformat())


def usable_lines(
    storage: Storage, key: str, expected: JournalHeader, max_age: dt.timedelta
) -> Iterator[ManifestRow]:
    """Yield the lines of every earlier journal that has the same base, settings and format and is young enough.

    The oldest journal comes first, so that of two lines of one page the later one counts.
    """
    folders = [f"{layout.journals(key)}/{name}" for name in storage.names(layout.journals(key))]
    found = [
        (header.started_at, folder)
        for folder in folders
        if (header := _header(storage, folder)) and _matches(header, expected, max_age)
    ]
    for _, folder in sorted(found):
        yield from _lines(storage, folder)


def journalled_documents(storage: Storage, key: str) -> Iterator[str]:
    """Yield the hashes of the documents that the journals of a scope name, usable or not."""
    for name in storage.names(layout.journals(key)):
        for row in _lines(storage, f"{layout.journals(key)}/{name}"):
            if row.document:
                yield row.document


def discard_all(storage: Storage, key: str) -> None:
    """Remove a scope's journals; called when a commit (or a sync without change) has made them useless."""
    storage.delete_tree(layout.journals(key))


def _header(storage: Storage, folder: str) -> JournalHeader | None:
    try:
        header = JournalHeader(**orjson.loads(storage.read(f"{folder}/header.json")))
        dt.datetime.fromisoformat(header.started_at)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return header


def _matches(header: JournalHeader, expected: JournalHeader, max_age: dt.timedelta) -> bool:
    age = dt.datetime.fromisoformat(expected.started_at) - dt.datetime.fromisoformat(header.started_at)
    same = (header.base, header.fingerprint, header.format) == (
        expected.base,
        expected.fingerprint,
        expected.format,
    )
    return same and dt.timedelta(0) <= age <= max_age


def _lines(storage: Storage, folder: str) -> Iterator[ManifestRow]:
    for line in storage.lines(f"{folder}/lines.jsonl"):
        try:
            yield ManifestRow(**orjson.loads(line))
        except (ValueError, TypeError):
            return

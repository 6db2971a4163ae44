"""Hosted files: fetched while their signed address lives, kept once per content.

Belongs here: `FileFetcher`, what it returns, and the sharing of equal downloads. Does not belong here: one transfer
(`file_transfer`), the allow-list (`file_policy`), media types (`media_type`), which files a page has (`documents`).

A file is written to the storage's scratch folder while it is hashed, then moved to `layout.hosted_file`; so memory
does not grow with its size and an unfinished one is never taken for a whole one.
"""

import asyncio
import contextlib
import tempfile
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

import httpx

from notion_sync_assets.core.canonical import Json, file_key
from notion_sync_assets.core.notion.file_policy import FilePolicy
from notion_sync_assets.core.notion.file_transfer import Received, Refresh, Sleep, Transfer, storage_trouble
from notion_sync_assets.core.notion.file_wire import FileWire
from notion_sync_assets.core.notion.media_type import HEAD_BYTES, detect
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.storage.layout import hosted_file

REMEMBERED = 1024
FileOutcome = Literal["stored", "known", "failed"]
_NAME_BYTES = 255
# Marks that turn the reading direction: they make `gpj.exe` look like `exe.jpg`.
_STEERING = frozenset({"Cc", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the export: SHA-256 (hex), bytes, media type, extension without dot, name as uploaded."""

    sha256: str
    size: int
    media_type: str
    extension: str
    name: str

    @property
    def path(self) -> str:
        """The path below the export root."""
        return hosted_file(self.sha256, self.extension)

    def to_json(self) -> Json:
        """Return the entry of a document's `files` (`documents`)."""
        return asdict(self)


class FileFetcher:
    """Brings hosted files into a storage. Use `async with`; leaving it ends what is still running.

    `max_bytes` 0 means any size; `concurrency` bounds the transfers at one time, `attempts` the tries of each.
    `on_end` hears how each transfer ended, and how many bytes were stored anew.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        api_base_url: str,
        max_bytes: int = 0,
        transport: httpx.AsyncBaseTransport | None = None,
        concurrency: int = 4,
        attempts: int = 5,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._storage = storage
        self._policy = FilePolicy(api_base_url)
        self._wire = FileWire(self._policy, concurrency=concurrency, transport=transport)
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._sleep = sleep
        self.on_end: Callable[[FileOutcome, int], None] = lambda _outcome, _bytes: None
        self._slots = asyncio.Semaphore(concurrency)
        self._keeping = asyncio.Lock()
        self._running: dict[str, _Download] = {}
        self._done: OrderedDict[str, StoredFile] = OrderedDict()

    async def __aenter__(self) -> Self:
        """Return the fetcher; connections open when they are needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what still runs, without a trace in the scratch folder, and close all connections."""
        await asyncio.gather(*(download.cancel() for download in self._running.values()))
        await self._wire.aclose()

    async def fetch(self, url: str, *, refresh: Refresh) -> StoredFile:
        """Return the stored file of a signed address, from the store when this process fetched it before.

        `refresh` gives a newly signed address of the same file, or None when the file is gone; of callers that
        ask for one file at one time only the first one's is used. Raises `FileRefusedError`,
        `FileUnavailableError`, `FileTooLargeError`, `TransientNotionError` after the last try, `StorageError`,
        and whatever `refresh` raises.
        """
        self._policy.checked(url)
        key = file_key(url)
        known = self._remembered(key)
        if known is not None:
            return known
        download = self._running.get(key)
        if download is None or download.abandoned:
            download = self._start(key, url, refresh)
        return await download.result()

    def _remembered(self, key: str) -> StoredFile | None:
        known = self._done.get(key)
        if known is None or not self._storage.exists(known.path):
            return None
        self._done.move_to_end(key)
        return known

    def _start(self, key: str, url: str, refresh: Refresh) -> "_Download":
        download = _Download(asyncio.create_task(self._download(key, url, refresh)))
        self._running[key] = download
        download.task.add_done_callback(lambda _: self._ended(key, download))
        return download

    def _ended(self, key: str, download: "_Download") -> None:
        if self._running.get(key) is download:
            del self._running[key]

    async def _download(self, key: str, url: str, refresh: Refresh) -> StoredFile:
        try:
            stored, is_new = await self._transferred(key, url, refresh)
        except Exception:
            self.on_end("failed", 0)
            raise
        self.on_end("stored" if is_new else "known", stored.size if is_new else 0)
        self._done[key] = stored
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        return stored

    async def _transferred(self, key: str, url: str, refresh: Refresh) -> tuple[StoredFile, bool]:
        async with self._slots:
            with _scratch_file(self._storage) as (place, target):
                transfer = Transfer(self._wire, url, target, refresh=refresh, max_bytes=self._max_bytes)
                received = await transfer.run(attempts=self._attempts, sleep=self._sleep)
                stored = _described(place, received, file_name(key))
                async with self._keeping:
                    return stored, await asyncio.to_thread(self._keep, place, stored)

    def _keep(self, place: Path, stored: StoredFile) -> bool:
        if self._storage.exists(stored.path):
            return False
        self._storage.put_file(place, stored.path)
        return True


class _Download:
    """A running download and how many wait for it; when the last of them gives up, so does the download."""

    def __init__(self, task: asyncio.Task[StoredFile]) -> None:
        self.task = task
        self.abandoned = False
        self._waiting = 0

    async def result(self) -> StoredFile:
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if not self._waiting:
                await self.cancel()

    async def cancel(self) -> None:
        """End the task and wait until it has cleaned up; nothing happens to a finished one."""
        self.abandoned = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def file_name(url: str) -> str:
    """The name a file was uploaded under: the last segment of the path, readable, at most 255 bytes of UTF-8.

    Without control characters and marks that turn the reading direction. A name to show, not to open: it may be
    empty, `..`, or a device name of some system.
    """
    segment = unquote(urlsplit(url).path.rsplit("/", 1)[-1], errors="replace").rsplit("/", 1)[-1]
    kept = "".join(
        c for c in segment if unicodedata.category(c) not in _STEERING and c not in _DIRECTION_MARKS
    )
    return kept.encode("utf-8")[:_NAME_BYTES].decode("utf-8", "ignore")


def _described(place: Path, received: Received, name: str) -> StoredFile:
    with place.open("rb") as content:
        head = content.read(HEAD_BYTES)
    kind = detect(head, size=received.size, content_type=received.content_type, name=name)
    return StoredFile(received.sha256, received.size, kind.media_type, kind.extension, name)


@contextlib.contextmanager
def _scratch_file(storage: Storage) -> Iterator[tuple[Path, FileIO]]:
    """A new file in the storage's scratch folder, gone at the end unless it was moved into place."""
    with storage_trouble():
        descriptor, name = tempfile.mkstemp(prefix="download-", dir=storage.scratch())
    try:
        with FileIO(descriptor, "wb") as target:
            yield Path(name), target
    finally:
        Path(name).unlink(missing_ok=True)

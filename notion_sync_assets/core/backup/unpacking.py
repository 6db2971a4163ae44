"""Checking a backup, and unpacking it into an empty place.

Here: the rules an archive must obey, whoever made it. Not here: its form (``form``).
An archive is read twice: the first time everything in it is checked and nothing is written; only then is it unpacked, and
each file is checked again on its way. It is read to its very end: the checksum of its content comes last. Members are
regular files with clean relative names below the known folders, no name twice, no links, no devices; size and number are
limited, whatever the compression promises.
"""

import hashlib
import io
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson
import pyarrow as pa

from notion_sync_assets.core.backup import form
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.storage.base import Storage, checked
from notion_sync_assets.core.temporary_rows import temporary_rows

_CHUNK = 1024 * 1024
_BATCH = 500
_HEAD_BYTES = 64 * 1024 * 1024
_LIST_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """The most files an archive may hold, and their most bytes in all."""

    files: int
    bytes: int


Take = Callable[[str, IO[bytes], int], str]
"""Takes a file's path, content and size, and returns its SHA-256."""


def check(archive: Path, limits: Limits) -> Json:
    """Check a whole archive; return what ``backup.json`` says. ``StorageError`` names the first thing that is wrong."""
    return _read(archive, limits, lambda _path, source, _size: _hash(source))


def unpack(archive: Path, storage: Storage, limits: Limits) -> Json:
    """Check an archive, then place its files; ``ConfigurationError`` unless the place is empty.

    Commits are placed last, so that a place that was only half filled holds no state that lacks something.
    """
    if [name for name in storage.names("") if name != ".scratch"]:
        raise ConfigurationError(
            f"{storage.location} is not empty", hint="a backup is restored into an empty folder only"
        )
    head = check(archive, limits)
    storage.prepare()
    commits: list[tuple[str, Path]] = []
    placed: list[str] = []

    def place(path: str, source: IO[bytes], _size: int) -> str:
        target = storage.scratch() / f"unpacked-{len(commits)}"
        sha256 = _copy(source, target)
        if "/commits/" in path:
            commits.append((path, target))
        else:
            storage.put_file(target, path, durable=False)
            placed.append(path)
            if len(placed) == _BATCH:
                _flush(storage, placed)
        return sha256

    _read(archive, limits, place)
    _flush(storage, placed)
    for path, target in commits:
        storage.put_file(target, path)
    storage.make_durable([path for path, _ in commits])
    return head


def _flush(storage: Storage, placed: list[str]) -> None:
    storage.make_durable(placed)
    placed.clear()


def _read(archive: Path, limits: Limits, take: Take) -> Json:
    with (
        _opened(archive) as members,
        tempfile.TemporaryFile() as found,
        closing(temporary_rows()) as names,
    ):
        names.execute("CREATE TABLE names (name PRIMARY KEY) WITHOUT ROWID")
        head, files, size = None, 0, 0
        for member, source in members:
            _check_member(member, names)
            if member.name == form.LIST:
                _compare(found, source)
                if head is None:
                    raise _bad(archive, f"it has no {form.HEAD}")
                if next(members, None) is not None:
                    raise _bad(archive, f"something comes after {form.LIST}")
                return head
            if head is None:
                head = _head(archive, member, source)
                continue
            files, size = files + 1, size + member.size
            if files > limits.files or size > limits.bytes:
                raise _bad(archive, "it holds more than is allowed (--max-files, --max-bytes)")
            if not form.belongs(member.name):
                raise _bad(archive, f"{member.name!r} is no part of an export")
            found.write(form.line(member.name, take(member.name, source, member.size), member.size))
        raise _bad(archive, "its end is missing")


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[tuple[tarfile.TarInfo, IO[bytes]]]]:
    """Hand out the members with their content; what is no whole archive is a ``StorageError``."""
    try:
        raw = pa.OSFile(str(path), "rb")
    except FileNotFoundError:
        raise ConfigurationError(f"there is no file {path}", hint="give the file of a backup") from None
    # Arrow's reader, not that of ``zstandard``: the latter takes a stream that ends too early for a whole one.
    with raw, pa.CompressedInputStream(raw, "zstd") as compressed:
        stream = _Decompressed(path, compressed)
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                yield _members(archive)
        except (tarfile.TarError, EOFError) as error:
            raise _bad(path, f"it is damaged ({error})") from error
        left = 0
        while padding := stream.read(tarfile.RECORDSIZE):
            left += len(padding)
            if left > tarfile.RECORDSIZE or padding.strip(b"\0"):
                raise _bad(path, "it goes on after its end")


class _Decompressed(io.RawIOBase):
    """The content of an archive; where it is damaged or cut off, ``StorageError``."""

    def __init__(self, path: Path, stream: pa.NativeFile) -> None:
        self._path = path
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self._stream.read(size)
        except OSError as error:
            raise _bad(self._path, f"it is damaged ({error})") from error
        return data


def _members(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    while (member := archive.next()) is not None:
        source = archive.extractfile(member) if member.isreg() else None
        if source is None:
            raise StorageError(
                f"refused {member.name!r} in a backup: only regular files may be in one",
                hint="this archive was not written by 'notion-sync backup'",
            )
        yield member, source
        # A stream is read once, and tarfile would remember every member.
        archive.members = []  # type: ignore[attr-defined]  # unknown to the stubs


def _check_member(member: tarfile.TarInfo, names: sqlite3.Connection) -> None:
    """Refuse a name that leaves the place, or comes twice, also where case does not count."""
    checked(member.name)
    try:
        names.execute("INSERT INTO names VALUES (?)", (member.name.casefold(),))
    except sqlite3.IntegrityError:
        raise StorageError(
            f"refused {member.name!r}: it is in the backup twice",
            hint="this archive was not written by 'notion-sync backup'",
        ) from None


def _head(archive: Path, member: tarfile.TarInfo, source: IO[bytes]) -> Json:
    if member.name != form.HEAD or member.size > _HEAD_BYTES:
        raise _bad(archive, "it is no backup of an export")
    try:
        head: Json = orjson.loads(source.read())
    except orjson.JSONDecodeError as error:
        raise _bad(archive, f"{form.HEAD} is damaged ({error})") from error
    found = head.get("format") if isinstance(head, dict) else head
    if found != form.BACKUP_FORMAT:
        raise _bad(archive, f"its format is {found!r}, not {form.BACKUP_FORMAT}")
    return head


def _compare(found: IO[bytes], listed: IO[bytes]) -> None:
    """Compare what was read with the list, line by line."""
    found.seek(0)
    while True:
        ours, theirs = found.readline(_LIST_LINE_BYTES), listed.readline(_LIST_LINE_BYTES)
        if ours != theirs:
            named = orjson.loads(ours)["path"] if ours else "what its list ends with"
            raise StorageError(
                f"{named} in the backup is damaged, missing or too many",
                hint="take another backup: nothing of this one was placed",
            )
        if not ours:
            return


def _hash(source: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest()


def _copy(source: IO[bytes], target: Path) -> str:
    found = hashlib.sha256()
    with target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            found.update(chunk)
            sink.write(chunk)
    return found.hexdigest()


def _bad(archive: Path, why: str) -> StorageError:
    return StorageError(f"{archive.name} cannot be restored: {why}", hint="nothing was placed")

"""Writing a backup: one archive, read back and checked before it gets its name.

Here: what goes in, in which order. Not here: the check (``unpacking``), who may write meanwhile (``history.exclusive``).
"""

import datetime as dt
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import orjson
import zstandard

from notion_sync_assets.core.backup import form
from notion_sync_assets.core.backup.unpacking import Limits, check
from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commits

_LEVEL = 6
BACKUPS = "state/backups.json"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written. ``heads``: scope key → number of the newest commit in it; ``sha256``: of the file."""

    file: str
    created_at: str
    files: int
    bytes: int
    sha256: str
    heads: dict[str, int]


def write_backup(storage: Storage, target: Path, now: dt.datetime) -> Backup:
    """Write everything that cannot be made again to ``target`` (0600) and check it; ``StorageError`` if it exists.

    The export keeps a note of it (``state/backups.json``), so that ``purge`` can name the backups that hold a page.
    """
    if target.exists():
        raise StorageError(f"{target} is there already", hint="choose another name: no backup is overwritten")
    heads = Commits(storage).heads()
    head: Json = {
        "format": form.BACKUP_FORMAT,
        "created_at": now.isoformat(),
        "heads": heads,
        "identity": orjson.loads(storage.read(layout.IDENTITY)),
    }
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            files, size = _write(storage, sink, head)
            sink.flush()
            os.fsync(sink.fileno())
        check(temporary, Limits(files, size))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    with target.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    made = Backup(str(target.absolute()), now.isoformat(), files, size, sha256, heads)
    storage.write(BACKUPS, canonical_bytes([*map(asdict, known_backups(storage)), asdict(made)]))
    return made


def known_backups(storage: Storage) -> list[Backup]:
    """Return the backups that were written of an export, oldest first, whether their files are still there or not."""
    try:
        return [Backup(**each) for each in orjson.loads(storage.read(BACKUPS))]
    except FileNotFoundError:
        return []


def _write(storage: Storage, sink: IO[bytes], head: Json) -> tuple[int, int]:
    files = total = 0
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    with (
        compressor.stream_writer(sink, closefd=False) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        tempfile.TemporaryFile() as listed,
    ):
        _add(archive, form.HEAD, io.BytesIO(canonical_bytes(head)))
        for path in _paths(storage):
            # What is not committed may go while it is read; what a commit names stays (nobody collects meanwhile).
            with suppress(FileNotFoundError), storage.open(path) as source:
                sha256, size = _add(archive, path, source)
                listed.write(form.line(path, sha256, size))
                files, total = files + 1, total + size
        listed.seek(0)
        _add(archive, form.LIST, listed)
    return files, total


def _paths(storage: Storage) -> Iterator[str]:
    """Yield what belongs into the backup: commits before all else, so that whatever they name is read after them."""
    keys = storage.names(layout.SCOPES)
    for key in keys:
        yield from storage.walk(layout.commits(key))
    commits = tuple(f"{layout.commits(key)}/" for key in keys)
    for root in form.ROOTS:
        yield from (
            path for path in storage.walk(root) if form.belongs(path) and not path.startswith(commits)
        )


def _add(archive: tarfile.TarFile, path: str, source: IO[bytes]) -> tuple[str, int]:
    """Add a file as a regular member without owner or time, so that equal exports make equal archives."""
    member = tarfile.TarInfo(path)
    member.size = source.seek(0, io.SEEK_END)
    member.mode = 0o600
    source.seek(0)
    hashing = _Hashing(source)
    archive.addfile(member, hashing)
    return hashing.sha256.hexdigest(), member.size


class _Hashing(io.RawIOBase):
    """A reader that hashes what is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.sha256.update(data)
        return data

"""The storage on an object store: direct puts, never a rename; exclusive creation by a conditional put.

Here: the rules of ``base`` in terms of fsspec. Not here: opening a store and its dialect (``stores``), content types
(``content_types``). A put that has returned is durable and seen by every reader, so ``durable`` changes nothing but
for :meth:`ObjectStorage.append`, whose parts are immutable objects: bytes that need not be durable wait in memory for
those that must. Unfinished files are local (``scratch``).
"""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.storage.base import Item, Result, checked
from notion_sync_assets.core.storage.content_types import content_type
from notion_sync_assets.core.storage.scratch import ScratchFolder
from notion_sync_assets.core.storage.stores import open_store, told

_CREATIONS = 3
_PAUSE_S = 0.2
_AT_ONCE = 8


class ObjectStorage:
    """An export below the URL of an object store; ``scratch`` is a local folder for unfinished files."""

    def __init__(self, url: str, options: Mapping[str, Any], scratch: Path) -> None:
        self.location = url.rstrip("/")
        self._store = open_store(url, options)
        self._scratch = ScratchFolder(scratch)
        self._waiting: dict[str, bytearray] = {}
        self._parts: dict[str, int] = {}

    def prepare(self) -> None:
        """Try out that the store creates exclusively; ``ConfigurationError`` when it does not: no commit would be safe."""
        probe = f"state/probe-{uuid.uuid4().hex}"
        try:
            first, second = self.create(probe, b"1"), self.create(probe, b"2")
        finally:
            with contextlib.suppress(StorageError):
                self.delete(probe)
        if not first or second:
            raise ConfigurationError(
                f"the store of {self.location} does not honour conditional writes (If-None-Match: *)",
                hint="two exports could overwrite each other there: use a store that does, or a local folder",
            )

    def read(self, path: str) -> bytes:
        """Return an object's bytes."""
        with told(f"read {path}"):
            data: bytes = self._store.fs.cat_file(self._key(path))
        return data

    def open(self, path: str) -> BinaryIO:
        """Return a reader of a local copy, which is gone when it is closed."""
        copy = self._fetched(path, self.scratch())
        try:
            return copy.open("rb")
        finally:
            copy.unlink()

    def exists(self, path: str) -> bool:
        """Tell whether the object is there."""
        key = self._key(path)
        with told(f"look for {path}"):
            try:
                return bool(self._store.fs.info(key)["type"] == "file")
            except FileNotFoundError:
                return False

    def write(self, path: str, data: bytes, *, durable: bool = True) -> None:  # noqa: ARG002 - a put is durable
        """Create or replace an object with one put."""
        with self._writing(path):
            self._store.fs.pipe_file(self._key(path), data, **self._typed(path))

    def create(self, path: str, data: bytes, *, durable: bool = True) -> bool:  # noqa: ARG002 - a put is durable
        """Create an object only if it is not there, by a conditional put.

        What lies there afterwards decides, not the answer: an answer that got lost is asked for again by the client,
        which then meets its own object.
        """
        for attempt in range(_CREATIONS):
            try:
                with self._writing(path):
                    self._store.fs.pipe_file(self._key(path), data, mode="create", **self._typed(path))
            except (FileExistsError, StorageError) as error:
                found = self._found(path)
                if found is not None:
                    return found == data
                if attempt == _CREATIONS - 1:
                    if isinstance(error, StorageError):
                        raise
                    raise StorageError(f"the store did not create {path}: {error}") from error
                time.sleep(_PAUSE_S * 2**attempt)
            else:
                return True
        raise AssertionError

    def put_file(self, source: Path, path: str, *, durable: bool = True) -> None:  # noqa: ARG002 - a put is durable
        """Upload a finished local file in chunks, then remove it here."""
        with self._writing(path):
            self._store.fs.put_file(
                str(source), self._key(path), **self._store.dialect.put, **self._typed(path)
            )
        source.unlink()

    def append(self, path: str, data: bytes, *, durable: bool) -> None:
        """Add bytes to an object made of immutable parts; a durable call writes what waited as the next part."""
        waiting = self._waiting.setdefault(checked(path), bytearray())
        waiting += data
        if durable and waiting:
            if path not in self._parts:
                self._parts[path] = max((int(name) for name in self.names(path)), default=0)
            self._parts[path] += 1
            self.write(f"{path}/{self._parts[path]:06d}", bytes(waiting))
            waiting.clear()

    def appended(self, path: str) -> bool:
        """Tell whether the object has a part, or bytes that wait for one."""
        return path in self._waiting or bool(self.names(path))

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines appended to an object, part by part, then those that wait."""
        for name in self.names(path):
            with contextlib.suppress(FileNotFoundError):
                yield from self.read(f"{path}/{name}").splitlines(keepends=True)
        yield from bytes(self._waiting.get(path, b"")).splitlines(keepends=True)

    def make_durable(self, paths: Iterable[str]) -> None:
        """Do nothing: every put was durable."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names below a prefix, up to the next slash."""
        key = self._key(folder) if folder else self._store.root
        with told(f"list {folder or self.location}"):
            try:
                found = self._store.fs.ls(key, detail=False)
            except FileNotFoundError:
                return []
        # A store lists an object as its own content, and a folder somebody made in a console as an object.
        names = {str(each).rstrip("/").removeprefix(f"{key}/") for each in found}
        return sorted(name for name in names if name and "/" not in name)

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the paths of all objects below a prefix, in the order of folders."""
        key = self._key(folder)
        with told(f"list {folder}"):
            try:
                found = self._store.fs.find(key)
            except FileNotFoundError:
                return
        inner = [str(each).removeprefix(f"{key}/").split("/") for each in found if str(each) != key]
        for parts in sorted(inner):
            yield "/".join([folder, *parts])

    def delete(self, path: str) -> None:
        """Remove an object if it is there."""
        with contextlib.suppress(FileNotFoundError), told(f"delete {path}"):
            self._store.fs.rm_file(self._key(path))

    def delete_tree(self, folder: str) -> None:
        """Remove all objects below a prefix, and what was appended there."""
        for path in [*self._waiting]:
            if path == folder or path.startswith(f"{folder}/"):
                del self._waiting[path]
                self._parts.pop(path, None)
        # Path by path: fsspec takes lists of them for patterns, and titles may hold brackets.
        for _ in self.at_once(self.delete, [*self.walk(folder), folder]):
            pass

    def at_once(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in order, a few made at once: most of the time of each is waiting."""
        remaining = iter(items)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="objects") as pool:
            while some := list(islice(remaining, _AT_ONCE)):
                yield from pool.map(function, some)

    def local_file(self, path: str, folder: Path) -> Path:
        """Return a copy of an object in ``folder``."""
        return self._fetched(path, folder)

    def scratch(self) -> Path:
        """Return this process's local folder for unfinished files."""
        return self._scratch.place()

    def clear_scratch(self) -> None:
        """Remove what ended processes of this host left half-written."""
        self._scratch.clear()

    def _key(self, path: str) -> str:
        return f"{self._store.root}/{checked(path)}"

    def _typed(self, path: str) -> dict[str, Any]:
        return self._store.dialect.typed(content_type(path))

    def _found(self, path: str) -> bytes | None:
        try:
            return self.read(path)
        except FileNotFoundError:
            return None

    def _fetched(self, path: str, folder: Path) -> Path:
        target = folder / f"{uuid.uuid4().hex}-{path.rsplit('/', 1)[-1][-80:]}"
        try:
            with told(f"read {path}"):
                self._store.fs.get_file(self._key(path), str(target))
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target

    @contextlib.contextmanager
    def _writing(self, path: str) -> Iterator[None]:
        try:
            with told(f"write {path}"):
                yield
        except FileNotFoundError as error:
            raise StorageError(
                f"{self.location} cannot be written to: {error}", hint="make the bucket first"
            ) from error

"""The storage on a local file system: temporary file in the scratch folder, fsync, rename, fsync of the folder.

Here: durability and permissions on POSIX (files 0600, folders 0700). Not here: any knowledge of what is stored.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.base import Item, Result, checked
from notion_sync_assets.core.storage.scratch import ScratchFolder

_SCRATCH = ".scratch"


class LocalStorage:
    """A folder that holds an export."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = str(root)
        self._scratch = ScratchFolder(root / _SCRATCH)

    @property
    def location(self) -> str:
        """The folder."""
        return str(self.root)

    def prepare(self) -> None:
        """Make the folder, for its owner only; ``OSError`` when the system refuses."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)

    def path(self, path: str) -> Path:
        """Return the local file of a path inside the export."""
        return self.root / checked(path)

    def _file(self, path: str) -> str:
        """Return what :meth:`path` does as text: a render asks for several files a page."""
        return f"{self._root}/{checked(path)}"

    def read(self, path: str) -> bytes:
        """Return an object's bytes."""
        with open(self._file(path), "rb") as source:  # noqa: PTH123 - see _file
            return source.read()

    def open(self, path: str) -> BinaryIO:
        """Return a binary reader."""
        return self.path(path).open("rb")

    def exists(self, path: str) -> bool:
        """Tell whether the object is there."""
        return os.path.isfile(self._file(path))  # noqa: PTH113 - see _file

    def write(self, path: str, data: bytes, *, durable: bool = True) -> None:
        """Create or replace an object at once."""
        target = self._prepared(path)
        with _full_disk_explained(), self._temporary(target, data, durable=durable) as temporary:
            os.replace(temporary, target)  # noqa: PTH105 - see _file
        if durable:
            fsync_folder(os.path.dirname(target))  # noqa: PTH120

    def create(self, path: str, data: bytes, *, durable: bool = True) -> bool:
        """Create an object only if it is not there: a hard link never replaces."""
        target = self._prepared(path)
        with _full_disk_explained(), self._temporary(target, data, durable=durable) as temporary:
            try:
                os.link(temporary, target)
            except FileExistsError:
                return False
            finally:
                os.unlink(temporary)  # noqa: PTH108
        if durable:
            fsync_folder(os.path.dirname(target))  # noqa: PTH120
        return True

    def put_file(self, source: Path, path: str, *, durable: bool = True) -> None:
        """Move a finished local file into place; the source is on the same file system (see ``scratch``)."""
        target = self._prepared(path)
        source.chmod(0o600)
        with _full_disk_explained():
            if durable:
                fsync_file(source)
            source.replace(target)
        if durable:
            fsync_folder(os.path.dirname(target))  # noqa: PTH120

    def append(self, path: str, data: bytes, *, durable: bool) -> None:
        """Add bytes to the end of an object."""
        target = self._prepared(path)
        with _full_disk_explained():
            descriptor = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write_all(descriptor, data)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def appended(self, path: str) -> bool:
        """Tell whether the object is there."""
        return self.exists(path)

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines of an object."""
        with contextlib.suppress(FileNotFoundError), self.open(path) as source:
            yield from source

    def make_durable(self, paths: Iterable[str]) -> None:
        """Flush objects, then each folder that names one, once."""
        folders: dict[str, None] = {}
        for path in paths:
            target = self._file(path)
            fsync_file(target)
            folders[os.path.dirname(target)] = None  # noqa: PTH120
        for folder in folders:
            fsync_folder(folder)

    def names(self, folder: str) -> list[str]:
        """Return the sorted names in a folder; unfinished files are elsewhere (``scratch``)."""
        place = self.path(folder) if folder else self.root
        if not place.is_dir():
            return []
        return sorted(entry.name for entry in os.scandir(place))

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the sorted paths below a folder; links are not followed."""
        for name in self.names(folder):
            path = f"{folder}/{name}"
            place = self.path(path)
            if place.is_dir() and not place.is_symlink():
                yield from self.walk(path)
            else:
                yield path

    def delete(self, path: str) -> None:
        """Remove an object if it is there."""
        self.path(path).unlink(missing_ok=True)

    def delete_tree(self, folder: str) -> None:
        """Remove a folder (or an object) if it is there; a link is removed, never followed."""
        place = self.path(folder)
        while place.is_dir() and not place.is_symlink():
            # Somebody else may be removing it, too.
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(place)
        place.unlink(missing_ok=True)

    def at_once(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results one by one: a disk is near."""
        return map(function, items)

    def scratch(self) -> Path:
        """Return this process's folder for unfinished files, on the same file system as the export."""
        return self._scratch.place()

    def clear_scratch(self) -> None:
        """Remove what ended processes of this host left half-written."""
        self._scratch.clear()

    def local_file(self, path: str, folder: Path) -> Path:  # noqa: ARG002 - nothing is copied
        """Return the file of an object."""
        place = self.path(path).absolute()
        if not place.is_file():
            raise FileNotFoundError(place)
        return place

    def _prepared(self, path: str) -> str:
        target = self._file(path)
        folder = os.path.dirname(target)  # noqa: PTH120
        if not os.path.isdir(folder):  # noqa: PTH112
            with _full_disk_explained():
                _make_folders(self.root, Path(folder))
        return target

    @contextlib.contextmanager
    def _temporary(self, target: str, data: bytes, *, durable: bool) -> Iterator[str]:
        """Hand out a file with the data, for the ``with`` block to move away; it is removed when that fails."""
        descriptor, name = self._scratch.new_file(os.path.basename(target))  # noqa: PTH119
        try:
            try:
                _write_all(descriptor, data)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            yield name
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def fsync_file(path: str | Path) -> None:
    """Flush one file to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: str | Path) -> None:
    """Flush a folder's names to the disk."""
    fsync_file(folder)


def _make_folders(root: Path, folder: Path) -> None:
    missing = []
    while not folder.exists() and folder != root:
        missing.append(folder)
        folder = folder.parent
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
        fsync_folder(place.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@contextlib.contextmanager
def _full_disk_explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                "the disk is full", hint="free some space and run the same command again"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageError(
                f"cannot write {error.filename}: {error.strerror}",
                hint="choose an output folder you may write to",
            ) from error
        raise

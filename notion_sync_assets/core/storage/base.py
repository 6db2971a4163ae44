"""The storage seam: what the engine needs from a place that holds bytes.

Here: the protocol and the rules every storage obeys. Not here: a storage (``local``, ``objects``), the names used in
it (``layout``). Paths are relative POSIX paths below the export root; a path that leaves the root is an error.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from notion_sync_assets.core.notion.errors import StorageError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Storage(Protocol):
    """A place for immutable and atomically replaced objects."""

    @property
    def location(self) -> str:
        """Where this is, for people: a folder or a URL, without credentials."""

    def prepare(self) -> None:
        """Make the place ready for an export; a ``NotionSyncError`` or ``OSError`` when it is not fit."""

    def read(self, path: str) -> bytes:
        """Return an object's bytes; ``FileNotFoundError`` when it is not there."""

    def open(self, path: str) -> BinaryIO:
        """Return a seekable binary reader; ``FileNotFoundError`` when it is not there."""

    def exists(self, path: str) -> bool:
        """Tell whether the object is there."""

    def write(self, path: str, data: bytes, *, durable: bool = True) -> None:
        """Create or replace an object at once; with ``durable`` it survives power loss when this returns."""

    def create(self, path: str, data: bytes, *, durable: bool = True) -> bool:
        """Create an object only if it is not there; False when somebody else was first.

        ``data`` names its writer (a token, a sync id): where an answer got lost, that tells one's own object from
        another's.
        """

    def put_file(self, source: Path, path: str, *, durable: bool = True) -> None:
        """Move a finished local file into place, as :meth:`write` does."""

    def append(self, path: str, data: bytes, *, durable: bool) -> None:
        """Add bytes to the end of an object that only this process writes, and that :meth:`lines` reads.

        What was not ``durable`` may be lost with the process until a durable call follows; ``b""`` will do. It is
        removed by :meth:`delete_tree`, since it may be many objects.
        """

    def appended(self, path: str) -> bool:
        """Tell whether something was appended to an object."""

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines that were appended to an object, the last one maybe torn; none when it is not there."""

    def make_durable(self, paths: Iterable[str]) -> None:
        """Flush objects written with ``durable=False``, and the folders that name them, to the disk."""

    def names(self, folder: str) -> list[str]:
        """Return the sorted names of what is directly in ``folder`` (empty: the root); empty if there is none."""

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the sorted paths of all objects below ``folder``."""

    def delete(self, path: str) -> None:
        """Remove an object; nothing happens when it is not there."""

    def delete_tree(self, folder: str) -> None:
        """Remove a folder with all below it; nothing happens when it is not there."""

    def at_once(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield what ``function`` makes of each item, in order; a store far away is asked for a few at once."""

    def scratch(self) -> Path:
        """Return a local folder for files that :meth:`put_file` then moves into place."""

    def clear_scratch(self) -> None:
        """Remove what ended processes of this host left there."""

    def local_file(self, path: str, folder: Path) -> Path:
        """Return a local file with an object's bytes: the object where it is one, else a new copy in ``folder``."""


# An empty one is a leading, trailing or doubled slash.
_NO_NAMES = frozenset(("", ".", ".."))


def checked(path: str) -> str:
    """Return ``path`` if it stays below the root, else raise ``StorageError``."""
    if "\\" in path or "\0" in path or not _NO_NAMES.isdisjoint(path.split("/")):
        raise StorageError(
            f"refused path {path!r}", hint="paths inside an export are relative and have no '..'"
        )
    return path

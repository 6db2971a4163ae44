"""The files of one render on their way into the export.

Here: claiming, comparing, writing in durable batches, deleting what is stale. Not here: what makes a render
necessary (``publish``), the memory of earlier renders (``render_state``).
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from notion_sync_assets.core.render.page_memory import Made
from notion_sync_assets.core.render.render_state import RenderState
from notion_sync_assets.core.storage.base import Storage

_BATCH_FILES = 64
_BATCH_BYTES = 8 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(slots=True)
class Tally:
    """Files written because they are new or differ, left because they are equal, deleted because they are stale."""

    written: int = 0
    unchanged: int = 0
    deleted: int = 0


class OutputWriter:
    """Brings the files of a scope in one format to the state an exporter yields."""

    def __init__(self, storage: Storage, state: RenderState, paths: sqlite3.Connection) -> None:
        self._storage = storage
        self._state = state
        self._paths = paths
        self._waiting: list[Made] = []
        self._size = 0
        self._claimed = False
        self.tally = Tally()

    def add(self, made: Made) -> None:
        """Take a file, to be written with others unless it equals the one that is there.

        A finished file is written at once, since it lasts only until the exporter goes on.
        """
        content = made[1]
        if isinstance(content, Path):
            self.flush()
            self._waiting.append(made)
            self.flush()
            return
        self._waiting.append(made)
        self._size += len(content or b"")
        if len(self._waiting) >= _BATCH_FILES or self._size >= _BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        batch, self._waiting, self._size = self._waiting, [], 0
        made = [(path, content) for path, content in batch if content is not None]
        moved = self._write_all(made) if made else []
        self._paths.executemany("INSERT OR REPLACE INTO paths VALUES (?, 1)", ((path,) for path, _ in batch))
        self.tally.written += len(moved)
        self.tally.unchanged += len(batch) - len(moved)

    def delete_stale(self, keep: Callable[[str], bool] = lambda _path: False) -> None:
        """Delete the known files that were not written, and the folders that this empties.

        ``keep`` is asked about each file before, and may take it over.
        """
        self._claim(())
        stale = "SELECT path FROM paths WHERE NOT live ORDER BY path"
        folders = set()
        for (path,) in self._paths.execute(stale):
            if self._storage.exists(path):
                keep(path)
                self._storage.delete(path)
                self.tally.deleted += 1
            folders.add(str(PurePosixPath(path).parent))
        for folder in sorted(folders, reverse=True):
            self._prune(folder)

    def files(self) -> Iterator[str]:
        """Yield the paths of the finished output, sorted."""
        for (path,) in self._paths.execute("SELECT path FROM paths WHERE live ORDER BY path"):
            yield path

    def _write_all(self, made: list[tuple[str, bytes | Path]]) -> list[str]:
        names = [path for path, _ in made]
        self._claim(names)
        written = self._storage.at_once(self._write, made)
        moved = [path for path, is_new in zip(names, written, strict=True) if is_new]
        self._storage.make_durable(moved)
        return moved

    def _claim(self, paths: Sequence[str]) -> None:
        """Note what is about to be written; that something is about to change is noted once."""
        if paths or not self._claimed:
            self._state.claim(paths)
            self._claimed = True

    def _write(self, output: tuple[str, bytes | Path]) -> bool:
        path, content = output
        if equal(self._storage, path, content):
            return False
        if isinstance(content, bytes):
            self._storage.write(path, content, durable=False)
        else:
            self._storage.put_file(content, path, durable=False)
        return True

    def _prune(self, folder: str) -> None:
        while folder != "." and not self._storage.names(folder):
            self._storage.delete_tree(folder)
            folder = str(PurePosixPath(folder).parent)


def open_outputs(rows: sqlite3.Connection, storage: Storage, state: RenderState) -> OutputWriter:
    """Return the writer of a scope's files; the known paths are in ``rows``, a temporary database."""
    rows.execute("CREATE TABLE paths (path PRIMARY KEY, live) WITHOUT ROWID")
    rows.executemany("INSERT OR IGNORE INTO paths VALUES (?, 0)", ((path,) for path in state.known()))
    return OutputWriter(storage, state, rows)


def equal(storage: Storage, path: str, content: bytes | Path) -> bool:
    """Tell whether a stored object has this content; that it is not there is met in reading it, not asked before."""
    try:
        if isinstance(content, bytes):
            return storage.read(path) == content
        with storage.open(path) as old, content.open("rb") as new:
            while chunk := new.read(_CHUNK):
                if old.read(len(chunk)) != chunk:
                    return False
            return not old.read(1)
    except FileNotFoundError:
        return False

"""The SQLite files of Dagster's event log while this process writes to them: made cheaply, held open.

Here: how the files are treated. Not here: what is written into them (``event_batch``), where they are (``instance``).
Dagster's log on SQLite has a file for each run and an index of all. It makes a file by loading every migration there ever
was, twice, and opens and closes one for each event. Other storages are left alone.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage

_RUNLESS = ""


class RunFiles:
    """The files of the runs that this process starts one after another in an instance."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._empty: bytes | None = None

    @contextlib.contextmanager
    def of(self, run_id: str) -> Iterator[None]:
        """Give a run that nobody knows yet its file, and hold the log open while it runs."""
        storage = self._instance.event_log_storage
        if isinstance(storage, SqliteEventLogStorage):
            self._prepare(storage, run_id)
        with kept_open(self._instance, run_id):
            yield

    def _prepare(self, storage: SqliteEventLogStorage, run_id: str) -> None:
        """Let Dagster make the first file; those of later runs begin as that one did."""
        path = Path(storage.path_for_shard(run_id))
        if self._empty is None:
            # Dagster's own way closes the file, which is whole then.
            with SqliteEventLogStorage.run_connection(storage, run_id):
                pass
            self._empty = path.read_bytes()
            return
        # Under another name until it is whole: Dagster takes every file of this ending for one of its own.
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(self._empty)
        part.replace(path)
        storage._initialized_dbs.add(run_id)  # noqa: SLF001 - it would look again whether the tables are there


@contextlib.contextmanager
def kept_open(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Hold the log's SQLite files open while much is logged; other storages are left alone.

    The storage opens and closes a file for each statement, and whoever closes a file last writes its journal back and
    deletes it.
    """
    storage = instance.event_log_storage
    with contextlib.ExitStack() as stack:
        if isinstance(storage, SqliteEventLogStorage):
            for shard in (INDEX_SHARD_NAME, run_id, _RUNLESS):
                path = storage.path_for_shard(shard)
                if Path(path).exists():
                    held = stack.enter_context(contextlib.closing(sqlite3.connect(path)))
                    held.execute("SELECT 1 FROM sqlite_master").fetchone()
        yield

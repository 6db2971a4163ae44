"""Dagster's storage on SQLite for a process that writes much to it: the same files by the same statements, kept open.

Here: connections. Not here: what is in the files: that stays Dagster's, whose own classes read and write them in other
processes meanwhile. Those make an engine, open a file and compile a statement anew each time, some hundreds of times for the
smallest export.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.util import LRUCache

_KEPT_OPEN = 8
_STATEMENTS = 500
_BUSY_S = 30


def _engine(url: str) -> Engine:
    return create_engine(url, connect_args={"timeout": _BUSY_S})


class _Engines:
    """The engines of the files used last, for one thread at a time; they share their compiled statements."""

    def __init__(self) -> None:
        self._statements: LRUCache[object, object] = LRUCache(_STATEMENTS)
        self._engines: OrderedDict[str, Engine] = OrderedDict()

    def of(self, url: str) -> Engine:
        engine = self._engines.pop(url, None)
        if engine is None:
            engine = _engine(url).execution_options(compiled_cache=self._statements)
        self._engines[url] = engine
        if len(self._engines) > _KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def close(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()


class KeptEventLogStorage(SqliteEventLogStorage):
    """Events: a file for each run, and the index."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept = _Engines()
        self._prepared: set[str] = set()
        self._one_at_a_time = threading.Lock()
        super().__init__(base_dir, inst_data)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction on a run's file."""
        return self._transaction(run_id or "")

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction on the index."""
        return self._transaction(INDEX_SHARD_NAME)

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[Connection]:
        with self._one_at_a_time:
            if shard not in self._prepared:
                # Dagster's own way makes the tables.
                with super().run_connection(shard):
                    self._prepared.add(shard)
            with self._kept.of(self.conn_string_for_shard(shard)).begin() as connection:
                yield connection

    def wipe(self) -> None:
        """Remove all events, and with them the files of the runs."""
        self._kept.close()
        self._prepared.clear()
        super().wipe()

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        self._kept.close()


class _KeptRunStorage(SqliteRunStorage):
    """Runs, all in one file."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = _engine(conn_string)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file."""
        super().dispose()
        self._engine.dispose()


class KeptSqliteStorage(DagsterSqliteStorage):
    """Dagster's three stores on SQLite, of which runs and event log are kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        made = self._event_log_storage, self._run_storage
        self._event_log_storage = KeptEventLogStorage(
            str(Path(made[0].path_for_shard(INDEX_SHARD_NAME)).parent)
        )
        self._run_storage = _KeptRunStorage(made[1]._conn_string)  # noqa: SLF001 - making one again takes 0.2 s

    @classmethod
    def from_config_value(  # type: ignore[override]  # the two base classes differ
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> "KeptSqliteStorage":
        """Make it from an entry of a `dagster.yaml`."""
        return cls.from_local(inst_data=inst_data, **config_value)


def with_files_kept_open(ref: InstanceRef) -> InstanceRef:
    """Return the same instance with its files kept open; what is not on SQLite stays as it is."""
    data = ref.storage_data
    if data is None or data.class_name != DagsterSqliteStorage.__name__:
        return ref
    ours = KeptSqliteStorage.__module__, KeptSqliteStorage.__name__
    return ref._replace(storage_data=ConfigurableClassData(*ours, data.config_yaml))

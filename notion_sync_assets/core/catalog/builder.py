"""The catalog: a DuckDB file made from what scopes have committed, and the only writer of it.

Here: what moved, the work on a private copy, and its publication at once. Not here: SQL (``ddl``, ``load``,
``derive``), queries (``queries``). The catalog can be thrown away: a build without one, or with one that is
damaged or of another format, makes the same content from zero.
"""

# ruff: noqa: S608 - names of tables and columns come from the declarations in this package

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from notion_sync_assets.core.canonical import Json, digest
from notion_sync_assets.core.catalog import load, runs, source_tables
from notion_sync_assets.core.catalog.ddl import CATALOG_FORMAT, DuckDBConfig, create_tables, people_tables
from notion_sync_assets.core.catalog.derive import derive_tables
from notion_sync_assets.core.catalog.dictionary import Section, dictionary_page, sections
from notion_sync_assets.core.catalog.property_history import load_property_history
from notion_sync_assets.core.catalog.publication import publish_catalog, published_dictionary
from notion_sync_assets.core.catalog.search import load_words, remove_words
from notion_sync_assets.core.catalog.sources import Sources
from notion_sync_assets.core.catalog.sql import literal
from notion_sync_assets.core.catalog.text import json_text
from notion_sync_assets.core.catalog.views import create_views
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.render.site import dictionary as site_page
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.commits import Commit


@dataclass(frozen=True, slots=True)
class CatalogResult:
    """What a build did.

    ``written``: whether a new file was published; ``rebuilt``: whether it was made from zero. ``replaced`` and
    ``removed``: keys of scopes. ``rows``: rows of each table, empty when nothing was written.
    """

    written: bool
    rebuilt: bool
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the catalog shall show."""

    heads: dict[str, Commit]
    users: Sequence[Json]
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a catalog file shows: ``{"seq", "sync_id", "tables_kept", "fingerprint"}`` of each scope, and its facts."""

    scopes: dict[str, Json]
    facts: dict[str, str]


_NOTHING = _Shown({}, {})
_USE = "USE building; SET TimeZone = 'UTC'"
# The file format of this DuckDB version: older command lines and BI tools can still open the catalog.
_READABLE_SINCE = "v1.2.0"
# Each thread gathers a group before it writes one; with DuckDB's own 122,880 rows, blocks need half a gigabyte.
_ROW_GROUP = 16_384
_TABLES_AT_ONCE = 25
# FSST looks for what strings have in common, and takes as long for a short column as for a long one.
_ROWS_WORTH_FSST = 1000

Result = TypeVar("Result")


def build_catalog(
    storage: Storage,
    *,
    memory_limit: str,
    threads: int,
    workspace: Json,
    users: list[Json] | None,
    anew: bool = False,
) -> CatalogResult:
    """Bring ``notion.duckdb`` to the committed state of every scope.

    ``memory_limit`` is DuckDB's (``"512MB"``); beyond it the work spills into the scratch folder. ``workspace``:
    facts about the workspace, kept as JSON. ``users``: the user objects the workspace lists, None where listing
    is not permitted. Scopes whose sequence did not move are left alone; when nothing moved (scopes, users,
    workspace) no file is written; the receipt of a run that changed nothing waits for the next change. ``anew``: make
    it from zero whatever is there. Raises ``StorageError`` when a file of a commit is missing or damaged.
    """
    with tempfile.TemporaryDirectory(prefix="catalog-", dir=storage.scratch()) as folder:
        place = Path(folder)
        sources = Sources(storage, place)
        wanted = _wanted(sources, workspace, users or [])
        limits: DuckDBConfig = {
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": str(place / "spill"),
        }
        build = _Build(sources, wanted, place, limits, threads)
        try:
            result = build.from_zero() if anew else build.increment()
        except (duckdb.Error, FileNotFoundError):
            result = build.from_zero()
        if result.written:
            publish_catalog(storage, build.file, dictionary_page(build.dictionary))
        elif not site_page.is_of(storage, published_dictionary(storage)):
            build.describe_current()
        if build.dictionary:
            site_page.put_in_place(storage, build.dictionary)
        return result


def _wanted(sources: Sources, workspace: Json, users: Sequence[Json]) -> _Wanted:
    facts = {
        "format": CATALOG_FORMAT,
        "workspace": json_text(workspace),
        "users": digest(list(users)),
    }
    return _Wanted(sources.heads(), users, facts)


class _Build:
    """One build in a private folder; ``file`` is its result, ``dictionary`` tells what is in it."""

    def __init__(
        self, sources: Sources, wanted: _Wanted, place: Path, limits: DuckDBConfig, threads: int
    ) -> None:
        self.file = place / "next.duckdb"
        self.dictionary: list[Section] = []
        self._sources = sources
        self._wanted = wanted
        self._limits = limits
        self._threads = threads

    def increment(self) -> CatalogResult:
        """Replace what moved in a copy of the current catalog; raises ``duckdb.Error`` when it is unusable."""
        current = self._sources.current_catalog()
        if current is None:
            return self.from_zero()
        shown = self._shown(current)
        if shown.facts.get("format") != CATALOG_FORMAT or self._read_otherwise(shown):
            return self.from_zero()
        replaced = [key for key, head in self._wanted.heads.items() if not self._is_shown(shown, head)]
        removed = sorted(shown.scopes.keys() - self._wanted.heads.keys())
        if not replaced and not removed and shown.facts == self._wanted.facts:
            return CatalogResult(written=False, rebuilt=False, replaced=(), removed=(), rows={})
        shutil.copyfile(current, self.file)
        return self._apply(shown, replaced, removed, rebuilt=False)

    def from_zero(self) -> CatalogResult:
        """Make the whole catalog anew."""
        self.file.unlink(missing_ok=True)
        self.file.with_name(self.file.name + ".wal").unlink(missing_ok=True)
        try:
            return self._apply(_NOTHING, list(self._wanted.heads), [], rebuilt=True)
        except (duckdb.Error, FileNotFoundError) as error:
            raise StorageError(
                f"the catalog cannot be built: {error}",
                hint="run 'notion-sync verify' to see which files of the export are damaged",
            ) from error

    def describe_current(self) -> None:
        """Read the dictionary of the catalog there is."""
        current = self._sources.current_catalog()
        if current is not None:
            with self._open(current, read_only=True) as connection:
                self.dictionary = sections(connection)

    def _shown(self, current: Path) -> _Shown:
        with self._open(current, read_only=True) as connection:
            scopes = connection.execute(
                "SELECT scope, seq, sync_id, tables_kept, fingerprint FROM main.scopes"
            ).fetchall()
            facts = connection.execute("SELECT key, value FROM main.catalog_info").fetchall()
        names = ("seq", "sync_id", "tables_kept", "fingerprint")
        return _Shown({scope: dict(zip(names, row, strict=True)) for scope, *row in scopes}, dict(facts))

    def _is_shown(self, shown: _Shown, head: Commit) -> bool:
        known = shown.scopes.get(head.scope, {})
        same = (known.get("seq"), known.get("sync_id")) == (head.seq, head.sync_id)
        return same and known["tables_kept"] == self._sources.tables_kept(head)

    def _read_otherwise(self, shown: _Shown) -> bool:
        """Tell whether a scope was read with other settings, such as how people are shown.

        What a scope said before stays in the free blocks of a file until they are used again.
        """
        heads = self._wanted.heads
        known = {key: each["fingerprint"] for key, each in shown.scopes.items() if key in heads}
        return any(heads[key].fingerprint != fingerprint for key, fingerprint in known.items())

    def _apply(
        self, shown: _Shown, replaced: list[str], removed: list[str], *, rebuilt: bool
    ) -> CatalogResult:
        with self._open(self.file, read_only=False) as connection:
            if rebuilt:
                self._stage(connection, self._create)
            self._stage(connection, self._replace, shown, replaced, removed)
            self._stage(connection, self._index, replaced, removed)
            self._stage(connection, runs.bring_up_to_date, self._sources)
            self._stage(connection, self._derive)
            self._source_tables(connection, replaced)
            rows = _counts(connection)
            self.dictionary = sections(connection)
        return CatalogResult(True, rebuilt, tuple(replaced), tuple(removed), rows)

    def _stage(
        self, connection: duckdb.DuckDBPyConnection, work: Callable[..., Result], *arguments: object
    ) -> Result:
        """Do some of the work in a transaction of its own: what one holds back until its end takes memory."""
        connection.execute("BEGIN")
        result = work(connection, *arguments)
        connection.execute("COMMIT")
        return result

    def _create(self, connection: duckdb.DuckDBPyConnection) -> None:
        create_tables(connection)
        create_views(connection)

    def _index(self, connection: duckdb.DuckDBPyConnection, replaced: list[str], removed: list[str]) -> None:
        remove_words(connection, [*replaced, *removed])
        load_words(connection, replaced)

    def _derive(self, connection: duckdb.DuckDBPyConnection) -> None:
        load.load_info(connection, self._wanted.facts)
        derive_tables(connection, self._wanted.users)

    def _source_tables(self, connection: duckdb.DuckDBPyConnection, replaced: list[str]) -> None:
        """Make the table of each data source; a workspace may have thousands, most of them small."""
        tables = self._stage(connection, source_tables.remove_stale, replaced)
        connection.execute("CHECKPOINT")
        connection.execute("SET disabled_compression_methods = 'fsst'")
        self._create_source_tables(
            connection, [table for table in tables if self._is_small(table)], self._threads
        )
        connection.execute("CHECKPOINT")
        connection.execute("RESET disabled_compression_methods")
        self._create_source_tables(connection, [table for table in tables if not self._is_small(table)], 1)
        connection.execute("CHECKPOINT")

    def _is_small(self, table: source_tables.SourceTable) -> bool:
        return self._wanted.heads[table.scope].counts.get("pages", 0) < _ROWS_WORTH_FSST

    def _create_source_tables(
        self, connection: duckdb.DuckDBPyConnection, tables: list[source_tables.SourceTable], threads: int
    ) -> None:
        """Create tables, small ones side by side: what they take is the planning of their query, by one thread."""

        def create(some: list[source_tables.SourceTable]) -> None:
            with connection.cursor() as own:
                own.execute(_USE)
                self._stage(own, source_tables.create, some)

        parts = [tables[start : start + _TABLES_AT_ONCE] for start in range(0, len(tables), _TABLES_AT_ONCE)]
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(create, parts):
                pass

    def _replace(
        self, connection: duckdb.DuckDBPyConnection, shown: _Shown, replaced: list[str], removed: list[str]
    ) -> None:
        heads = [self._wanted.heads[key] for key in replaced]
        rewritten = [
            head.scope for head in heads if not self._sources.known_seq(head, shown.scopes.get(head.scope))
        ]
        load.remove_scopes(connection, [*replaced, *removed])
        load.remove_events(connection, [*rewritten, *removed])
        load.load_scopes(connection, self._sources, heads)
        paths = [
            path for head in heads for path in self._sources.new_events(head, shown.scopes.get(head.scope))
        ]
        load.load_events(connection, paths)
        load_property_history(connection, self._sources, heads)

    @contextlib.contextmanager
    def _open(self, path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        config: DuckDBConfig = {
            **self._limits,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        form = (
            "READ_ONLY" if read_only else f"STORAGE_VERSION '{_READABLE_SINCE}', ROW_GROUP_SIZE {_ROW_GROUP}"
        )
        connection = duckdb.connect(config=config)
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS building ({form}); {_USE}")
            yield connection
        finally:
            connection.close()


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = [table.name for table in people_tables()]
    selects = ", ".join(f'(SELECT count(*) FROM main."{name}")' for name in names)
    row = connection.execute(f"SELECT {selects}").fetchone()
    return dict(zip(names, row or (), strict=True))

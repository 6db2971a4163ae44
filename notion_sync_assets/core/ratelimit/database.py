"""The connection to the PostgreSQL database a budget is kept in.

Belongs here: connecting, the table, the budget's lock, the database's clock, and errors without the password. Does
not belong here: what is in the table (`postgres`). Needs psycopg: the extra `notion-sync-assets[postgres]`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.ratelimit.budget import FORGOTTEN_AFTER_S

Cursor = psycopg.Cursor[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]

_CLOCK_CHECKED_EVERY_S = 60.0
_CONNECT_TIMEOUT_S = 5
_OPTIONS = "-c lock_timeout=10s -c statement_timeout=10s"
# One row per request that counts; the pace of a budget is the row that has one.
_CREATE = """
CREATE TABLE notion_sync_budget (
    ticket bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget text NOT NULL, sent_at double precision, ended_at double precision, pace text
);
CREATE INDEX notion_sync_budget_by_end ON notion_sync_budget (budget, ended_at);
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_FORGET = """
DELETE FROM notion_sync_budget WHERE sent_at < (SELECT max(sent_at) FROM notion_sync_budget) - %s
"""


class BudgetDatabase:
    """One connection, opened when first used and again after every error.

    Raises `ConfigurationError` for a DSN that is none, and `StorageError` for whatever the database refuses.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = _checked(dsn)
        self._connection: Connection | None = None
        self._ahead_s = 0.0
        self._clock_checked_at = float("-inf")

    def now(self) -> float:
        """The database's time in seconds since 1970, which is the same for all hosts."""
        if time.monotonic() - self._clock_checked_at >= _CLOCK_CHECKED_EVERY_S:
            self._check_clock()
        return time.monotonic() + self._ahead_s

    @contextmanager
    def transaction(self, budget: str) -> Iterator[Cursor]:
        """One transaction that no other process with the same budget runs beside."""
        with self._statements() as cursor, cursor.connection.transaction():
            cursor.execute(_LOCK, (budget,))
            yield cursor

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _check_clock(self) -> None:
        sent = time.monotonic()
        self._clock_checked_at = sent
        try:
            with self._statements() as cursor:
                row = cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        except StorageError:
            # The clock measured last is near enough; where there was none, nothing is admitted either.
            return
        assert row is not None
        self._ahead_s = float(row[0]) - (sent + time.monotonic()) / 2

    @contextmanager
    def _statements(self) -> Iterator[Cursor]:
        try:
            connection = self._opened()
            with connection.pipeline(), connection.cursor() as cursor:
                yield cursor
        except psycopg.Error as error:
            self.close()
            raise StorageError(
                f"the request budget in PostgreSQL cannot be used: {self._without_password(error)}",
                hint="Check limiter.dsn and that the database is up, or choose another limiter.backend.",
            ) from None

    def _opened(self) -> Connection:
        if self._connection is None:
            connection: Connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=_CONNECT_TIMEOUT_S, options=_OPTIONS
            )
            try:
                _make_table(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _without_password(self, error: psycopg.Error) -> str:
        password = conninfo.conninfo_to_dict(self._dsn).get("password")
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return text.replace(str(password), "***") if password else text


def _checked(dsn: str) -> str:
    try:
        conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        # Not chained: the parser repeats what it could not read, and a password may be part of that.
        raise ConfigurationError(
            "limiter.dsn is no PostgreSQL connection string",
            hint="Write it as postgresql://user:password@host/database.",
        ) from None
    return dsn


def _make_table(connection: Connection) -> None:
    """Make the table where it is missing, one process at a time; forget budgets nobody has used for a day."""
    with connection.transaction():
        connection.execute(_LOCK, ("notion_sync_budget",))
        found = connection.execute("SELECT to_regclass('notion_sync_budget')").fetchone()
        # Asked first: a role that may use the table need not be allowed to create any.
        if found is None or found[0] is None:
            connection.execute(_CREATE)
        connection.execute(_FORGET, (FORGOTTEN_AFTER_S,))

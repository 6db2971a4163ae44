"""The backends that must pass the conformance suite, each made on virtual time.

A backend is a function (place, limit, window_s) → limiter; limiters of one place share a budget. PostgreSQL is asked
for by the tests of a real server, which have its address (`conftest`).
"""

from notion_sync_assets.core.ratelimit.ledger import budget_name
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.postgres import PostgresLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock


def memory(_folder, limit, window_s=60.0):
    return MemoryLimiter(limit, window_s, clock=clock)


def sqlite(folder, limit, window_s=60.0):
    return SqliteLimiter(folder / "budget.sqlite", "a budget", limit, window_s, clock=clock)


class Postgres:
    """The backend in the database at an address; a place is a budget there."""

    def __init__(self, dsn):
        self._dsn = dsn
        self._made = []

    def __call__(self, folder, limit, window_s=60.0):
        limiter = PostgresLimiter(
            self._dsn, budget_name(str(folder), self._dsn), limit, window_s, clock=clock
        )
        self._made.append(limiter)
        return limiter

    def close(self):
        for limiter in self._made:
            limiter.close()

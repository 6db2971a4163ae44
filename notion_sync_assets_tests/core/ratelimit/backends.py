"""The backends that must pass the conformance suite, each made on virtual time."""

from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock

TOKEN = "ntn_the_token_of_the_budget"


def memory(_folder, limit, window_s=60.0):
    return MemoryLimiter(limit, window_s, clock=clock)


def sqlite(folder, limit, window_s=60.0):
    return SqliteLimiter(folder / "budget.sqlite", TOKEN, limit, window_s, clock=clock)


BACKENDS = [memory, sqlite]

"""The backends by name, and a PostgreSQL for the one that needs it."""

import pytest

from notion_sync_assets_tests.core.ratelimit.backends import Postgres, memory, sqlite
from notion_sync_assets_tests.postgres_server import postgres_programs, running_postgres
from notion_sync_assets_tests.system.conftest import absent


@pytest.fixture(scope="session")
def postgres_server():
    """A real server; without PostgreSQL's programs the test is skipped, in CI it fails."""
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture
def backend(request):
    """A backend of the conformance suite: a function (place, limit, window_s) that makes limiters."""
    if request.param == "postgres":
        made = Postgres(request.getfixturevalue("postgres_server").dsn)
        yield made
        made.close()
        return
    yield {"memory": memory, "sqlite": sqlite}[request.param]

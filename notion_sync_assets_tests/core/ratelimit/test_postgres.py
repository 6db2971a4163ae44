"""What only the database can do: several processes and hosts, its own clock, and coming back after it was away."""

import asyncio
import logging
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.ratelimit import postgres
from notion_sync_assets.core.ratelimit.database import BudgetDatabase
from notion_sync_assets.core.ratelimit.ledger import budget_name
from notion_sync_assets.core.ratelimit.postgres import PostgresLedger, PostgresLimiter
from notion_sync_assets_tests.postgres_server import postgres_programs, running_postgres

NOWHERE = "postgresql://somebody:hunter2@127.0.0.1:9/nowhere"


@pytest.fixture
def ledger(postgres_server, request):
    with closing(_ledger(postgres_server, request.node.name)) as made:
        yield made


def _ledger(server, budget, limit=2):
    return PostgresLedger(BudgetDatabase(server.dsn), budget, limit, 60.0)


@pytest.mark.system
def test_processes_that_start_together_never_exceed_the_limit(postgres_server):
    script = f"""
        from notion_sync_assets.core.ratelimit.postgres import BudgetDatabase, PostgresLedger
        ledger = PostgresLedger(BudgetDatabase({postgres_server.dsn!r}), "of three", 25, 60.0)
        print(sum(ledger.admit(100.0).ticket is not None for _ in range(20)))
        ledger.close()
        """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
        for _ in range(3)
    ]
    assert sum(int(process.communicate()[0]) for process in started) == 25


@pytest.mark.system
def test_a_refusal_of_one_is_waited_out_by_the_other(postgres_server, ledger, request):
    with closing(_ledger(postgres_server, request.node.name)) as other:
        assert ledger.refuse(100.0, 400.0, 100.0)
        assert other.admit(100.0).wait_s == pytest.approx(400.0)
        assert (other.mode(499.0), other.mode(501.0)) == ("blocked", "paced")


@pytest.mark.system
def test_a_request_nobody_ends_counts_as_ended_after_ninety_seconds(ledger):
    assert [ledger.admit(100.0).ticket is not None for _ in range(3)] == [True, True, False]
    assert ledger.admit(191.0).wait_s == pytest.approx(190.0 + 60.05 - 191.0)
    assert ledger.admit(251.0).ticket is not None


@pytest.mark.system
def test_times_are_those_of_the_database_and_not_of_this_host(postgres_server, monkeypatch):
    wrong = time.time() - 5_000.0
    monkeypatch.setattr(time, "time", lambda: wrong)
    with closing(BudgetDatabase(postgres_server.dsn)) as database, psycopg.connect(postgres_server.dsn) as db:
        ours = database.now()
        theirs = float(db.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()[0])
    db.close()
    assert ours == pytest.approx(theirs, abs=0.5)


@pytest.mark.system
def test_the_token_is_not_in_the_table(postgres_server):
    token = "ntn_the_token_of_the_budget"
    name = budget_name(token, "https://api.notion.com")
    with closing(PostgresLimiter(postgres_server.dsn, name, 5)) as limiter:
        asyncio.run(limiter.acquire()).done()
        limiter.penalize(0.0, "429")
    with psycopg.connect(postgres_server.dsn) as db:
        rows = str(db.execute("SELECT * FROM notion_sync_budget").fetchall())
    db.close()
    assert name in rows
    assert token not in rows


@pytest.mark.system
def test_a_role_that_may_not_create_tables_can_use_the_one_that_is_there(postgres_server, ledger):
    ledger.admit(100.0)
    with psycopg.connect(postgres_server.dsn, autocommit=True) as db:
        db.execute("CREATE ROLE guest LOGIN")
        db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        db.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notion_sync_budget TO guest")
    db.close()
    guest = PostgresLedger(BudgetDatabase(f"{postgres_server.dsn} user=guest"), "of a guest", 1, 60.0)
    with closing(guest):
        assert guest.admit(100.0).ticket is not None


@pytest.mark.system
def test_a_database_that_restarts_holds_requests_up_and_fails_none(monkeypatch, caplog):
    monkeypatch.setattr(postgres, "RETRY_S", 0.05)
    with running_postgres(postgres_programs()) as server:
        limiter = PostgresLimiter(server.dsn, "of a restart", 10)
        permit = asyncio.run(limiter.acquire())
        server.stop()
        with caplog.at_level(logging.WARNING):
            permit.done()
            limiter.penalize(1.0, "429")
            state = limiter.snapshot()

        async def waits_for_the_restart():
            waiting = asyncio.create_task(limiter.acquire())
            await asyncio.sleep(0.3)
            assert not waiting.done()
            await asyncio.to_thread(server.start)
            (await waiting).done()

        asyncio.run(waits_for_the_restart())
        assert limiter.snapshot().in_window == 2
        limiter.close()
    assert (state.in_window, state.mode) == (0, "blocked")
    assert "PostgreSQL cannot be used" in caplog.text


def test_a_database_that_stays_away_is_an_error_without_the_password(monkeypatch):
    monkeypatch.setattr(postgres, "RETRY_S", 0.01)
    monkeypatch.setattr(postgres, "PATIENCE_S", 0.05)
    limiter = PostgresLimiter(NOWHERE, "of nobody", 10)
    with pytest.raises(StorageError, match="PostgreSQL cannot be used") as caught:
        asyncio.run(limiter.acquire())
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)
    assert "limiter.dsn" in caught.value.hint


def test_what_is_no_address_of_a_database_is_not_repeated():
    with pytest.raises(ConfigurationError, match=r"limiter\.dsn is no PostgreSQL") as caught:
        BudgetDatabase("host=h password=hunter2 what=ever")
    assert caught.value.__cause__ is None
    assert "hunter2" not in str(caught.value)

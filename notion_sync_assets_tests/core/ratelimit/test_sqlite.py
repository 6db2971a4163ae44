"""What only the shared file can do: several processes, crashes, clocks."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.ratelimit import pacing
from notion_sync_assets.core.ratelimit.ledger import budget_name
from notion_sync_assets.core.ratelimit.sqlite import SqliteLedger, SqliteLimiter
from notion_sync_assets_tests.core.ratelimit.backends import sqlite
from notion_sync_assets_tests.core.ratelimit.servers import Crawl, FixedWindows
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual

TOKEN = "ntn_the_token_of_the_budget"


def _ledger(folder, limit=2, budget="a budget"):
    return SqliteLedger(folder / "budget.sqlite", budget, limit, 60.0)


def test_two_limiters_on_one_file_share_one_budget(tmp_path):
    server = FixedWindows(20, 60.0, 31.0)

    async def main():
        crawls = [Crawl(sqlite(tmp_path, 20), server, seed=seed) for seed in range(2)]
        await asyncio.gather(*(crawl.run(requests=150) for crawl in crawls))
        return crawls

    crawls = run_virtual(main())
    assert [crawl.refused for crawl in crawls] == [0, 0]
    assert min(crawl.accepted for crawl in crawls) >= 150


def test_a_refusal_of_one_is_waited_out_by_the_other(tmp_path):
    async def main():
        refused, other = sqlite(tmp_path, 20), sqlite(tmp_path, 20)
        refused.penalize(120, "public_api_request_rate_limit")
        (await other.acquire()).done()
        return clock() - 1_000.0

    assert run_virtual(main()) == pytest.approx(120.0)


def test_room_that_another_process_makes_is_noticed(tmp_path):
    async def main():
        mine, theirs = sqlite(tmp_path, 1), sqlite(tmp_path, 1)
        permit = await theirs.acquire()
        waiting = asyncio.create_task(mine.acquire())
        await asyncio.sleep(5)
        permit.done()
        await waiting
        return clock() - 1_000.0

    assert 65.0 < run_virtual(main()) < 65.2


def test_budgets_of_different_tokens_do_not_meet(tmp_path):
    first, second = _ledger(tmp_path, 1, "one"), _ledger(tmp_path, 1, "two")
    assert first.admit(100.0).ticket is not None
    assert second.admit(100.0).ticket is not None
    assert first.admit(100.0).ticket is None


def test_a_request_nobody_ends_counts_as_ended_after_ninety_seconds(tmp_path):
    ledger = _ledger(tmp_path, 1)
    assert ledger.admit(100.0).ticket is not None
    assert ledger.admit(189.0).ticket is None
    assert ledger.admit(191.0).wait_s == pytest.approx(190.0 + 60.05 - 191.0)
    assert ledger.admit(251.0).ticket is not None


def test_a_process_killed_with_a_permit_in_its_hand_frees_it_in_time(tmp_path):
    holder = _process(
        tmp_path,
        """
        ledger = SqliteLedger(path, "a budget", 2, 60.0)
        print(ledger.admit(100.0).ticket, flush=True)
        time.sleep(60)
        """,
    )
    assert holder.stdout.readline().strip() == "1"
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    ledger = _ledger(tmp_path)
    assert ledger.in_window(101.0) == 1
    assert ledger.in_window(251.0) == 0


def test_processes_that_start_together_never_exceed_the_limit(tmp_path):
    script = """
        ledger = SqliteLedger(path, "a budget", 25, 60.0)
        print(sum(ledger.admit(100.0).ticket is not None for _ in range(20)))
        """
    started = [_process(tmp_path, script) for _ in range(3)]
    outputs = [process.communicate()[0] for process in started]
    assert sum(int(output) for output in outputs) == 25


def test_a_clock_set_back_does_not_close_the_budget_for_hours(tmp_path):
    ledger = _ledger(tmp_path, 1)
    ticket = ledger.admit(10_000.0).ticket
    ledger.end(ticket, 10_001.0)
    ledger.refuse(10_001.0, 50.0, 10_000.0)
    assert ledger.admit(100.0).wait_s == pytest.approx(60.05)
    assert ledger.admit(161.0).ticket is not None


def test_the_file_is_private_and_does_not_hold_the_token(tmp_path):
    budget = budget_name(TOKEN, "https://api.notion.com")
    limiter = SqliteLimiter(tmp_path / "deep" / "budget.sqlite", budget, 2)
    asyncio.run(limiter.acquire()).done()
    limiter.close()
    file = tmp_path / "deep" / "budget.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    assert TOKEN.encode() not in file.read_bytes()
    assert budget.encode() in file.read_bytes()


def test_a_closed_limiter_opens_its_file_again(tmp_path):
    ledger = _ledger(tmp_path, 2)
    ledger.admit(100.0)
    ledger.close()
    ledger.close()
    assert ledger.in_window(100.0) == 1


def test_a_file_that_is_no_database_is_a_storage_error(tmp_path):
    (tmp_path / "budget.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError, match=r"budget\.sqlite cannot be used"):
        _ledger(tmp_path).admit(100.0)


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        _ledger(tmp_path / "file").admit(100.0)


def test_losing_the_race_for_the_first_file_is_no_error_and_leaves_nothing_behind(tmp_path, monkeypatch):
    winner = _ledger(tmp_path)
    winner.admit(100.0)
    loser = _ledger(tmp_path)
    with monkeypatch.context() as blind:
        blind.setattr(Path, "exists", lambda _self: False)
        assert loser.in_window(100.0) == 1
    assert {file.name.partition("-")[0] for file in tmp_path.iterdir()} == {"budget.sqlite"}


def test_requests_of_budgets_nobody_uses_any_more_are_deleted_after_a_day(tmp_path):
    _ledger(tmp_path, budget="of a demo long ago").admit(100.0)
    _ledger(tmp_path, budget="today's").admit(100.0 + 86_401.0)
    with sqlite3.connect(tmp_path / "budget.sqlite") as db:
        assert db.execute("SELECT count(*) FROM requests").fetchone() == (2,)
        _ledger(tmp_path).in_window(0.0)
        assert db.execute("SELECT budget FROM requests").fetchall() == [("today's",)]
    db.close()


def test_a_pace_of_another_version_is_forgotten(tmp_path):
    ledger = _ledger(tmp_path)
    ledger.refuse(100.0, 500.0, 100.0)
    with sqlite3.connect(tmp_path / "budget.sqlite") as db:
        db.execute("""UPDATE paces SET pace = '{"speed": 1}'""")
    db.close()
    assert ledger.mode(101.0) == "burst"


def test_an_admission_that_breaks_off_leaves_no_trace(tmp_path, monkeypatch):
    ledger = _ledger(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(pacing, "after_send", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.admit(100.0)
    assert ledger.in_window(100.0) == 0
    assert ledger.admit(100.0).ticket == 1


def _process(folder, body):
    start = f"""
        import time
        from pathlib import Path
        from notion_sync_assets.core.ratelimit.sqlite import SqliteLedger
        path = Path({str(folder / "budget.sqlite")!r})
        """
    script = textwrap.dedent(start) + textwrap.dedent(body)
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    )

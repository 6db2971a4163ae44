"""Which budget the settings choose, and who shares it."""

import stat
import sys
from contextlib import closing

import pytest

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets.core.ratelimit.postgres import PostgresLimiter
from notion_sync_assets.core.ratelimit.sqlite import SqliteLimiter
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.resources.request_budget import budget_folder, budget_if_made, open_budget
from notion_sync_assets.settings import load_settings
from notion_sync_assets_tests.deployment import SMALL_WORLD, TOKEN, settings_for

PASSWORD = "hunter2"
DSN = f"postgresql://exporter:{PASSWORD}@127.0.0.1:9/budgets"


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(**SMALL_WORLD)


def _settings(folder, **overrides):
    return load_settings(
        {"output.path": str(folder / "export"), "notion.token": TOKEN, **overrides}, environ={}, cwd=folder
    )


def test_exports_into_different_folders_share_the_budget_of_their_token(emulator, tmp_path, user_state):
    runtimes = [
        ExportRuntime(settings_for(emulator, tmp_path / name, **{"notion.requests_per_minute": 600}))
        for name in ("first", "second")
    ]
    for runtime in runtimes:
        runtime.connect()
    assert runtimes[1].request_rate() == "1 requests (2/600 in the last 60 s)"
    for runtime in runtimes:
        runtime.close()
    file = user_state / "notion-sync-assets" / "rate_limit.sqlite"
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert TOKEN.encode() not in file.read_bytes()


def test_tokens_and_addresses_have_budgets_of_their_own(tmp_path):
    elsewhere = {"notion.base_url": "https://notion.example"}
    other = {"notion.token": f"{TOKEN}_2"}
    opened = [open_budget(_settings(tmp_path, **chosen)) for chosen in ({}, elsewhere, other)]
    tickets = [limiter._ledger.admit(limiter._clock()).ticket for limiter in opened]
    assert None not in tickets
    assert [limiter.snapshot().in_window for limiter in opened] == [1, 1, 1]
    for limiter in opened:
        limiter.close()


def test_a_folder_of_ones_own_holds_the_budget_where_it_is_set(tmp_path):
    settings = _settings(tmp_path, **{"limiter.folder": "shared"})
    with closing(open_budget(settings)) as limiter:
        assert limiter.snapshot().in_window == 0
    assert (tmp_path / "shared" / "rate_limit.sqlite").is_file()


def test_an_account_without_a_home_keeps_the_budget_in_the_instance(tmp_path, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.resources.request_budget.os.access", lambda *_: False)
    assert budget_folder(_settings(tmp_path)) == tmp_path / "export" / ".dagster"


def test_a_folder_that_cannot_be_made_is_a_configuration_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot make the folder of the request budget") as caught:
        open_budget(_settings(tmp_path, **{"limiter.folder": "file/below"}))
    assert "limiter.folder" in caught.value.hint


def test_without_a_limit_or_with_memory_chosen_nothing_is_shared(tmp_path, user_state):
    before = sorted(user_state.rglob("*"))
    for chosen in ({"notion.requests_per_minute": 0}, {"limiter.backend": "memory"}):
        assert isinstance(open_budget(_settings(tmp_path, **chosen)), MemoryLimiter)
    assert sorted(user_state.rglob("*")) == before


def test_a_command_that_only_looks_makes_no_file_but_uses_the_one_that_is_there(tmp_path):
    settings = _settings(tmp_path, **{"limiter.folder": "shared"})
    assert isinstance(budget_if_made(settings), MemoryLimiter)
    assert not (tmp_path / "shared").exists()
    with closing(open_budget(settings)) as made:
        made.snapshot()
    assert isinstance(budget_if_made(settings), SqliteLimiter)


def test_postgres_is_chosen_by_a_setting_and_its_password_is_never_shown(tmp_path):
    settings = _settings(tmp_path, **{"limiter.backend": "postgres", "limiter.dsn": DSN})
    assert isinstance(open_budget(settings), PostgresLimiter)
    assert PASSWORD not in repr(settings)


def test_postgres_without_an_address_says_what_to_set(tmp_path):
    with pytest.raises(ConfigurationError, match=r"no limiter\.dsn") as caught:
        open_budget(_settings(tmp_path, **{"limiter.backend": "postgres"}))
    assert "postgresql://" in caught.value.hint


def test_postgres_without_its_driver_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "notion_sync_assets.core.ratelimit.postgres", None)
    with pytest.raises(ConfigurationError, match="psycopg is not installed") as caught:
        open_budget(_settings(tmp_path, **{"limiter.backend": "postgres", "limiter.dsn": DSN}))
    assert "notion-sync-assets[postgres]" in caught.value.hint

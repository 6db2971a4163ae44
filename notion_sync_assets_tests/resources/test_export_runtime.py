"""The runtime: opened when first needed, interruptible, closed as often as one likes."""

import threading
from contextlib import closing

import pytest

from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    NotionUnavailableError,
    UnauthorizedError,
)
from notion_sync_assets.core.sync.commits import Commits
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of
from notion_sync_assets.settings import load_settings
from notion_sync_assets_tests.deployment import SMALL_WORLD, TOKEN, refuse_persistently, settings_for


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(**SMALL_WORLD)


@pytest.fixture
def runtime(emulator, tmp_path):
    with closing(ExportRuntime(settings_for(emulator, tmp_path / "export"))) as made:
        yield made


def offline(folder, **overrides):
    return ExportRuntime(
        load_settings({"output.path": str(folder / "export"), **overrides}, environ={}, cwd=folder)
    )


def test_construction_opens_nothing(tmp_path):
    before = threading.active_count()
    runtime = offline(tmp_path)
    runtime.close()
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == []
    assert runtime.requests()["made"] == 0
    assert runtime.request_rate() == "0 requests"


def test_the_settings_of_markdown_reach_the_renderer(tmp_path):
    asked = {"output.markdown_dialect": "hugo", "output.markdown_comments": "footnotes"}
    with closing(offline(tmp_path, **asked)) as runtime:
        options = runtime.render_options()
    assert (options.markdown_dialect, options.markdown_comments) == ("hugo", "footnotes")
    with pytest.raises(ConfigurationError, match="markdown_dialect"):
        offline(tmp_path, **{"output.markdown_dialect": "word"})


def test_the_settings_of_csv_reach_the_renderer(tmp_path):
    asked = {"output.csv_byte_order_mark": True, "output.csv_guard_formulas": False}
    with closing(offline(tmp_path, **asked)) as runtime:
        options = runtime.render_options()
    assert (options.csv_byte_order_mark, options.csv_guard_formulas) == (True, False)


def test_without_a_token_the_connection_is_a_configuration_error(tmp_path):
    with closing(offline(tmp_path)) as runtime, pytest.raises(ConfigurationError, match="token"):
        runtime.search()


def test_connecting_asks_who_we_are_once_and_the_search_uses_the_answer(runtime, emulator):
    runtime.connect()
    runtime.search()
    assert emulator.control.stats()["by_route"]["GET /v1/users/me"] == {"200": 1}
    assert runtime.index_state().me["object"] == "user"


def test_a_notion_that_cannot_be_reached_is_told_soon(tmp_path, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.resources.export_runtime._FIRST_PATIENCE_S", 0.0)
    nowhere = {
        "notion.base_url": "http://127.0.0.1:9",
        "notion.token": TOKEN,
        "notion.requests_per_minute": 0,
    }
    with closing(offline(tmp_path, **nowhere)) as runtime, pytest.raises(NotionUnavailableError):
        runtime.connect()


def test_results_come_in_groups_and_the_batch_has_them_all(runtime):
    scopes = runtime.search().scopes
    groups = runtime.sync(scopes, "run")
    first = next(groups)
    assert first[0].changed
    keys = [result.scope.key for group in [first, *groups] for result in group]
    assert len(keys) == len(scopes)
    assert set(keys) == set(runtime.batch.results) == {scope.key for scope in scopes}
    assert runtime.batch.errors == {}


def test_an_error_of_one_scope_is_kept_for_it_and_the_others_go_on(runtime, monkeypatch):
    scopes = runtime.search().scopes
    odd = next(scope for scope in scopes if scope.key.startswith("table-0"))
    refuse_persistently(monkeypatch, f"/v1/data_sources/{odd.root_id}/query")
    done = {result.scope.key for group in runtime.sync(scopes, "run") for result in group}
    assert set(runtime.batch.errors) == {odd.key}
    assert done == {scope.key for scope in scopes} - {odd.key}


def test_what_stops_every_call_is_raised(runtime, emulator):
    scopes = runtime.search().scopes
    emulator.control.configure(token="another")
    with pytest.raises(UnauthorizedError):
        list(runtime.sync(scopes, "run"))


def test_closing_the_stream_of_results_cancels_what_is_still_running(runtime, emulator):
    scopes = runtime.search().scopes
    emulator.control.configure(latency_ms=40)
    results = runtime.sync(scopes, "run")
    first = next(results)
    results.close()
    committed = Commits(runtime.storage).committed_scopes()
    assert first[0].scope.key in committed
    emulator.control.reset()
    assert emulator.control.stats()["requests"] == 0
    assert not [name for name in runtime.storage.names("state/scopes") if _leases(runtime, name)]


def _leases(runtime, key):
    return runtime.storage.names(f"state/scopes/{key}/lease")


def test_an_interrupted_sync_leaves_no_lease_and_goes_on_later(runtime, monkeypatch):
    scopes = runtime.search().scopes
    real = runtime.loop.start

    def interrupted(coroutine):
        future = real(coroutine)
        monkeypatch.setattr(runtime.loop, "start", real)
        return _Interrupting(future)

    monkeypatch.setattr(runtime.loop, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(runtime.sync(scopes, "run"))
    assert not [scope.key for scope in scopes if _leases(runtime, scope.key)]
    assert sum(map(len, runtime.sync(scopes, "next"))) == len(scopes)


class _Interrupting:
    """A future whose owner is interrupted while it waits."""

    def __init__(self, future):
        self._future = future

    def add_done_callback(self, _callback):
        raise KeyboardInterrupt

    def __getattr__(self, name):
        return getattr(self._future, name)


def test_scopes_are_known_by_their_keys(runtime):
    scopes = runtime.search().scopes
    keys = [scope.key for scope in reversed(scopes)]
    assert [scope.key for scope in runtime.known_scopes(keys)] == keys
    with pytest.raises(ConfigurationError, match="no scope 'stray' is known") as caught:
        runtime.known_scopes([*keys, "stray"])
    assert "workspace_index" in caught.value.hint


def test_closing_twice_is_closing_once_and_ends_every_thread(emulator, tmp_path):
    before = threading.active_count()
    runtime = ExportRuntime(
        settings_for(emulator, tmp_path / "export", **{"notion.requests_per_minute": 600})
    )
    scopes = runtime.search().scopes
    list(runtime.sync(scopes, "run"))
    made = runtime.requests()["made"]
    runtime.close()
    runtime.close()
    assert threading.active_count() == before
    assert runtime.requests()["made"] == made


def test_a_step_finds_the_runtime_of_its_own_workspace(tmp_path):
    class Resources:
        export = offline(tmp_path)
        work_export = offline(tmp_path)

    assert runtime_of(Resources, Names("notion")) is Resources.export
    assert runtime_of(Resources, Names("work")) is Resources.work_export

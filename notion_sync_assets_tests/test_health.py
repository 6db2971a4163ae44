"""Health of this machine: what each part says of a good state and of a bad one, and that no secret is in it."""

import time

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat

from notion_sync_assets import health
from notion_sync_assets.health import Health, Level, Part, local_health
from notion_sync_assets.instance import open_instance
from notion_sync_assets.notion_health import NotionHealth, ask_notion
from notion_sync_assets.settings import load_settings
from notion_sync_assets_tests.webhook_events import event, opened_queue

TOKEN = "secret_never_to_be_seen_0815"


@pytest.fixture
def settings(tmp_path):
    return load_settings({"output.path": str(tmp_path / "export")}, environ={}, cwd=tmp_path)


def part(settings, name):
    return local_health(settings).parts[name]


def beat(settings, age):
    with open_instance(settings) as instance:
        for kind in ("SENSOR", "QUEUED_RUN_COORDINATOR"):
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - age, kind, "0", []))


def test_the_worst_part_is_the_whole():
    good, bad = Part(Level.HEALTHY, ""), Part(Level.UNHEALTHY, "")
    assert Health({"a": good, "b": Part(Level.DEGRADED, "")}).level is Level.DEGRADED
    assert Health({"a": good, "b": bad}).to_json()["status"] == "unhealthy"


def test_before_the_first_export_nothing_is_broken(settings):
    found = local_health(settings)
    assert found.level is Level.DEGRADED
    assert {name for name, each in found.parts.items() if each.level is Level.DEGRADED} == {
        "event_store",
        "daemon",
    }


@pytest.mark.parametrize(("age", "level"), [(10, Level.HEALTHY), (301, Level.UNHEALTHY)])
def test_a_daemon_that_fell_silent_is_unhealthy(settings, age, level):
    beat(settings, age)
    assert part(settings, "daemon").level is level
    assert part(settings, "event_store").level is Level.HEALTHY


def test_an_event_store_that_cannot_be_read_is_unhealthy(settings, monkeypatch):
    beat(settings, 0)

    def broken(*_arguments, **_options):
        raise dg.DagsterInvariantViolationError(f"postgres://user:{TOKEN}@host is down")

    monkeypatch.setattr(dg.DagsterInstance, "get_run_records", broken)
    found = part(settings, "event_store")
    assert (found.level, TOKEN in found.message) == (Level.UNHEALTHY, False)


@pytest.mark.parametrize(
    ("free", "level"), [(50, Level.UNHEALTHY), (500, Level.DEGRADED), (5000, Level.HEALTHY)]
)
def test_little_space_is_degraded_and_none_is_unhealthy(settings, monkeypatch, free, level):
    usage = type("Usage", (), {"free": free << 20})
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: usage)
    assert part(settings, "storage").level is level


@pytest.mark.parametrize(
    ("used", "level"), [(50, Level.HEALTHY), (95, Level.DEGRADED), (99, Level.UNHEALTHY)]
)
def test_the_limit_of_a_container_counts(settings, monkeypatch, tmp_path, used, level):
    (tmp_path / "memory.max").write_text("100")
    (tmp_path / "memory.current").write_text(str(used))
    monkeypatch.setattr(health, "_free_share_of_machine", lambda: 1.0)
    monkeypatch.setattr(health, "_CGROUP", tmp_path)
    assert part(settings, "memory").level is level


@pytest.mark.parametrize(
    ("waiting", "level"), [(1, Level.HEALTHY), (4, Level.DEGRADED), (5, Level.UNHEALTHY)]
)
def test_a_queue_that_fills_up_is_told(tmp_path, waiting, level):
    overrides = {"output.path": str(tmp_path / "export"), "serve.queue_events": 5}
    settings = load_settings(overrides, environ={}, cwd=tmp_path)
    with opened_queue(settings) as (events, _):
        events.add([event() for _ in range(waiting)], time.time())
    assert part(settings, "webhooks").level is level


def asked(emulator, tmp_path, **overrides):
    base = {"output.path": str(tmp_path / "export"), "notion.base_url": emulator.url}
    return ask_notion(load_settings({**base, **overrides}, environ={}, cwd=tmp_path))


def test_what_notion_says_of_the_token_is_told_without_it(start_emulator, tmp_path):
    notion = start_emulator(world="generated", pages=1, rows=0, databases=0, token=TOKEN)
    assert asked(notion, tmp_path, **{"notion.token": TOKEN}).level is Level.HEALTHY
    refused = asked(notion, tmp_path, **{"notion.token": "secret_another"})
    assert (refused.level, refused.message) == (Level.UNHEALTHY, "Notion refuses the token")
    assert asked(notion, tmp_path).message == "there is no usable token"


def test_an_answer_is_kept_and_renewed_behind_the_scenes(settings):
    asked_at, now = [], [0.0]

    def ask(_settings):
        asked_at.append(now[0])
        return Part(Level.DEGRADED, "asked")

    notion = NotionHealth(settings, ask=ask, clock=lambda: now[0])
    for now[0] in (0.0, 1.0, 299.0, 300.0, 301.0):
        notion.part()
        until = time.monotonic() + 5
        while notion.part().message != "asked" and time.monotonic() < until:
            time.sleep(0.01)
    until = time.monotonic() + 5
    while len(asked_at) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert asked_at == [0.0, 300.0]

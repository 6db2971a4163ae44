"""Health over HTTP: status codes, and a cache that keeps probes from asking anybody."""

import time

import httpx
import pytest

from notion_sync_assets.health import Health, Level, Part
from notion_sync_assets.notion_health import NotionHealth
from notion_sync_assets.serve.health_route import CACHED_S, HealthRoutes
from notion_sync_assets_tests.serve.server import running_server, serving_settings

GOOD, BAD, SO_SO = (Part(Level(number), "") for number in (2, 0, 1))


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def routes(tmp_path, *answers, api=GOOD, clock=None):
    looks = iter(answers)
    settings = serving_settings(tmp_path / "export")
    notion = NotionHealth(settings, ask=lambda _settings: api)
    notion._part = api
    return HealthRoutes(settings, notion, look=lambda _: Health(next(looks)), clock=clock or Clock())


@pytest.mark.parametrize(
    ("parts", "health", "ready"),
    [
        ({"storage": GOOD, "webhooks": GOOD, "daemon": GOOD}, 200, 200),
        ({"storage": GOOD, "webhooks": GOOD, "daemon": SO_SO}, 200, 200),
        ({"storage": GOOD, "webhooks": GOOD, "daemon": BAD}, 503, 200),
        ({"storage": BAD, "webhooks": GOOD, "daemon": GOOD}, 503, 503),
        ({"storage": GOOD, "webhooks": BAD, "daemon": GOOD}, 503, 503),
    ],
)
async def test_unhealthy_is_a_503_and_ready_asks_only_what_webhooks_need(tmp_path, parts, health, ready):
    made = routes(tmp_path, parts)
    assert ((await made.health(None)).status_code, (await made.ready(None)).status_code) == (health, ready)


async def test_probes_within_a_few_seconds_look_once(tmp_path):
    clock = Clock()
    made = routes(tmp_path, {"storage": GOOD}, {"storage": BAD}, clock=clock)
    assert {(await made.health(None)).status_code for _ in range(50)} == {200}
    clock.now += CACHED_S
    assert (await made.health(None)).status_code == 503


def test_probing_a_hundred_times_asks_notion_once(start_emulator, tmp_path):
    notion = start_emulator(world="generated", pages=2, rows=0, databases=0)
    facts = {"notion.base_url": notion.url, "notion.token": "secret_planted_0815"}
    settings = serving_settings(tmp_path / "export", **facts)
    with running_server(settings) as url, httpx.Client(base_url=url) as client:
        found = {client.get(path).status_code for _ in range(50) for path in ("/health", "/ready")}
        parts = client.get("/health").json()["components"]
        until = time.monotonic() + 10
        while parts["api"]["message"] != "Notion answers" and time.monotonic() < until:
            time.sleep(0.02)
            parts = client.get("/health").json()["components"]
    assert found == {200}
    assert parts["api"] == {"status": "healthy", "message": "Notion answers"}
    assert notion.control.stats()["requests"] == 1

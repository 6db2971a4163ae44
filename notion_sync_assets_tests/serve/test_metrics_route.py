"""Metrics over HTTP: what runs in other processes did, added up, in the format Prometheus reads."""

import contextlib

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from notion_sync_assets.core.metrics import catalogue
from notion_sync_assets.core.metrics.store import AccountStore
from notion_sync_assets.export_run import ExportRun
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import SMALL_WORLD, TOKEN, settings_for
from notion_sync_assets_tests.serve.server import running_server
from notion_sync_assets_tests.webhook_events import body

pytestmark = pytest.mark.system


def export(settings):
    """An export as a process of its own would make it."""
    with contextlib.closing(ExportRuntime(settings)) as runtime:
        return ExportRun(runtime, strict=False, phase=lambda _name: None).run()


def scraped(url):
    families = list(text_string_to_metric_families(httpx.get(f"{url}/metrics").text))
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }
    return {family.name for family in families}, values


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Two exports of a small workspace, and what the emulated Notion counted of them."""
    from notion_sync_assets.emulator.config import EmulatorConfig
    from notion_sync_assets.emulator.server import running_emulator

    folder = tmp_path_factory.mktemp("metrics") / "export"
    with running_emulator(
        EmulatorConfig(limit=0, fault_rate=0.05, fault_kinds=("502",), **SMALL_WORLD)
    ) as notion:
        settings = settings_for(notion, folder, **{"output.formats": ["json"]})
        first = export(settings)
        export(settings)
        notion.control.configure(fault_rate=0.0)
        made = notion.control.stats()
        with running_server(settings) as url:
            httpx.post(f"{url}/webhooks/notion", content=body())
            yield first, made, *scraped(url)


def test_every_metric_of_the_catalogue_is_there(exported):
    _, _, families, _ = exported
    wanted = {
        f"{catalogue.PREFIX}_{metric.name}"
        for metric in catalogue.METRICS
        # The queue is made with the first event that is taken.
        if not metric.name.startswith(("webhook_queue", "webhook_batches"))
    }
    assert wanted - families == set()


def test_exports_and_pages_of_both_processes_are_counted(exported):
    first, _, _, values = exported
    assert values["notion_sync_exports_total", "complete"] == 2
    assert values["notion_sync_pages_total", "new"] == first.totals.objects["page"]["exported"]
    assert values["notion_sync_scopes_total", "changed"] == 3
    assert values["notion_sync_export_duration_seconds_count",] == 2
    assert values["notion_sync_freshness_lag_seconds",] > 0


def test_requests_are_as_many_as_the_server_counted(exported):
    _, made, _, values = exported
    shown = {
        status: sum(
            value
            for name, value in values.items()
            if name[0] == "notion_sync_api_requests_total" and status in name
        )
        for status in ("200", "502")
    }
    counted = {
        status: sum(routes.get(status, 0) for route, routes in made["by_route"].items() if "/v1/" in route)
        for status in ("200", "502")
    }
    assert shown == counted
    assert values["notion_sync_api_retries_total", "502"] == counted["502"] > 0


def test_webhooks_are_counted_by_what_became_of_them(exported):
    assert exported[3]["notion_sync_webhook_requests_total", "bad_signature"] == 1


def test_metrics_hold_no_id_and_no_secret(exported):
    _, _, _, values = exported
    labels = " ".join(str(part) for name in values for part in name[1:])
    assert TOKEN not in labels
    assert "{page_id}" in labels or "{id}" in labels
    assert all(len(part) < 60 for name in values for part in name[1:])


def test_a_source_that_cannot_be_read_costs_its_own_metrics_only(tmp_path, monkeypatch, start_emulator):
    def broken(_self):
        raise OSError("no such disk")

    monkeypatch.setattr(AccountStore, "total", broken)
    settings = settings_for(start_emulator(world="generated"), tmp_path / "export")
    with running_server(settings) as url:
        families, values = scraped(url)
    assert "notion_sync_exports" not in families
    assert values["notion_sync_health_status", "storage"] == 2

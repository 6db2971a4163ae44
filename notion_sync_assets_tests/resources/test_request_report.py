"""The report on requests: what several clients of one process asked, as one account."""

import pytest

from notion_sync_assets.resources.request_report import request_report
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


@pytest.fixture
def connected(start_emulator, tmp_path):
    limits = {"notion.requests_per_minute": 600}
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **limits) as made:
        made.runtime.connect()
        made.index()
        yield made


def test_nothing_asked_is_an_empty_account():
    assert request_report([]) == {
        "made": 0,
        "calls": 0,
        "by_endpoint": {},
        "by_status": {},
        "retries": {},
        "rejected": 0,
        "rejected_by_reason": {},
        "overloaded": 0,
        "outages": 0,
        "outage_seconds": 0,
    }


def test_the_account_is_what_the_server_counted(connected):
    report = connected.runtime.requests()
    counted = connected.emulator.control.stats()
    assert report["made"] == counted["requests"] == sum(report["by_endpoint"].values())
    assert report["by_status"] == {"200": report["made"]}
    assert (report["rejected"], report["retries"], report["outages"]) == (0, {}, 0)
    assert report["calls"] == report["made"]


def test_the_limit_and_its_use_are_told(connected):
    report = connected.runtime.requests()
    assert (report["limit_per_window"], report["window_seconds"]) == (600, 60.0)
    assert report["utilisation"] == pytest.approx(report["made"] / 600, abs=1e-4)
    assert (report["waits"], report["waited_seconds"] < 1) == (0, True)
    assert (
        connected.runtime.request_rate()
        == f"{report['made']} requests ({report['made']}/600 in the last 60 s)"
    )

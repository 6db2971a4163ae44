"""Notion is away in the middle of an export: waited out within the patience, given up and resumed beyond it.

Minutes are scaled to seconds: the circuit breaker asks again after one second instead of thirty.
"""

import time

import pytest

from notion_sync_assets_tests.processes.evidence import catalog, rendered
from notion_sync_assets_tests.processes.exporter import Exporter, ended, wait_until

pytestmark = pytest.mark.system

FEW_FORMATS = {"OUTPUT__FORMATS": "json,csv"}
SETTINGS = {"NOTION__BREAKER_RESET_SECONDS": 1, "NOTION__ATTEMPTS": 2, **FEW_FORMATS}
OUTAGE_S = 6.0


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(
        world="generated", pages=25, rows=20, databases=2, search_lag=0.0, search_omit_rate=0.0
    )


@pytest.fixture
def clean(emulator, tmp_path):
    """An export of the same workspace without trouble."""
    exporter = Exporter(tmp_path / "clean", emulator.url, settings=FEW_FORMATS)
    assert exporter.call("export", "--quiet").code == 0
    emulator.control.reset()
    return exporter


def _interrupted_by(emulator, exporter, down):
    """An export whose Notion goes away while it reads pages."""
    emulator.control.configure(latency_ms=100)
    process = exporter.start("export", "--quiet")
    wait_until(lambda: emulator.control.stats()["requests"] > 40)
    assert process.poll() is None
    emulator.control.configure(down=down)
    return process


def test_an_outage_several_times_as_long_as_the_breaker_waits_costs_nothing(emulator, clean, tmp_path):
    exporter = Exporter(tmp_path / "export", emulator.url, settings=SETTINGS)
    process = _interrupted_by(emulator, exporter, "503")
    time.sleep(OUTAGE_S / 2)
    emulator.control.configure(down="drop")
    time.sleep(OUTAGE_S / 2)
    asked = sum(emulator.control.stats()["by_route"]["GET /v1/users/me"].values())
    emulator.control.configure(down="", latency_ms=0)
    assert ended(process).code == 0
    assert rendered(exporter.folder) == rendered(clean.folder)
    assert catalog(exporter.folder) == catalog(clean.folder)
    requests = exporter.receipt["requests"]
    assert requests["outages"] >= 1
    assert requests["outage_seconds"] >= OUTAGE_S / 2
    # One question a second while the circuit is open, and no storm of waiting calls.
    assert 2 <= asked <= OUTAGE_S + 3


def test_an_outage_beyond_the_patience_ends_the_run_and_the_next_one_goes_on(emulator, clean, tmp_path):
    patience = {"NOTION__OUTAGE_PATIENCE_SECONDS": 3}
    exporter = Exporter(tmp_path / "export", emulator.url, settings={**SETTINGS, **patience})
    first = ended(_interrupted_by(emulator, exporter, "503"))
    assert first.code == 3
    assert "no answer for" in first.err
    assert exporter.receipt["status"] == "failed"
    assert exporter.receipt["requests"]["outages"] == 1
    emulator.control.configure(down="", latency_ms=0)
    emulator.control.reset()
    assert exporter.call("export", "--quiet").code == 0
    assert rendered(exporter.folder) == rendered(clean.folder)
    assert catalog(exporter.folder) == catalog(clean.folder)
    assert emulator.control.stats()["requests"] < clean.receipt["requests"]["made"]

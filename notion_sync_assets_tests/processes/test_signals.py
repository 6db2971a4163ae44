"""Ctrl-C and SIGTERM: exit code 130, everything committed is safe, the leases are gone at once, the next run goes on."""

import signal

import pytest

from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.processes.evidence import rendered
from notion_sync_assets_tests.processes.exporter import Exporter, ended, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(world="generated", pages=16, rows=8, databases=2, latency_ms=20)


def leases(folder):
    return [path for path in folder.rglob("lease/*.json") if path.is_file()]


def requests(emulator):
    return sum(emulator.engine.stats.by_route.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_export_says_so_and_the_next_run_goes_on(emulator, tmp_path, number):
    exporter = Exporter(tmp_path / "export", emulator.url, settings={"SYNC__JOURNAL_PAGES": 2})
    process = exporter.start("export", "--json")
    wait_until(lambda: requests(emulator) > 30)
    process.send_signal(number)
    done = ended(process)
    assert done.code == 130, done.err
    assert done.json["exit_code"] == 130
    assert "run the same command" in done.json["hint"]
    assert "Traceback" not in done.err
    assert leases(exporter.folder) == []
    assert (exporter.receipt["status"], exporter.receipt["exit_code"]) == ("interrupted", 130)
    emulator.control.configure(latency_ms=0)
    assert exporter.call("export", "--quiet").code == 0
    fresh = Exporter(tmp_path / "fresh", emulator.url)
    assert fresh.call("export", "--quiet").code == 0
    assert rendered(exporter.folder) == rendered(fresh.folder)


def test_a_signal_while_the_first_call_waits_ends_it_too(start_emulator, tmp_path):
    emulator = start_emulator(world="generated", pages=2, rows=0, databases=1, latency_ms=60_000)
    exporter = Exporter(tmp_path / "export", emulator.url)
    process = exporter.start("export", "--json")
    wait_until(lambda: (exporter.folder / ".dagster").exists() or exporter.folder.exists())
    process.send_signal(signal.SIGTERM)
    assert ended(process).code == 130
    assert leases(exporter.folder) == []


def test_a_signal_during_the_last_step_is_an_interruption_too(start_emulator, tmp_path, monkeypatch):
    emulator = start_emulator(world="generated", pages=2, rows=0, databases=1)
    exporter = Exporter(tmp_path / "export", emulator.url)
    monkeypatch.setattr(ExportRuntime, "build_catalog", lambda _runtime: signal.raise_signal(signal.SIGTERM))
    assert exporter.call("export", "--quiet", "--json").json["exit_code"] == 130
    assert leases(exporter.folder) == []

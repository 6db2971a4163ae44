"""Two exporters on one folder: one works, the other says who does and changes nothing."""

import socket

import pytest

from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter, ended, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def exporter(tmp_path, start_emulator):
    emulator = start_emulator(
        world="generated", pages=10, rows=0, databases=1, latency_ms=150, search_omit_rate=0
    )
    return Exporter(tmp_path / "export", emulator.url)


def test_the_second_says_who_holds_the_folder_and_changes_nothing(exporter):
    first = exporter.start("export", "--quiet")
    lease = exporter.folder / "state" / "lease"
    wait_until(lambda: lease.is_dir() and any(lease.glob("*.json")))
    second = exporter.call("export", "--json", "--quiet")
    assert first.poll() is None
    assert second.code == 1
    assert f"process {first.pid} on {socket.gethostname()}" in second.json["error"]
    assert "Wait for the other run" in second.json["hint"]
    assert ended(first).code == 0
    assert len(exporter.receipts) == 1


def test_of_many_that_start_at_once_one_works_and_the_folder_is_as_after_one(exporter, tmp_path):
    started = [exporter.fork("export", "--quiet") for _ in range(4)]
    codes = sorted(fork.finish().code for fork in started)
    assert codes[0] == 0
    assert set(codes) <= {0, 1}
    alone = Exporter(tmp_path / "alone", exporter.url)
    assert alone.call("export", "--quiet").code == 0
    kept = ("state", "receipts", ".dagster", ".scratch", "notion.duckdb")
    assert files(exporter.folder, kept) == files(alone.folder, kept)
    assert not list((exporter.folder / "state" / "lease").iterdir())

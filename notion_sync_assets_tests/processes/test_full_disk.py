"""A full disk: exit code 1, one clear line, nothing half-written, and the next run goes on."""

import subprocess

import pytest

from notion_sync_assets_tests.processes.evidence import rendered
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

SMALL = "size=2500k"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes, where mounting one is allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted on this machine")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_the_next_run_goes_on(small_disk, start_emulator, tmp_path):
    emulator = start_emulator(world="generated", pages=12, rows=8, databases=1)
    exporter = Exporter(small_disk / "export", emulator.url)
    told = exporter.run("export", "--json", "--quiet")
    assert told.code == 1, told.err
    assert "disk is full" in told.json["error"]
    assert "free some space" in told.json["hint"]
    assert "Traceback" not in told.err
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    assert exporter.call("export", "--quiet").code == 0
    fresh = Exporter(tmp_path / "fresh", emulator.url)
    assert fresh.call("export", "--quiet").code == 0
    assert rendered(exporter.folder) == rendered(fresh.folder)

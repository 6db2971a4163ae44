"""`notion-sync status`, the help of every command, and what help does not load."""

import subprocess
import sys

import pytest

from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system


@pytest.fixture
def exporter(tmp_path, start_emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exporter(tmp_path / "export", start_emulator(world="generated", pages=2, rows=2, databases=1).url)


def test_status_tells_what_the_last_run_told_and_writes_nothing(exporter):
    told = exporter.call("export", "--quiet")
    assert told.code == 0, told.err
    before = files(exporter.folder)
    shown = exporter.call("status")
    assert shown.code == 0
    assert shown.out.splitlines() == told.err.splitlines()[-len(shown.out.splitlines()) - 1 : -1]
    assert files(exporter.folder) == before


def test_status_as_json_is_the_receipt_without_its_list_of_objects(exporter):
    exporter.call("export", "--quiet")
    shown = exporter.call("status", "--json").json
    assert shown == {key: value for key, value in exporter.receipt.items() if key != "objects"}


def test_status_shows_the_newest_of_several_runs(exporter):
    exporter.call("export", "--quiet")
    second = exporter.call("export", "--quiet", "--json").json
    assert exporter.call("status", "--json").json["run_id"] == second["run_id"]


def test_status_of_a_folder_without_an_export_says_what_to_do(exporter):
    told = exporter.call("status", "--json")
    assert told.code == 2
    assert "notion-sync export" in told.json["hint"]
    assert not exporter.folder.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["export", "status", "config", "emulator", "demo", "NOTION_TOKEN"]),
        (["export", "--help"], ["--output", "--format", "--strict", "--json", "resume"]),
        (["status", "--help"], ["--output", "--json"]),
        (["config", "--help"], ["show", "check"]),
        (["config", "show", "--help"], ["--json"]),
        (["demo", "--help"], ["--output", "--limit", "made-up workspace"]),
        (["emulator", "--help"], ["--world", "--fault-rate", "--exit-with-parent"]),
    ],
)
def test_every_command_explains_itself(exporter, arguments, words, capsys):
    told = exporter.call(*arguments)
    text = told.out + capsys.readouterr().out
    assert told.code == 0
    assert [word for word in words if word not in text] == []


def test_help_loads_neither_dagster_nor_duckdb():
    code = (
        "import sys; from notion_sync_assets.cli import cli\n"
        "try: cli(['export', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('dagster', 'duckdb', 'pyarrow', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_told(exporter):
    assert exporter.call("--version").out.startswith("notion-sync, version ")

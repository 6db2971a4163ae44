"""What an export leaves behind is for its owner only, and holds no token."""

import stat

import pytest

from notion_sync_assets_tests.processes.exporter import TOKEN, Exporter

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """An export by a process of its own, with every message it can be made to give, and its output."""
    from notion_sync_assets.emulator.config import EmulatorConfig
    from notion_sync_assets.emulator.server import running_emulator

    folder = tmp_path_factory.mktemp("privacy") / "export"
    config = EmulatorConfig(
        world="generated", pages=6, rows=6, databases=1, limit=0, token=TOKEN, fault_rate=0.02
    )
    with running_emulator(config) as emulator:
        exporter = Exporter(folder, emulator.url, settings={"LOGGING__LEVEL": "DEBUG"})
        done = exporter.run("export")
        shown = exporter.call("config", "show", "--json")
    assert done.code == 0, done.err
    return folder, done.out + done.err + shown.out + shown.err


def test_the_root_is_0700_and_so_is_every_folder_in_it(finished):
    folder, _ = finished
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    assert {
        str(path): oct(mode) for path in places if (mode := stat.S_IMODE(path.stat().st_mode)) != 0o700
    } == {}


def test_every_file_is_0600(finished):
    folder, _ = finished
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert len(found) > 30
    assert {
        str(path): oct(mode) for path in found if (mode := stat.S_IMODE(path.stat().st_mode)) != 0o600
    } == {}


def test_the_token_is_nowhere_in_what_a_run_leaves_or_says(finished):
    folder, said = finished
    assert TOKEN not in said
    assert [
        path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()
    ] == []

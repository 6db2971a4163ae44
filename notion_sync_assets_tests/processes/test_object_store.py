"""A whole export on an S3-compatible server: the bytes of one in a folder, nothing rewritten, nothing lost by kill -9."""

import orjson
import pytest

from notion_sync_assets.core.storage.objects import ObjectStorage
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

OF_THE_MACHINERY = ("state", "receipts", "catalog", ".dagster", ".scratch", "notion.duckdb")
TITLES = "SELECT title FROM pages ORDER BY ALL"


class Remote(Exporter):
    """The command line with an object store as its output; ``folder`` is the local state."""

    def at(self, store, url):
        self.store, self.url_of_export = store, url
        options = orjson.dumps(store.options).decode()
        self.settings = {
            **self.settings,
            "OUTPUT__PATH": url,
            "OUTPUT__STORAGE_OPTIONS": options,
            "STATE_DIR": self.folder,
        }
        return self

    def readable(self):
        """Content of every object that people open."""
        found = self.store.objects(self.url_of_export)
        return {path: data for path, data in found.items() if path.split("/")[0] not in OF_THE_MACHINERY}


@pytest.fixture(scope="module")
def emulator():
    config = EmulatorConfig(world="generated", pages=5, rows=3, databases=1, limit=0, latency_ms=4, seed=7)
    with running_emulator(config) as running:
        yield running


@pytest.fixture
def remote(object_store, emulator, tmp_path):
    return Remote(tmp_path / "local", emulator.url).at(object_store, f"{object_store.bucket()}/some/export")


@pytest.fixture(scope="module")
def local(emulator, tmp_path_factory):
    exporter = Exporter(tmp_path_factory.mktemp("local") / "export", emulator.url)
    assert exporter.call("export", "--quiet").code == 0
    return exporter


def readable(folder):
    return {path: (folder / path).read_bytes() for path in files(folder, OF_THE_MACHINERY)}


def test_an_export_to_a_store_has_the_bytes_of_one_to_a_folder_and_is_not_written_again(
    remote, local, object_store
):
    done = remote.call("export", "--json", "--quiet")
    assert done.code == 0, done.err
    assert done.json["output"] == remote.url_of_export
    assert remote.readable() == readable(local.folder)
    assert {path.split("/")[0] for path in remote.readable()} == {
        "csv",
        "html",
        "json",
        "markdown",
        "parquet",
    }
    assert remote.call("query", TITLES).out == local.call("query", TITLES).out
    assert remote.call("status").code == 0
    assert remote.call("catalog", "rebuild").code == 0

    before = object_store.objects(remote.url_of_export)
    object_store.log.clear()
    again = remote.call("export", "--quiet")
    assert again.code == 0, again.err
    written = {
        path.split("/some/export/")[1] for method, path in object_store.log if method in ("PUT", "POST")
    }
    passing = ("/lease/", "/journal/", "/probe-")
    kept = {path for path in written if not any(part in path for part in passing)}
    assert {path.split("/")[0] for path in kept} == {"receipts"}
    after = object_store.objects(remote.url_of_export)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path.split("/")[0] for path in changed} == {"receipts"}


def test_an_export_to_a_store_that_is_killed_is_finished_by_the_next(remote, local, object_store):
    state = remote.url_of_export.removeprefix("s3://")
    kills = 0
    for wanted in ("/journal/", "/commits/", "/renders/json/"):
        sent = f"/{state}/"

        def reached(wanted=wanted, sent=sent):
            return any(
                method == "PUT" and path.startswith(sent) and wanted in path.removeprefix(sent)
                for method, path in list(object_store.log)
            )

        object_store.log.clear()
        kills += remote.fork("export", "--quiet").kill_when(reached)
    assert kills == 3
    done = remote.fork("export", "--quiet").finish()
    assert done.code == 0, done.err
    assert remote.readable() == readable(local.folder)
    assert remote.call("query", TITLES).out == local.call("query", TITLES).out
    left = object_store.names(remote.url_of_export)
    assert [path for path in left if "/lease/" in path or "/journal/" in path or ".claims" in path] == []
    storage = ObjectStorage(remote.url_of_export, object_store.options, remote.folder / "scratch")
    assert [each for each in storage.scratch().parent.iterdir() if any(each.iterdir())] == []

"""`notion-sync query` and `notion-sync catalog rebuild` on a folder that an export made."""

import csv
import io
import shutil

import orjson
import pytest

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.evidence import catalog, files
from notion_sync_assets_tests.processes.exporter import Exporter

TITLES = "SELECT title FROM pages ORDER BY title"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """An export nobody changes."""
    folder = tmp_path_factory.mktemp("catalog") / "export"
    with running_emulator(
        EmulatorConfig(world="generated", pages=3, rows=2, databases=1, limit=0)
    ) as emulator:
        assert Exporter(folder, emulator.url).call("export", "--quiet").code == 0
    return folder


@pytest.fixture
def exporter(exported, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(exported, tmp_path / "export")
    return Exporter(tmp_path / "export", "http://127.0.0.1:9", token="")


def test_a_query_is_answered_as_a_table_as_json_and_as_csv_without_a_token(exporter):
    table = exporter.call("query", TITLES)
    assert table.code == 0, table.err
    assert table.out.splitlines()[0] == "title"
    assert table.out.splitlines()[-1] == "(5 rows)"
    rows = orjson.loads(exporter.call("query", TITLES, "--json").out)
    assert [row["title"] for row in rows] == [line.strip() for line in table.out.splitlines()[2:-1]]
    lines = list(csv.DictReader(io.StringIO(exporter.call("query", "--csv", TITLES).out, newline="")))
    assert lines == rows


def test_a_query_changes_no_file(exporter):
    before = files(exporter.folder)
    exporter.call("query", TITLES)
    assert files(exporter.folder) == before


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM pages", "nothing"),
        ("DELETE FROM pages", "not allowed"),
        ("SELECT * FROM read_csv('/etc/hostname')", "disabled"),
        ("SELECT * FROM read_text('/etc/hostname')", "disabled"),
        ("COPY pages TO 'pages.csv'", "COPY"),
        ("EXPORT DATABASE 'everything'", "EXPORT"),
        ("ATTACH 'other.duckdb'", "ATTACH"),
        ("INSTALL httpfs", "not allowed"),
        ("LOAD httpfs", "LOAD"),
        ("SET threads = 1", "SET"),
        ("PRAGMA database_list", "not allowed"),
        ("FROM 'https://example.com/pages.parquet'", "disabled"),
    ],
)
def test_a_wrong_or_forbidden_query_ends_with_the_message_of_duckdb(exporter, sql, words):
    told = exporter.call("query", sql)
    assert told.code == 2
    assert told.out == ""
    assert words in told.err
    answered = exporter.call("query", "--json", sql).json
    assert answered["exit_code"] == 2
    assert words in answered["error"]


def test_without_a_catalog_a_query_says_how_to_get_one(tmp_path):
    told = Exporter(tmp_path / "none", "http://127.0.0.1:9").call("query", "SELECT 1")
    assert told.code == 2
    assert "catalog rebuild" in told.err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no database")]
)
def test_a_rebuilt_catalog_is_the_one_that_was_lost(exporter, damage):
    before = catalog(exporter.folder)
    damage(exporter.folder / layout.CATALOG)
    told = exporter.call("catalog", "rebuild", "--json")
    assert told.code == 0, told.err
    assert catalog(exporter.folder) == before
    assert told.json["rows"]["pages"] == 5
    assert (exporter.folder / layout.CATALOG).stat().st_mode & 0o777 == 0o600


def test_a_rebuild_prints_the_rows_of_every_table_and_leaves_the_rest_alone(exporter):
    before = files(exporter.folder, without=(layout.CATALOG,))
    told = exporter.call("catalog", "rebuild")
    counts = dict(reversed(line.split()) for line in told.out.splitlines())
    assert counts["pages"] == "5"
    assert counts["data_sources"] == "1"
    assert files(exporter.folder, without=(layout.CATALOG,)) == before


def test_a_rebuild_that_fails_leaves_the_catalog_as_it_was(exporter):
    before = (exporter.folder / layout.CATALOG).read_bytes()
    shutil.rmtree(next((exporter.folder / layout.SCOPES).glob("*/tables")))
    told = exporter.call("catalog", "rebuild", "--json")
    assert told.code == 1
    assert "verify" in told.json["hint"]
    assert (exporter.folder / layout.CATALOG).read_bytes() == before


def test_a_rebuild_that_fails_without_a_catalog_leaves_none(exporter, monkeypatch):
    def fails(*_arguments, **_named):
        raise StorageError("the disk is full")

    (exporter.folder / layout.CATALOG).unlink()
    monkeypatch.setattr("notion_sync_assets.resources.export_runtime.build_catalog", fails)
    assert exporter.call("catalog", "rebuild").code == 1
    assert not (exporter.folder / layout.CATALOG).exists()


def test_a_rebuild_waits_for_nobody_and_disturbs_no_export(exporter):
    leases = LeaseKeeper(20)
    leases.take(LocalStorage(exporter.folder), layout.EXPORT_LEASE, "nightly")
    before = (exporter.folder / layout.CATALOG).read_bytes()
    try:
        told = exporter.call("catalog", "rebuild")
    finally:
        leases.close()
    assert told.code == 1
    assert "nightly" in told.err
    assert (exporter.folder / layout.CATALOG).read_bytes() == before


def test_a_folder_without_an_export_is_refused_and_not_made(tmp_path):
    told = Exporter(tmp_path / "none", "http://127.0.0.1:9").call("catalog", "rebuild")
    assert told.code == 2
    assert not (tmp_path / "none").exists()

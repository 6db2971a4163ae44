"""``notion-sync verify``: bit flips, missing, extra and truncated files are each found and named, and repaired."""

import shutil
from pathlib import Path

import duckdb
import orjson
import pytest

from notion_sync_assets.core.storage import layout
from notion_sync_assets_tests.core.sync.worlds import GARDEN, HEAP
from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter
from notion_sync_assets_tests.processes.kept import exported_garden, exporter_of

pytestmark = pytest.mark.system

# What changes with every run, and what a repair may write anew with the same content.
VOLATILE = ("receipts", ".dagster", ".scratch", "notion.duckdb")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An export of the garden after two syncs, and the emulator that serves it."""
    folder = tmp_path_factory.mktemp("verify") / "export"
    with exported_garden(folder, [], [("rename", {"object_id": HEAP, "title": "Pile"})]) as notion:
        yield folder, notion


@pytest.fixture
def exporter(made, tmp_path):
    folder, notion = made
    shutil.copytree(folder, tmp_path / "export")
    return exporter_of(tmp_path / "export", notion)


def problems(told):
    harmless = ("unreferenced", "outdated")
    return {(each["kind"], each["path"]) for each in told.json["findings"] if each["kind"] not in harmless}


NEWEST = "the documents of the newest states"


def at(folder, pattern, place):
    """The file at a place, from the end, among those of a pattern, or among the documents of the newest states."""
    if pattern == NEWEST:
        with duckdb.connect(folder / "notion.duckdb", read_only=True) as catalog:
            documents = catalog.execute("SELECT document FROM pages ORDER BY 1 DESC").fetchall()
        return folder / layout.document(documents[place][0])
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    return found[-1 - place]


def flip(path: Path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path):
    path.write_bytes(path.read_bytes()[:-20])


def test_a_whole_export_has_no_problem_and_nothing_is_changed(exporter):
    before = files(exporter.folder)
    told = exporter.call("verify", "--json", "--live", "5")
    assert told.code == 0, told.json
    assert told.json["findings"] == []
    assert told.json["compared"] == 5
    assert files(exporter.folder) == before
    assert exporter.call("verify").out == "everything is as it was written\n"


STATE = [
    (NEWEST, flip, 0),
    (NEWEST, truncate, 1),
    (NEWEST, Path.unlink, 2),
    ("files/*/*", flip, 0),
    ("state/scopes/plants-*/tables/000001-*/blocks.parquet", flip, 0),
    ("state/scopes/plants-*/tables/000001-*/properties.parquet", truncate, 0),
]
RENDERED = [
    ("markdown/**/*.md", flip, 0),
    ("html/*/*.html", Path.unlink, 0),
    ("json/*/*.json", truncate, 0),
    ("csv/*.csv", flip, 0),
    ("parquet/*/rows.parquet", truncate, 0),
    ("html/index.html", flip, 0),
    ("notion.duckdb", truncate, 0),
]
OF_THE_WHOLE = [
    ("state/links/plants-*.parquet", truncate, 0),
    ("state/index/pages-*.parquet", truncate, 0),
    ("catalog/dictionary.md", truncate, 0),
]


@pytest.mark.parametrize(
    "damages", [STATE, RENDERED, OF_THE_WHOLE], ids=["state", "rendered", "links and index"]
)
def test_damage_is_named_file_by_file_and_repaired(exporter, damages):
    before = files(exporter.folder, VOLATILE)
    expected = set()
    for pattern, damage, place in damages:
        victim = at(exporter.folder, pattern, place)
        damage(victim)
        kind = "missing" if damage is Path.unlink else "damaged"
        expected.add((kind, victim.relative_to(exporter.folder).as_posix()))
    told = exporter.call("verify", "--json")
    assert told.code == 1
    assert expected - problems(told) == set()
    mended = exporter.call("verify", "--repair", "--json")
    assert mended.code == 0, mended.json
    assert mended.json["repaired"] >= len(damages)
    after = files(exporter.folder, VOLATILE)
    differing = [each for each in {*before, *after} if before.get(each) != after.get(each)]
    assert [each for each in differing if not each.startswith("state/index/")] == []


ONLY_A_BACKUP = [
    ("state/scopes/garden-*/commits/000001.json", flip, 0),
    ("state/scopes/plants-*/manifest-000001-*.parquet", flip, 0),
    ("state/scopes/compost-*/manifest-000002-*.parquet", Path.unlink, 0),
    ("state/events/plants-*/000001-*.parquet", truncate, 0),
    ("state/events/compost-*/000002-*.parquet", Path.unlink, 0),
]


def test_what_only_a_backup_has_is_named_and_stays_a_problem(exporter):
    expected = set()
    for pattern, damage, place in ONLY_A_BACKUP:
        victim = at(exporter.folder, pattern, place)
        damage(victim)
        kind = "missing" if damage is Path.unlink else "damaged"
        expected.add((kind, victim.relative_to(exporter.folder).as_posix()))
    told = exporter.call("verify", "--json", "--repair")
    assert told.code == 1
    assert expected - problems(told) == set()
    assert "backup" in exporter.call("verify").err


EXTRA = ["html/evil.html", "state/notes.txt", "files/00/readme.md", "json/x/y.json", "receipts/x.parquet"]


def test_files_that_nobody_of_ours_wrote_are_named_and_left_alone(exporter):
    for path in EXTRA:
        (exporter.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (exporter.folder / path).write_text("mine")
    told = exporter.call("verify", "--json", "--repair")
    assert told.code == 1
    assert problems(told) == {("extra", path) for path in EXTRA}
    assert {(exporter.folder / path).read_text() for path in EXTRA} == {"mine"}


def test_a_document_that_nothing_needs_is_noted_and_no_problem(exporter):
    (manifest,) = (exporter.folder / "state" / "scopes").glob("compost-*/manifest-000001-*.parquet")
    manifest.unlink()
    told = exporter.call("verify", "--json")
    assert told.code == 0
    assert {each["kind"] for each in told.json["findings"]} == {"unreferenced"}
    noted = len(told.json["findings"])
    assert exporter.call("gc", "--json").json["removed"]["documents"] == noted
    assert exporter.call("verify", "--json").json["findings"] == []


def test_a_manifest_that_contradicts_its_events_is_named(exporter):
    """As if somebody had put an older, whole manifest in the place of the newest."""
    from notion_sync_assets.core.canonical import canonical_bytes, digest

    scope = next((exporter.folder / "state" / "scopes").glob("compost-*"))
    commit = scope / "commits" / "000002.json"
    value = orjson.loads(commit.read_bytes())
    first = orjson.loads((scope / "commits" / "000001.json").read_bytes())
    value["manifest"] = first["manifest"]
    del value["digest"]
    commit.write_bytes(canonical_bytes({**value, "digest": digest(value)}))
    told = exporter.call("verify", "--json")
    assert told.code == 1
    assert ("differs", first["manifest"]) in problems(told)


def test_a_page_that_reads_otherwise_in_notion_is_named(exporter, made):
    _, notion = made
    block = next(block for block, parent in notion.control.oracle_ids("block").items() if parent == GARDEN)
    notion.control.change("edit_block", block_id=block, text="Silent", bump=False)
    told = exporter.call("verify", "--json", "--live", "100")
    notion.control.change("edit_block", block_id=block, text="Beds", bump=False)
    assert told.code == 1
    assert [each["page_id"] for each in told.json["findings"]] == [GARDEN]


def test_a_folder_without_an_export_is_refused(tmp_path):
    told = Exporter(tmp_path / "none", "http://127.0.0.1:9").call("verify")
    assert told.code == 2
    assert not (tmp_path / "none").exists()

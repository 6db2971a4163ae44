"""``purge``, ``publish``, ``rollback``, ``history``, ``diff`` and ``backup``/``restore`` on a folder that exports made."""

import datetime as dt
import shutil

import orjson
import pytest

from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets_tests.core.sync.worlds import COMPOST, FERN, GARDEN, HEAP, SHED
from notion_sync_assets_tests.processes.evidence import (
    catalog,
    committed_events,
    files,
    published_events,
    rendered,
)
from notion_sync_assets_tests.processes.exporter import Exporter
from notion_sync_assets_tests.processes.kept import exported_garden, exporter_of
from notion_sync_assets_tests.test_export_people import holding

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An export of the garden after two syncs, and the emulator that serves it."""
    folder = tmp_path_factory.mktemp("keeping") / "export"
    first = [
        ("rename", {"object_id": HEAP, "title": "Quagmire"}),
        ("rename", {"object_id": SHED, "title": "Woodpile"}),
        ("add_block", {"parent_id": FERN, "text": "Perennial"}),
    ]
    second = [("rename", {"object_id": HEAP, "title": "Bogland"})]
    with exported_garden(folder, first, second) as notion:
        yield folder, notion


@pytest.fixture
def exporter(made, tmp_path):
    folder, notion = made
    shutil.copytree(folder, tmp_path / "export")
    return exporter_of(tmp_path / "export", notion)


def test_history_and_diff_are_told_as_text_markdown_and_json(exporter):
    shown = exporter.call("history", f"https://www.notion.so/Bogland-{compact_id(HEAP)}")
    assert shown.code == 0, shown.err
    assert shown.out.splitlines()[0] == f"Bogland ({HEAP})"
    assert '~ title: "Quagmire" → "Bogland"' in shown.out
    told = exporter.call("history", HEAP, "--json").json
    assert [(each["version"], each["change"], each["kept"]) for each in told["versions"]] == [
        (1, "created", True),
        (2, "edited", True),
    ]
    second = dt.datetime.fromisoformat(told["versions"][1]["committed_at"])
    since = (second - dt.timedelta(milliseconds=1)).isoformat()
    found = exporter.call("diff", "--since", since, "--json").json
    assert [(page["title"], page["change"]) for page in found["pages"]] == [("Bogland", "edited")]
    assert "Bogland" in exporter.call("diff", "--since", since).out
    assert "- **edited** [Bogland](" in exporter.call("diff", "--since", since, "--markdown").out
    assert "Nothing changed." in exporter.call("diff", "--since", "2999-01-01").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", "nonsense"),
        ("history", "0" * 32),
        ("diff", "--since", "yesterday"),
        ("rollback", "x", "--to", "1"),
        ("purge", "x"),
        ("purge", "0" * 32),
    ],
)
def test_what_makes_no_sense_is_bad_usage_and_changes_nothing(exporter, arguments):
    before = files(exporter.folder, (".scratch",))
    assert exporter.call(*arguments).code == 2
    assert files(exporter.folder, (".scratch",)) == before


def test_a_purged_page_is_nowhere_and_does_not_come_back(exporter, tmp_path):
    assert exporter.call("backup", str(tmp_path / "backup")).code == 0
    assert len(holding(exporter.folder, "Bogland")) > 10
    told = exporter.call("purge", HEAP, "--json")
    assert told.code == 0, told.err
    assert told.json["documents"] == 2
    assert told.json["backups"] == [str(tmp_path / "backup")]
    for word in ("Bogland", "Quagmire"):
        # The page above holds a block with the title, in its document and what is made of it.
        left = holding(exporter.folder, word)
        assert [each for each in left if not about(exporter, each, COMPOST)] == []
    ids = [each for each in holding(exporter.folder, HEAP) if not about(exporter, each, COMPOST)]
    assert ids == ["state/purged.json"]
    assert published_events(exporter.folder) == committed_events(exporter.folder)
    assert exporter.call("verify", "--json").json["findings"] == []
    assert exporter.call("export", "--quiet").code == 0
    assert not list(holding(exporter.folder, "Warm."))
    assert exporter.call("purge", HEAP, "--json").json["commits"] == 0


def about(exporter, path, page):
    """Whether a file shows a page that holds a block of the purged one: it tells of that block, too."""
    from notion_sync_assets_tests.test_export_people import everything

    text = dict(everything(exporter.folder))[exporter.folder / path]
    return page in text or compact_id(page) in text or "Compost" in text


def test_a_purge_takes_the_files_that_only_its_page_shows(exporter):
    picture = next((exporter.folder / "files").glob("*/*"))
    assert exporter.call("purge", GARDEN, "--json").json["files"] == 1
    assert not picture.exists()


def test_publish_copies_the_site_and_the_files_it_shows_and_nothing_else(exporter, tmp_path):
    (exporter.folder / "files" / "00").mkdir(exist_ok=True)
    (exporter.folder / "files" / "00" / ("0" * 64)).write_text("of an earlier version")
    site = tmp_path / "site"
    told = exporter.call("publish", str(site), "--json")
    assert told.code == 0, told.err
    assert {path.split("/")[0] for path in files(site)} == {"html", "files", ".notion-sync-site.json"}
    kept = {path: digest for path, digest in files(site).items() if path.startswith(("html/", "files/"))}
    source = {
        path: digest
        for path, digest in rendered(exporter.folder).items()
        if path.startswith(("html/", "files/"))
    }
    assert source.keys() - kept.keys() == {"files/00/" + "0" * 64}
    assert kept.items() <= source.items()
    (exporter.folder / "html" / "index.html").unlink()
    again = exporter.call("publish", str(site), "--json").json
    assert (again["written"], again["deleted"]) == (0, 1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("mine")
    assert exporter.call("publish", str(tmp_path / "mine")).code == 2


def test_a_rolled_back_scope_is_in_all_formats_at_once_and_the_next_export_goes_on(exporter):
    before = rendered(exporter.folder)
    told = exporter.call("rollback", compact_id(COMPOST), "--to", "1", "--expect", "2", "--json")
    assert told.code == 0, told.err
    assert told.json["sequence"] == 3
    assert [
        each for each in holding(exporter.folder, "Quagmire") if each.startswith(("html/", "csv/", "json/"))
    ]
    assert not [each for each in holding(exporter.folder, "Bogland") if each.startswith(("html/", "json/"))]
    assert published_events(exporter.folder) == committed_events(exporter.folder)
    assert exporter.call("verify", "--json").json["findings"] == []
    refused = exporter.call("rollback", COMPOST, "--to", "1", "--expect", "2")
    assert refused.code == 1
    assert exporter.call("export", "--quiet").code == 0
    assert rendered(exporter.folder) == before


def test_a_backup_restores_to_the_same_export(exporter, tmp_path):
    assert exporter.call("backup", str(tmp_path / "backup"), "--json").code == 0
    back = Exporter(tmp_path / "back", exporter.url, settings=exporter.settings)
    told = back.call("restore", str(tmp_path / "backup"), str(back.folder), "--json")
    assert told.code == 0, told.err
    assert rendered(back.folder) == rendered(exporter.folder)
    assert catalog(back.folder) == catalog(exporter.folder)
    assert published_events(back.folder) == published_events(exporter.folder)
    assert back.call("verify", "--json").json["findings"] == []
    assert back.call("export", "--quiet").code == 0
    assert rendered(back.folder) == rendered(exporter.folder)
    refused = back.call("restore", str(tmp_path / "backup"), str(back.folder))
    assert (refused.code, "not empty" in refused.err) == (2, True)
    assert back.call("restore", str(tmp_path / "backup")).code == 2


def test_a_lost_dagster_folder_is_made_again_by_restore(exporter):
    before = published_events(exporter.folder)
    shutil.rmtree(exporter.folder / ".dagster")
    told = exporter.call("restore", "--json")
    assert told.code == 0, told.err
    assert published_events(exporter.folder) == before
    assert told.json["page_events"] == sum(before.values())
    assert orjson.loads(exporter.call("restore", "--json").out)["page_events"] == 0

"""`notion-sync plan`: what it says, that it writes nothing, and that its numbers are those of the export."""

import pytest

from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter

ABSENT = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(world="generated", pages=8, rows=12, databases=2, token="secret_right")


@pytest.fixture
def exporter(tmp_path, emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exporter(tmp_path / "export", emulator.url, token="secret_right")


def made(emulator):
    return sum(emulator.engine.stats.by_route.values())


def test_a_plan_makes_not_even_the_folder(exporter, tmp_path):
    told = exporter.call("plan", "--json")
    assert told.code == 0, told.err
    assert list(tmp_path.iterdir()) == []
    assert told.json["pages"]["new"] >= 18
    assert told.json["workspace"]["workspace_name"] == "Generated workspace"


def test_a_plan_foretells_the_export_then_finds_it_done_and_changes_no_file(exporter):
    exporter.settings["NOTION__REQUESTS_PER_MINUTE"] = 6000
    first = exporter.call("plan", "--json").json
    assert not exporter.folder.exists()
    assert exporter.call("export", "--quiet").code == 0
    needed = exporter.receipt["requests"]["made"]
    assert first["requests"]["total"]["low"] <= needed <= first["requests"]["total"]["high"]
    before = without_the_budget(files(exporter.folder))
    second = exporter.call("plan", "--json").json
    assert without_the_budget(files(exporter.folder)) == before
    found = second["pages"]
    assert found["unchanged"] + found["missing"] == 20
    assert found["new"] == found["changed"] == found["again"] == 0
    assert second["requests"]["total"]["expected"] < needed / 2


def without_the_budget(found):
    """All files but the one every process counts its requests in."""
    return {path: digest for path, digest in found.items() if "rate_limit.sqlite" not in path}


def test_a_plan_tells_what_it_cost_itself(exporter, emulator):
    before = made(emulator)
    told = exporter.call("plan", "--json", "--sample", "3").json
    assert told["plan"]["requests"] == made(emulator) - before
    assert told["plan"]["pages_sampled"] == 3


def test_the_text_names_scopes_requests_time_comments_and_files(exporter):
    exporter.settings["NOTION__WINDOW_SECONDS"] = 1
    exporter.settings["NOTION__REQUESTS_PER_MINUTE"] = 6000
    told = exporter.call("plan")
    assert told.code == 0, told.err
    assert "at 100 requests in 1 s" in told.out
    for word in (
        "Generated workspace",
        "2 data sources",
        "Table 0",
        "requests",
        "blocks",
        "comments",
        "files",
    ):
        assert word in told.out
    assert told.out.splitlines()[-1].endswith("nothing was written")


def test_options_mean_what_they_mean_to_the_export(exporter, emulator):
    source = next(iter(emulator.control.oracle_ids("data_source")))
    chosen = exporter.call("plan", "--json", "--database", source, "--no-comments", "--no-files").json
    assert [scope["kind"] for scope in chosen["scopes"]] == ["data_source"]
    assert chosen["requests"]["by_kind"]["comments"]["high"] == 0
    assert chosen["requests"]["by_kind"]["block comments"]["high"] == 0
    assert chosen["block_comments"]["expected"] > 0
    assert chosen["files"]["high"] == 0
    rest = exporter.call("plan", "--json", "--exclude", source, "--no-blocks").json
    assert len(rest["scopes"]) == len(exporter.call("plan", "--json").json["scopes"]) - 1
    assert rest["requests"]["by_kind"]["blocks"]["high"] == 0


@pytest.mark.parametrize("sample", ["0", "61", "many"])
def test_a_sample_is_of_three_to_sixty_pages(exporter, sample):
    assert exporter.call("plan", "--sample", sample).code == 2


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "words"),
    [
        (["--page", ABSENT], {}, 2, "nothing this connection can see"),
        (["--page", "no id"], {}, 2, "Notion ids or addresses"),
        ([], {"token": "secret_wrong"}, 3, "NOTION_TOKEN"),
        ([], {"token": ""}, 2, "NOTION_TOKEN"),
        ([], {"url": "http://192.0.2.1"}, 2, "https"),
    ],
)
def test_what_is_wrong_ends_with_one_line_a_hint_and_a_code(exporter, arguments, variables, code, words):
    changed = Exporter(
        exporter.folder, variables.get("url", exporter.url), variables.get("token", exporter.token)
    )
    told = changed.call("plan", "--json", *arguments)
    assert told.code == code, told.err
    assert told.json["exit_code"] == code
    assert words in told.err
    assert not exporter.folder.exists()


def test_a_folder_that_is_no_export_is_refused_as_the_export_would(exporter):
    exporter.folder.mkdir()
    (exporter.folder / "thesis.txt").write_text("mine")
    told = exporter.call("plan", "--json")
    assert told.code == 2
    assert "thesis.txt" in told.json["error"]
    told = Exporter(exporter.folder / "thesis.txt", exporter.url, exporter.token).call("plan", "--json")
    assert told.code == 2
    assert "is a file" in told.json["error"]

"""What the options of `export` leave out, and that leaving out is never taken for the whole."""

from collections import Counter

import orjson
import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.evidence import files, rendered
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

# Page events and sites have tests of their own; without them an export takes half the time.
QUICK = {"OUTPUT__FORMATS": "json,csv", "DAGSTER__PAGE_EVENTS": "false"}
WORLD = EmulatorConfig(
    world="generated", pages=8, rows=8, databases=2, limit=0, search_omit_rate=0, search_lag=0
)


@pytest.fixture
def emulator():
    with running_emulator(WORLD) as running:
        yield running


@pytest.fixture
def exporter(tmp_path, emulator):
    return Exporter(tmp_path / "export", emulator.url, settings=QUICK)


def export(exporter, *arguments, code=0):
    done = exporter.call("export", "--quiet", "--json", *arguments)
    assert done.code == code, done.err
    return done.json


def documents(exporter):
    return [
        orjson.loads(path.read_bytes())
        for path in (exporter.folder / "json").rglob("*.json")
        if path.name != "database.json"
    ]


def routes(emulator, word):
    return sum(count for (route, _), count in emulator.engine.stats.by_route.items() if word in route)


def states(exporter, kind="page"):
    return {item["id"]: item["state"] for item in exporter.receipt["objects"] if item["object"] == kind}


def test_without_blocks_only_properties_are_read(exporter, emulator):
    told = export(exporter, "--no-blocks")
    assert routes(emulator, "/children") == 0
    assert told["content"]["blocks"] == 0
    assert all(not document["blocks"] for document in documents(exporter))
    assert set(states(exporter)) == set(emulator.control.oracle_ids("page"))


def test_without_properties_only_titles_are_kept(exporter, emulator):
    export(exporter, "--no-properties")
    assert set(states(exporter)) == set(emulator.control.oracle_ids("page"))
    assert routes(emulator, "/properties/") == 0
    kept = {value["type"] for each in documents(exporter) for value in each["page"]["properties"].values()}
    assert kept == {"title"}
    header = next((exporter.folder / "csv").rglob("*.csv")).read_text("utf-8").splitlines()[0]
    assert header.count(",") == 1 + 4, "the title, four columns of the page itself and the rest"


def test_a_partial_export_says_what_it_lacks(exporter):
    done = exporter.call("export", "--quiet", "--no-properties", "--no-files", "--max-file-size", "5")
    assert "partial        without properties, without files, files up to 5 bytes" in done.err
    selection = exporter.receipt["selection"]
    assert selection["partial"]
    assert {name for name, value in selection.items() if value is False} == {"properties", "files"}
    export(exporter)
    assert not exporter.receipt["selection"]["partial"]


def test_without_comments_none_is_asked_for(exporter, emulator):
    export(exporter, "--no-comments")
    assert routes(emulator, "/v1/comments") == 0
    assert set(states(exporter)) == set(emulator.control.oracle_ids("page"))


def test_without_files_none_is_fetched(exporter, emulator):
    told = export(exporter, "--no-files")
    assert routes(emulator, "/files/") == 0
    assert told["content"]["files"] == 0
    assert not (exporter.folder / "files").exists()


def test_files_above_the_largest_size_stay_links(exporter, emulator):
    export(exporter, "--max-file-size", "1")
    assert not list((exporter.folder / "files").rglob("*.*"))


@pytest.fixture(scope="module")
def unchanging():
    """A workspace that no test changes."""
    with running_emulator(WORLD) as running:
        yield running


@pytest.fixture(scope="module")
def whole(unchanging, tmp_path_factory):
    exporter = Exporter(tmp_path_factory.mktemp("whole") / "export", unchanging.url, settings=QUICK)
    export(exporter)
    return rendered(exporter.folder)


@pytest.mark.parametrize("option", ["--no-comments", "--no-blocks", "--no-files", "--no-properties"])
def test_what_was_left_out_is_read_as_soon_as_it_is_wanted(unchanging, whole, tmp_path, option):
    exporter = Exporter(tmp_path / "export", unchanging.url, settings=QUICK)
    export(exporter, option)
    export(exporter)
    assert rendered(exporter.folder) == whole


def test_only_the_formats_that_are_asked_for_are_written(exporter):
    export(exporter, "--format", "csv")
    assert {path.name for path in exporter.folder.iterdir()} >= {"csv", "state", "receipts"}
    assert not (exporter.folder / "json").exists()
    assert not (exporter.folder / "parquet").exists()


def test_one_database_by_its_id_is_that_database_and_nothing_else(exporter, emulator):
    sources = emulator.control.oracle_ids("data_source")
    wanted = min(sources)
    pages = {page for page, parent in emulator.control.oracle_ids("page").items() if parent == wanted}
    export(exporter, "--database", str(sources[wanted]))
    exported = {page for page, state in states(exporter).items() if state == "exported"}
    assert pages <= exported
    committed = [scope for scope in exporter.receipt["scopes"] if scope["sequence"]]
    assert [scope["id"] for scope in committed] == [wanted]
    assert set(states(exporter)) == set(emulator.control.oracle_ids("page"))
    assert set(states(exporter).values()) == {"exported", "excluded"}


def test_one_page_is_the_tree_it_is_in(exporter, emulator):
    parents = emulator.control.oracle_ids("page")
    deep = next(page for page, parent in sorted(parents.items()) if parent in parents)
    export(exporter, "--page", f"https://www.notion.so/Some-title-{deep.replace('-', '')}")
    (scope,) = [scope for scope in exporter.receipt["scopes"] if scope["sequence"]]
    assert scope["kind"] == "page_tree"
    assert states(exporter)[deep] == "exported"


def test_an_excluded_database_is_not_read_and_is_told(exporter, emulator):
    source, database = min(emulator.control.oracle_ids("data_source").items())
    rows = {page for page, parent in emulator.control.oracle_ids("page").items() if parent == source}
    told = export(exporter, "--exclude", database)
    assert source not in {scope["id"] for scope in exporter.receipt["scopes"] if scope["sequence"]}
    assert states(exporter, "data_source")[source] == "excluded"
    assert states(exporter, "database")[database] == "excluded"
    assert told["counts"]["data_source"]["excluded"] == 1
    assert {states(exporter)[row] for row in rows} == {"excluded"}


def test_an_excluded_page_is_not_read_and_is_told(exporter, emulator):
    page = next(page for page, parent in emulator.control.oracle_ids("page").items() if parent is not None)
    export(exporter, "--exclude", page)
    assert states(exporter)[page] == "excluded"
    assert page.replace("-", "") not in "".join(rendered(exporter.folder)).replace("-", "")


def test_full_reads_every_page_again_and_changes_no_file(exporter, emulator):
    emulator.control.reset(keep_log=True)
    export(exporter)
    before, asked = rendered(exporter.folder), lists_asked(emulator)
    emulator.control.reset(keep_log=True)
    export(exporter, "--full")
    assert set(lists_asked(emulator)) == set(asked)
    assert rendered(exporter.folder) == before


def lists_asked(emulator):
    log = emulator.control.stats(log=True)["log"]
    return Counter(line["path"] for line in log if line["path"].endswith("/children"))


def test_strict_makes_what_is_not_shared_a_failure(exporter, emulator):
    page, _ = next(pair for pair in emulator.control.oracle_ids("page").items() if pair[1] is not None)
    export(exporter)
    emulator.control.change("trash", object_id=page)
    told = export(exporter)
    assert told["status"] == "complete"
    assert export(exporter, "--strict", code=1)["status"] == "incomplete"


def test_a_second_run_without_a_change_makes_no_commit_and_changes_no_file(exporter, emulator):
    export(exporter)
    before = files(exporter.folder, without=("receipts", ".dagster"))
    oracle = emulator.control.oracle()
    emulator.control.reset()
    told = export(exporter)
    assert files(exporter.folder, without=("receipts", ".dagster")) == before
    assert set(told["counts"]["page"]) == {"unchanged"}
    constant = oracle["c"]["data_sources"] + oracle["c"]["databases"]
    assert told["requests"]["made"] <= constant + oracle["requests"]["search"] + 15


def test_a_delta_of_an_unchanged_workspace_costs_a_search_a_query_per_data_source_and_ten_requests(
    exporter, emulator
):
    export(exporter)
    emulator.control.reset()
    told = export(exporter, "--delta")
    assert told["requests"]["made"] <= 1 + 2 + 10
    assert routes(emulator, "/query") == 2
    assert set(states(exporter).values()) == {"unchanged"}


def test_a_complete_run_of_an_unchanged_workspace_stays_within_its_bound(exporter, emulator):
    export(exporter)
    emulator.control.reset()
    told = export(exporter)
    oracle = emulator.control.oracle()
    parts = oracle["requests"]
    bound = parts["queries"] + oracle["c"]["data_sources"] + oracle["c"]["databases"] + parts["search"] + 15
    assert told["requests"]["made"] <= bound


def test_a_verifying_run_reads_unchanged_pages_again(exporter, emulator):
    exporter.settings["SYNC__VERIFY_SHARE"] = "1"
    export(exporter)
    emulator.control.reset()
    export(exporter, "--verify")
    assert routes(emulator, "/comments") == len(emulator.control.oracle_ids("page"))


def test_full_and_delta_exclude_each_other(exporter):
    assert exporter.call("export", "--full", "--delta").code == 2


def test_comments_on_blocks_are_in_the_documents_that_ask_for_them(exporter, emulator):
    block = next(iter(emulator.control.oracle_ids("block")))
    emulator.control.change("add_comment", owner_id=block, text="On a block")
    exporter.settings["OUTPUT__BLOCK_COMMENTS"] = "true"
    export(exporter)
    found = [each["parent"] for document in documents(exporter) for each in document["comments"] or []]
    assert {"type": "block_id", "block_id": block} in found


def test_what_has_left_is_kept_aside_where_asked_for(exporter, emulator):
    exporter.settings["OUTPUT__KEEP_REMOVED"] = "true"
    export(exporter)
    page = next(page for page, parent in emulator.control.oracle_ids("page").items() if parent is None)
    emulator.control.change("trash", object_id=page)
    export(exporter)
    assert [path for path in (exporter.folder / "_removed").rglob("*") if page in path.name]
    export(exporter)


def test_verbose_logs_requests_pages_and_scopes_and_no_token(exporter):
    done = exporter.call("export", "--verbose")
    assert done.code == 0, done.err
    for said in ("POST /v1/search: 200 in ", ": new", "commit 1, "):
        assert said in done.err
    assert exporter.token not in done.err
    assert exporter.call("export", "--verbose", "--quiet").code == 2

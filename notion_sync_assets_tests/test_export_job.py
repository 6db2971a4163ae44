"""The job that schedules start: in one run, what the command line does in many."""

from collections import Counter
from contextlib import closing

import dagster as dg
import orjson
import pytest

from notion_sync_assets.checks import FAILED_SCOPES
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.export_run import ExportRun
from notion_sync_assets.failures import cause_of
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import (
    SMALL_WORLD,
    STILL_DEMO,
    deployment,
    refuse_persistently,
    settings_for,
)

FORMATS = {"output.formats": "json,html,csv"}
RENDERED = ("json", "html", "csv", "files")


@pytest.fixture
def dagster(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **FORMATS) as made:
        yield made


def receipts(deployed):
    storage = deployed.runtime.storage
    names = [name for name in storage.names(layout.RECEIPTS) if name.endswith(".json")]
    return [orjson.loads(storage.read(f"{layout.RECEIPTS}/{name}")) for name in names]


def contents(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for form in RENDERED
        for path in (root / form).rglob("*")
        if path.is_file()
    }


@pytest.mark.system
def test_the_job_exports_the_bytes_that_the_command_line_exports(start_emulator, tmp_path):
    """The demo names pages in its content that search does not list, so discovery takes more than one round."""
    emulator = start_emulator(**STILL_DEMO)
    settings = settings_for(emulator, tmp_path / "line", **FORMATS)
    with closing(ExportRuntime(settings)) as runtime:
        ExportRun(runtime, strict=False, phase=lambda _name: None).run()
    with deployment(emulator, tmp_path / "job", **FORMATS) as job:
        assert job.run("export_job").success
        (receipt,) = receipts(job)
    made = contents(tmp_path / "job")
    assert len(made) > 50
    assert made == contents(tmp_path / "line")
    assert (receipt["status"], receipt["exit_code"]) == ("complete", 0)


def test_every_asset_tells_of_its_part_in_the_run(dagster):
    result = dagster.run("export_job")
    names = dagster.names
    logged = {key: dagster.instance.get_latest_materialization_event(key) for key in materialized(names)}
    assert all(logged.values()), [key for key, event in logged.items() if event is None]
    assert {event.run_id for event in logged.values()} == {result.run_id}
    assert dagster.outcome("workspace_index", FAILED_SCOPES).passed
    assert len(dagster.events("page_versions")) == 12


def materialized(names):
    own = ("workspace_index", "databases", "pages", "blocks", "files", "link_table")
    return [*map(names.notion, own), *map(names.export, ("json", "html", "csv", "site", "catalog"))]


def test_a_second_run_reads_no_page_again_but_the_few_whose_turn_it_is(dagster):
    dagster.run("export_job")
    dagster.requests()
    dagster.run("export_job")
    # Two requests a page at least, one of them for comments, of the six that a run may spend on it.
    assert dagster.requests().get("GET /v1/comments", 0) <= 3
    assert len(dagster.events("pages")) == 3


def test_a_reconcile_searches_both_ways(dagster):
    dagster.run("export_job")
    one_way = dagster.requests()["POST /v1/search"]
    dagster.run("export_job", {"both_ways": True})
    assert dagster.requests()["POST /v1/search"] == 2 * one_way


def test_an_incomplete_export_is_published_and_then_fails(dagster, monkeypatch):
    dagster.index()
    odd = dagster.key("table-0")
    (scope,) = dagster.runtime.known_scopes([odd])
    refuse_persistently(monkeypatch, f"/v1/data_sources/{scope.root_id}/query")
    with pytest.raises(dg.Failure, match="The export is incomplete") as caught:
        dagster.run("export_job")
    assert odd in caught.value.description
    assert (dagster.runtime.storage.root / layout.CATALOG).is_file()
    (receipt,) = receipts(dagster)
    assert (receipt["status"], receipt["exit_code"]) == ("incomplete", 1)
    assert [error["scope"] for error in receipt["errors"]] == [odd]


def test_an_export_that_is_stopped_leaves_a_receipt_that_says_so(dagster, monkeypatch):
    monkeypatch.setattr(dagster.runtime, "build_links", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises((KeyboardInterrupt, dg.DagsterExecutionInterruptedError)):
        dagster.run("export_job")
    (receipt,) = receipts(dagster)
    assert receipt["status"] == "interrupted"


def test_two_exports_never_work_on_one_folder(dagster, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.export_job._ATTEMPTS", 1)
    with closing(LeaseKeeper(20)) as other:
        dagster.index()
        other.take(dagster.runtime.storage, layout.EXPORT_LEASE, "the command line")
        with pytest.raises(dg.Failure, match="the command line") as caught:
            dagster.run("export_job")
    assert isinstance(cause_of(caught.value), LeaseHeldError)
    assert dagster.runtime.commits.committed_scopes() == []


def test_the_folder_of_an_export_is_private_and_nobody_elses(dagster):
    root = dagster.runtime.storage.root
    dagster.run("export_job")
    assert root.stat().st_mode & 0o777 == 0o700
    assert (root / layout.CATALOG).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_ours_is_refused(dagster):
    root = dagster.runtime.storage.root
    root.mkdir()
    (root / "thesis.txt").write_text("not an export")
    with pytest.raises(dg.Failure, match="export"):
        dagster.run("export_job")
    assert [path.name for path in root.iterdir()] == ["thesis.txt"]


@pytest.mark.system
def test_no_run_asks_twice_for_the_same_description(start_emulator, tmp_path, monkeypatch):
    """What a cache of answers would save (docs/adr/0014); discovery in the demo takes more than one round."""
    asked = Counter()
    for name in ("me", "users", "database", "data_source"):
        monkeypatch.setattr(NotionClient, name, counted(asked, getattr(NotionClient, name)))
    with deployment(start_emulator(**STILL_DEMO), tmp_path / "export", **FORMATS) as demo:
        for least in (20, 15):
            asked.clear()
            assert demo.run("export_job").success
            assert asked.total() >= least
            assert [call for call, times in asked.items() if times > 1] == []


def counted(asked, method):
    async def call(self, *arguments, **named):
        asked[(method.__name__, *arguments, *named.values())] += 1
        return await method(self, *arguments, **named)

    return call


def test_the_state_of_a_newer_program_is_refused_before_anything_is_asked(dagster):
    storage = dagster.runtime.storage
    storage.prepare()
    storage.write(layout.FORMAT, b'{"format": 99}')
    for job, config in (("export_job", None), ("sync_batch", {"scopes": []})):
        dagster.requests()
        result = dagster.run(job, config, raise_on_error=False)
        assert not result.success
        assert dagster.requests() == {}
    assert storage.names("state") == ["format.json"]

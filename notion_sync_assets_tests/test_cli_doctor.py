"""`notion-sync doctor`: every check is one line, what fails says what to do, and nothing is written."""

import datetime as dt
import os

import httpx
import pytest

from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import RestrictedError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.diagnosis import Check, examined, exit_of
from notion_sync_assets.diagnosis_notion import ServerClock
from notion_sync_assets_tests.core.sync.worlds import new_draft, serve
from notion_sync_assets_tests.processes.evidence import files
from notion_sync_assets_tests.processes.exporter import Exporter

LEVELS = ("ok", "warn", "fail")


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(world="generated", pages=4, rows=4, databases=1, token="secret_right")


@pytest.fixture
def exporter(tmp_path, emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exporter(tmp_path / "export", emulator.url, token="secret_right")


def checks(told):
    return {each["check"]: each for each in told.json["checks"]}


def levels(told):
    return {name: each["level"] for name, each in checks(told).items()}


def test_before_the_first_export_all_is_well_and_nothing_is_made(exporter, tmp_path):
    told = exporter.call("doctor", "--json")
    assert told.code == 0
    assert set(levels(told).values()) == {"ok"}
    assert list(tmp_path.iterdir()) == []
    found = checks(told)
    assert exporter.url in found["origin"]["message"]
    assert found["workspace"]["message"] == "Generated workspace, connection emulator"
    assert found["sharing"]["message"] == "8 pages and 1 data sources visible"
    assert "dagster" in found["versions"]["message"]
    assert exporter.token not in told.out


def test_after_an_export_it_reads_what_is_there_and_changes_no_file(exporter):
    assert exporter.call("export", "--quiet").code == 0
    before = files(exporter.folder)
    told = exporter.call("doctor", "--json")
    assert files(exporter.folder) == before
    found = checks(told)
    assert set(levels(told).values()) == {"ok"}
    assert found["catalog"]["message"] == "readable, 8 pages"
    assert found["folder's workspace"]["message"] == "the same"
    assert found["last export"]["message"].startswith("complete")
    assert "opens" in found["instance"]["message"]


def test_every_check_is_one_line(exporter):
    told = exporter.call("doctor")
    assert all(line.split()[0] in LEVELS for line in told.out.splitlines())
    assert len(told.out.splitlines()) == len(exporter.call("doctor", "--json").json["checks"])


@pytest.mark.parametrize(
    ("variables", "code", "check"),
    [
        ({"token": "secret_wrong"}, 3, "token"),
        ({"token": ""}, 2, "token"),
        ({"url": "http://127.0.0.1:9"}, 3, "token"),
        ({"url": "http://192.0.2.1"}, 2, "configuration"),
    ],
)
def test_what_fails_says_what_to_do_and_has_the_code_of_its_class(
    exporter, variables, code, check, monkeypatch
):
    monkeypatch.setattr("notion_sync_assets.cli_connection._PATIENCE_S", 0.2)
    monkeypatch.setattr("notion_sync_assets.core.notion.config.IMPATIENT_ATTEMPTS", 1)
    changed = Exporter(
        exporter.folder, variables.get("url", exporter.url), variables.get("token", exporter.token)
    )
    told = changed.call("doctor", "--json")
    assert (told.code, told.json["exit_code"]) == (code, code)
    assert levels(told)[check] == "fail"
    assert checks(told)[check]["hint"]
    assert "sharing" not in checks(told)


def test_nothing_shared_is_a_failure_that_says_how_to_share(start_emulator, exporter):
    empty = serve(start_emulator, new_draft().finish())
    told = Exporter(exporter.folder, empty.url).call("doctor", "--json")
    assert told.code == 3
    assert "Connections" in checks(told)["sharing"]["hint"]


def test_a_large_workspace_is_counted_in_few_requests(start_emulator, exporter, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.diagnosis_notion._SEARCHES", 1)
    large = start_emulator(world="generated", pages=0, rows=300, databases=1, short_page_rate=0)
    told = Exporter(exporter.folder, large.url).call("doctor", "--json")
    assert checks(told)["sharing"]["message"].startswith("at least ")
    assert large.control.stats()["by_route"]["POST /v1/search"] == {"200": 1}


@pytest.mark.parametrize(
    ("call", "check", "level", "code"),
    [
        ("users", "user information", "warn", 0),
        ("comments", "read comments", "warn", 0),
        ("block_children", "read content", "fail", 3),
    ],
)
def test_a_missing_capability_is_found_by_trying(exporter, monkeypatch, call, check, level, code):
    async def refused(*_arguments):
        raise RestrictedError("Insufficient permissions", status=403, code="restricted_resource")

    monkeypatch.setattr(NotionClient, call, refused)
    told = exporter.call("doctor", "--json")
    assert told.code == code
    assert levels(told)[check] == level
    assert "capability" in checks(told)[check]["hint"]


def test_comments_are_not_tried_when_they_are_not_wanted(exporter):
    exporter.settings["OUTPUT__COMMENTS"] = "false"
    assert "read comments" not in levels(exporter.call("doctor", "--json"))


def test_who_holds_the_folder_is_told(exporter):
    leases = LeaseKeeper(20)
    leases.take(LocalStorage(exporter.folder), layout.EXPORT_LEASE, "nightly")
    try:
        told = exporter.call("doctor", "--json")
    finally:
        leases.close()
    assert told.code == 0
    assert levels(told)["lease"] == "warn"
    assert f"process {os.getpid()}" in checks(told)["lease"]["message"]
    assert "nightly" in checks(told)["lease"]["message"]


def test_a_folder_that_is_not_ours_or_not_a_folder_fails(exporter):
    exporter.folder.mkdir()
    (exporter.folder / "thesis.txt").write_text("mine")
    told = exporter.call("doctor", "--json")
    assert told.code == 2
    assert "thesis.txt" in checks(told)["output folder"]["message"]
    inside = Exporter(exporter.folder / "thesis.txt" / "export", exporter.url, token=exporter.token)
    told = inside.call("doctor", "--json")
    assert told.code == 2
    assert "in the way" in checks(told)["output folder"]["message"]


def test_the_folder_of_another_workspace_fails(exporter):
    LocalStorage(exporter.folder).write(layout.IDENTITY, b'{"workspace_id": "another"}')
    told = exporter.call("doctor", "--json")
    assert told.code == 2
    assert levels(told)["folder's workspace"] == "fail"


def test_a_damaged_catalog_and_an_unfinished_export_are_warnings(exporter):
    storage = LocalStorage(exporter.folder)
    storage.write(layout.CATALOG, b"no database")
    storage.write(layout.receipt("20260101"), b'{"status": "interrupted", "finished_at": "2026-01-01"}')
    told = exporter.call("doctor", "--json")
    assert told.code == 0
    assert levels(told)["catalog"] == levels(told)["last export"] == "warn"
    assert "catalog rebuild" in checks(told)["catalog"]["hint"]
    assert checks(told)["last export"]["message"] == "interrupted, 2026-01-01"


def test_a_missing_dagster_home_fails_and_an_empty_one_stays_empty(exporter, tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    told = exporter.call("doctor", "--json")
    assert told.code == 2
    assert levels(told)["instance"] == "fail"
    (tmp_path / "home").mkdir()
    assert exporter.call("doctor", "--json").code == 0
    assert list((tmp_path / "home").iterdir()) == []


async def test_a_clock_that_is_off_is_measured_by_the_servers_date():
    theirs = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT")
    clock = ServerClock(httpx.MockTransport(lambda _request: httpx.Response(200, headers={"date": date})))
    async with httpx.AsyncClient(transport=clock) as client:
        await client.get("http://127.0.0.1/")
    assert clock.skew == pytest.approx(3600, abs=5)


def test_a_clock_that_is_off_is_a_warning(exporter, monkeypatch):
    monkeypatch.setattr("notion_sync_assets.diagnosis_notion._SKEW_S", -1.0)
    told = exporter.call("doctor", "--json")
    assert levels(told)["clock"] == "warn"
    assert told.code == 0


def test_whatever_goes_wrong_in_a_check_is_a_finding():
    def broken():
        raise ZeroDivisionError("never mind")

    found = examined("arithmetic", broken)
    assert (found.level, found.code) == ("fail", 1)
    assert "ZeroDivisionError: never mind" in found.message


def test_the_exit_code_is_that_of_the_first_failure_of_configuration_or_notion():
    failures = {code: Check("x", "fail", "", "", code) for code in (1, 2, 3)}
    assert exit_of([Check("x", "ok", ""), Check("x", "warn", "")]) == 0
    assert exit_of([failures[1]]) == 1
    assert exit_of([failures[1], failures[3], failures[2]]) == 3
    assert exit_of([failures[2], failures[3]]) == 2

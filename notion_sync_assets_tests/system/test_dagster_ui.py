"""The Dagster UI in a real browser: from an empty deployment to a committed scope, as a person would do it."""

import os
import re
import subprocess
import sysconfig
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import dagster as dg
import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from notion_sync_assets.emulator import EmulatorConfig, running_emulator
from notion_sync_assets_tests.deployment import refuse_persistently
from notion_sync_assets_tests.processes.exporter import wait_until
from notion_sync_assets_tests.system.browsing import QUIET
from notion_sync_assets_tests.system.test_webserver import ask, free_port, wait_for

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
# The queue looks every 5 s, and a run is a new process that imports Dagster.
RUN_S = 180.0
# How long the page may take to show something, in milliseconds: on a busy machine its queries wait behind runs.
SETTLED = 60_000
MATERIALIZED = """{assetNodes(assetKeys: [{path: ["notion", "pages"]}]) {partitionStats {numMaterialized}}}"""
SCHEDULE = """{
  scheduleOrError(scheduleSelector: {
    scheduleName: "sync_delta", repositoryName: "__repository__", repositoryLocationName: "notion_sync_assets"
  }) { ... on Schedule { scheduleState { status } } }
}"""
PARTITIONS = '{assetNodes(assetKeys: [{path: ["notion", "pages"]}]) {partitionKeys}}'


@contextmanager
def process(command, environment, log):
    """A program of Dagster's, started in the project and ended with the block."""
    program = f"{sysconfig.get_path('scripts')}/{command[0]}"
    with log.open("w") as output:
        started = subprocess.Popen(
            [program, *command[1:], "-w", "workspace.yaml"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield started
        finally:
            started.terminate()
            started.wait(30)


@pytest.fixture(scope="module")
def emulator():
    with running_emulator(EmulatorConfig(limit=0, search_lag=0.0, search_omit_rate=0.0)) as started:
        yield started


@pytest.fixture(scope="module")
def deployed(emulator, tmp_path_factory):
    """Webserver and daemon on one instance with the packaged configuration; yields the webserver's client."""
    home = tmp_path_factory.mktemp("home")
    packaged = resources.files("notion_sync_assets") / "dagster.yaml"
    (home / "dagster.yaml").write_bytes(packaged.read_bytes())
    # Two processes that make the tables of a new instance at once get into each other's way.
    with dg.DagsterInstance.from_config(str(home)):
        pass
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "NOTION_BASE_URL": emulator.url,
        "NOTION_TOKEN": "secret_that_nobody_may_see",
        "NOTION_SYNC_OUTPUT__PATH": str(tmp_path_factory.mktemp("made") / "export"),
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
    }
    port, log = free_port(), home / "webserver.log"
    webserver = ["dagster-webserver", "-h", "127.0.0.1", "-p", str(port)]
    with (
        process(webserver, environment, log) as started,
        process(["dagster-daemon", "run"], environment, home / "daemon.log"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        wait_for(started, client, log)
        yield client


@pytest.fixture(scope="module")
def page(deployed, tool):
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=tool("chromium"), args=QUIET)
        opened = browser.new_page(viewport={"width": 1280, "height": 800}, base_url=str(deployed.base_url))
        opened.set_default_timeout(SETTLED)
        # Expectations have a time limit of their own: 5 s, whatever the page's is.
        expect.set_options(timeout=SETTLED)
        yield opened
        expect.set_options(timeout=5_000)
        browser.close()


def show(page, asset, view="", partition=""):
    page.goto(f"/assets/notion/{asset}?view={view}&partition={partition}")
    expect(page.get_by_role("button", name="Materialize").first).to_be_enabled()


def launched_run(page):
    """The run that the UI says it launched, opened and waited for."""
    page.get_by_text(re.compile("Launched run")).wait_for()
    page.get_by_text("View", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    ended = page.get_by_text(re.compile("^(Success|Failure|Canceled)$")).first
    expect(ended).to_be_visible(timeout=RUN_S * 1000)
    return ended.inner_text()


@pytest.fixture(scope="module")
def scope(deployed, page):
    """The partition key of a data source, there after the index was materialized by a click."""
    show(page, "workspace_index")
    page.get_by_role("button", name="Materialize").first.click()
    assert launched_run(page) == "Success"
    (pages,) = ask(deployed, PARTITIONS)["assetNodes"]
    (key,) = [key for key in pages["partitionKeys"] if key.startswith("tasks-")]
    return key


@pytest.fixture(scope="module")
def materialized(page, scope):
    """The same partition after it was materialized from its own page."""
    show(page, "pages", "partitions", scope)
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_text("Additional assets will be materialized").wait_for()
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Launch 1 run").click()
    assert launched_run(page) == "Success"
    return scope


def test_the_index_tells_what_it_found(page, scope):
    show(page, "workspace_index")
    for name in ("data_sources", "pages", "scopes_due"):
        row = page.locator("tr", has=page.get_by_text(name, exact=True))
        expect(row).to_contain_text(re.compile(r"[1-9]\d*"))


def test_the_scopes_are_partitions_with_readable_names(page, scope):
    show(page, "pages", "partitions")
    expect(page.get_by_text(scope).first).to_be_attached()
    expect(page.get_by_text(re.compile("^library-"))).not_to_have_count(0)
    page.get_by_placeholder("Filter by name").fill("tasks")
    expect(page.get_by_text(re.compile("^library-"))).to_have_count(0)


def test_a_partition_shows_its_rows_after_its_run(page, emulator, materialized):
    show(page, "pages", "partitions", materialized)
    row = page.locator("tr", has=page.get_by_text("dagster/partition_row_count", exact=True))
    rows = rows_of(emulator, materialized)
    assert rows
    expect(row.get_by_text(str(rows), exact=True).first).to_be_visible()
    expect(page.get_by_text("Materialized (1)")).to_be_visible()


def rows_of(emulator, key):
    """How many rows the local Notion gives of the data source with this partition key."""
    headers = {"Authorization": "Bearer any", "Notion-Version": "2026-03-11"}
    with httpx.Client(base_url=emulator.url, headers=headers) as client:
        answer = client.post(f"/v1/data_sources/{key[-32:]}/query", json={"page_size": 100}).json()
    assert not answer["has_more"]
    return len(answer["results"])


def test_the_check_of_the_partition_has_passed(page, materialized):
    show(page, "pages", "checks")
    expect(page.get_by_text("Every page of the scope was read.").first).to_be_visible()
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible()
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible()


def test_the_history_of_every_page_of_the_partition_is_there(page, materialized):
    page.goto("/assets/notion/page_versions?view=partitions")
    expect(page.get_by_text(re.compile(r"Materialized \([1-9]\d*\)"))).to_be_visible()


@pytest.fixture(scope="module")
def backfilled(deployed, page, materialized):
    """Two more partitions after a backfill, while Notion refuses the content of every page."""
    show(page, "pages", "partitions")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("Select a partition or create one").click()
    for start in ("contacts-", "team-wiki-"):
        page.get_by_role("menuitem").or_(page.locator("label")).filter(has_text=start).first.click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 partitions")).to_be_visible()
    with pytest.MonkeyPatch.context() as patch:
        refuse_persistently(patch, "/children")
        page.get_by_role("button", name="Launch backfill").click()
        page.get_by_text(re.compile("Created backfill")).wait_for()
        wait_until(lambda: materializations(deployed) == 3, timeout=RUN_S, pause=0.5)


def materializations(deployed):
    (pages,) = ask(deployed, MATERIALIZED)["assetNodes"]
    return pages["partitionStats"]["numMaterialized"]


def test_a_backfill_of_two_partitions_materializes_them(page, backfilled):
    show(page, "pages", "partitions")
    expect(page.get_by_text("Materialized (3)")).to_be_visible()
    expect(page.get_by_text("Failed (0)")).to_be_visible()


def test_the_check_of_a_partition_with_refused_pages_is_seen_to_fail(page, backfilled):
    show(page, "pages", "checks")
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible()
    expect(page.locator("tr", has=page.get_by_text("failed_pages"))).to_contain_text(re.compile(r"[1-9]\d*"))
    page.get_by_text("[Show Markdown]").click()
    expect(page.get_by_text("validation_error").first).to_be_visible()


def test_a_schedule_is_turned_on_with_its_switch(page, deployed):
    page.goto("/locations/notion_sync_assets/schedules/sync_delta")
    row = page.locator("tr", has=page.get_by_text("Running", exact=True))
    switch = row.locator("input")
    expect(switch).not_to_be_checked()
    row.locator("label").click()
    expect(switch).to_be_checked()
    wait_until(
        lambda: ask(deployed, SCHEDULE)["scheduleOrError"]["scheduleState"]["status"] == "RUNNING", pause=0.5
    )
    # A click on a switch that still waits for its answer is lost.
    expect(switch).to_be_enabled()
    row.locator("label").click()
    expect(switch).not_to_be_checked()


def test_schedules_and_sensor_are_listed_and_stopped(page, deployed):
    page.goto("/automation")
    for name in (
        "sync_delta",
        "reconcile_nightly",
        "verify_weekly",
        "changed_scopes_sensor",
        "publish_after_sync",
        "export_request_sensor",
        "run_failure_sensor",
    ):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    switches = page.get_by_role("checkbox").or_(page.get_by_role("switch"))
    assert not any(each.is_checked() for each in switches.all())

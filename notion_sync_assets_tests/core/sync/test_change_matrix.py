"""Each kind of change is found by the run that docs/changes.md promises it for: nothing stale, lost, or read in vain.

After it every format is byte for byte that of a fresh export into an empty folder (promise 5).
"""

import asyncio
import os
import shutil
from contextlib import ExitStack

import pytest

from notion_sync_assets.core.sync.verification import Allowance
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets.emulator.workspace import Workspace
from notion_sync_assets_tests.core.sync.change_kinds import KINDS
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.meadow import calm_search, meadow
from notion_sync_assets_tests.core.sync.rendering import render_everything
from notion_sync_assets_tests.core.sync.worlds import CALM

EVERYTHING = Allowance(share=1.0)
OF_AN_IDLE_DELTA = {"GET /v1/users": 1, "GET /v1/users/me": 1}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """No power is lost here, and most of the time of these tests would be syncs of the disk."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture(scope="module")
def server():
    """One emulator for all kinds: file addresses name its port, and a baseline is only good for one."""
    with ExitStack() as stack:
        yield stack.enter_context(running_emulator(EmulatorConfig(limit=0, **CALM)))


@pytest.fixture(scope="module")
def baseline(server, tmp_path_factory):
    """The export of the meadow before anything happens to it."""
    reset(server)
    root = tmp_path_factory.mktemp("baseline") / "export"
    asyncio.run(exported_afresh(server, root))
    return root


@pytest.fixture
def notion(server):
    reset(server)
    return server


@pytest.fixture
async def export(notion, baseline, tmp_path):
    shutil.copytree(baseline, tmp_path / "export")
    async with Export(notion.url, tmp_path / "export") as opened:
        yield opened


def reset(server):
    server.engine.workspace = Workspace(meadow(), server.engine.clock)
    server.engine.reconfigure({})
    calm_search(server)
    server.control.reset()


async def exported_afresh(notion, root):
    async with Export(notion.url, root) as fresh:
        await fresh.run()
        return render_everything(fresh)


async def measured(notion, export, **options):
    """Run, and return the requests by endpoint; nothing may fail."""
    notion.control.reset()
    report = await export.run(**options)
    assert report.errors == {}
    return {route: sum(each.values()) for route, each in notion.control.stats()["by_route"].items()}


def buried(export):
    """The pages of which nothing but tombstones is left."""
    gone = {
        row.page_id
        for key in export.commits.committed_scopes()
        for row in export.state(key).rows()
        if row.state == "gone"
    }
    return gone - export.rows().keys()


async def check(notion, export, tmp_path, name):
    kind = KINDS[name]
    if kind.before is not None:
        kind.before(notion)
        await export.run()
    kind.make(notion)
    live = set(notion.control.oracle_ids("page")) - buried(export)
    spent = await measured(notion, export, delta=True)
    assert buried(export) & live == set()
    expected = await exported_afresh(notion, tmp_path / "fresh")
    if kind.found_by != "delta":
        assert render_everything(export) != expected, (
            "a delta finds it: the documentation promises too little"
        )
        options = {"allowance": EVERYTHING} if kind.found_by == "verification" else {}
        spent = await measured(notion, export, **options)
    assert spent.get("GET /v1/comments", 0) <= kind.reads
    found = render_everything(export)
    assert found.keys() == expected.keys()
    assert [path for path in expected if found[path] != expected[path]] == []


ALWAYS = (
    "a block is edited",
    "a page moves to another tree, with a new time",
    "a page is put into the trash and the page above is edited",
    "a database is added",
)


@pytest.mark.parametrize("name", ALWAYS)
async def test_a_change_is_found_and_leaves_nothing_stale(notion, export, tmp_path, name):
    await check(notion, export, tmp_path, name)


@pytest.mark.system
@pytest.mark.parametrize("name", [name for name in KINDS if name not in ALWAYS])
async def test_any_other_change_is_found_and_leaves_nothing_stale(notion, export, tmp_path, name):
    await check(notion, export, tmp_path, name)


async def test_a_delta_without_changes_asks_each_list_once_and_writes_nothing_but_receipts(notion, export):
    before = {path: path.stat().st_mtime_ns for path in export.storage.root.rglob("*") if path.is_file()}
    spent = await measured(notion, export, delta=True)
    assert spent == {**OF_AN_IDLE_DELTA, "POST /v1/search": 1, "POST /v1/data_sources/{id}/query": 1}
    after = {path: path.stat().st_mtime_ns for path in export.storage.root.rglob("*") if path.is_file()}
    moved = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path.relative_to(export.storage.root).parts[0] for path in moved} == {"receipts"}

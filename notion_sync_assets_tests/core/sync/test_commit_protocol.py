"""A stale writer changes nothing, wherever it slept: design §7."""

import asyncio
import os
import threading
from pathlib import Path, PurePath

import pytest

from notion_sync_assets.core.notion.errors import CommitConflictError, LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets_tests.core.sync.exporting import Export, facts, tree
from notion_sync_assets_tests.core.sync.worlds import GARDEN, SOURCE, garden, serve

STEPS = ("lease", "listing", "page", "work", "outbox", "tables", "manifest", "commit")


class Sleeper:
    """Stops a sync at a step until it is woken; the sync runs in a thread with a loop of its own."""

    def __init__(self, step):
        self.step = step
        self.reached = threading.Event()
        self.woken = threading.Event()

    def __call__(self, step):
        if step == self.step and not self.reached.is_set():
            self.reached.set()
            assert self.woken.wait(30)


def in_thread(coroutine):
    """Run a coroutine in a thread; returns the thread and a list that gets the error it ended with."""
    errors = []

    def run():
        try:
            asyncio.run(coroutine)
        except Exception as error:  # noqa: BLE001 - handed to the test
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


async def stale_sync(url, root, scope_id, sleeper):
    async with Export(url, root) as stale:
        await stale.sync(stale.scope(scope_id), sleeper)


def steal_leases(export):
    """What happens to a sleeper's lease in time: it expires and is not renewed."""
    for key in export.commits.scopes():
        export.storage.delete_tree(layout.lease(key))


def unbound(found):
    """The files that the committed state names: all but journals, leases, watermarks and unfinished files."""
    return {
        path: data
        for path, data in found.items()
        if not path.startswith(".scratch")
        and not any(part in path for part in ("/journal/", "/lease/", "receipts/scopes/"))
    }


@pytest.mark.parametrize(
    ("step", "scope_id"), [*((step, SOURCE) for step in STEPS), ("page", GARDEN), ("manifest", GARDEN)]
)
async def test_a_sync_that_wakes_after_another_s_commit_changes_nothing(
    untouched_garden, tmp_path, step, scope_id
):
    notion = untouched_garden
    root = tmp_path / "export"
    async with Export(notion.url, root) as export:
        await export.indexer.search()
        scope = export.scope(scope_id)
        sleeper = Sleeper(step)
        thread, errors = in_thread(stale_sync(notion.url, root, scope_id, sleeper))
        assert sleeper.reached.wait(30)
        steal_leases(export)
        second = await export.sync(scope)
        left = unbound(tree(root, without=()))
        sleeper.woken.set()
        thread.join(30)
        assert unbound(tree(root, without=())) == left
        if step == "commit":
            assert errors == []
            assert not second.changed
        else:
            assert [type(error) for error in errors] == [CommitConflictError]
            assert "run" in str(errors[0])
        assert (await export.sync(scope)).changed is False
        assert export.commits.head_seq(scope.key) == 1
        assert not [path for path in tree(root, without=()) if "/journal/" in path or "/lease/" in path]


async def test_a_sleeper_beyond_its_own_commit_harms_no_later_one(start_emulator, tmp_path):
    notion = serve(start_emulator, garden())
    root = tmp_path / "export"
    async with Export(notion.url, root) as export:
        await export.indexer.search()
        scope = export.scope(SOURCE)
        sleeper = Sleeper("commit")
        thread, errors = in_thread(stale_sync(notion.url, root, SOURCE, sleeper))
        assert sleeper.reached.wait(30)
        steal_leases(export)
        row = notion.control.change("add_row", data_source_id=SOURCE, title="Basil")["id"]
        assert (await export.sync(scope)).changed
        before = facts(export)
        sleeper.woken.set()
        thread.join(30)
        assert errors == []
        assert facts(export) == before
        assert export.row(row).title == "Basil"
        assert [commit.seq for commit in export.commits.history(scope.key)] == [1, 2]


async def test_a_lease_held_by_a_living_run_stops_the_sync_before_any_request(export, notion):
    await export.indexer.search()
    scope = export.scope(SOURCE)
    other = LeaseKeeper(20)
    other.take(export.storage, layout.lease(scope.key), "somebody's run")
    notion.control.reset()
    with pytest.raises(LeaseHeldError, match="somebody's run"):
        await export.sync(scope)
    other.close()
    assert notion.control.stats()["requests"] == 0
    assert (await export.sync(scope)).changed


async def test_bytes_reach_the_disk_in_the_order_of_the_protocol(export, monkeypatch):
    """The order of every fsync of one sync, told by the name of what is flushed."""
    order = []
    real = os.fsync

    def recorded(descriptor):
        order.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        return real(descriptor)

    await export.indexer.search()
    scope = export.scope(SOURCE)
    monkeypatch.setattr(os, "fsync", recorded)
    await export.sync(scope, journal_pages=2)
    root = export.storage.root
    names = [path.relative_to(root).as_posix() for path in order]
    documents = [at for at, name in enumerate(names) if name.endswith(".json.zst")]
    lines = [at for at, name in enumerate(names) if name.endswith("lines.jsonl")]
    tables = [at for at, name in enumerate(names) if name.startswith(f"state/scopes/{scope.key}/tables/")]
    manifest = [at for at, name in enumerate(names) if "scratch" in name and "manifest" in name]
    outbox = [at for at, name in enumerate(names) if "scratch" in name and "outbox" in name]
    commit = [
        at
        for at, name in enumerate(names)
        if "scratch" in name and PurePath(name).name.startswith("000001.json")
    ]
    folder = [at for at, name in enumerate(names) if name == f"state/scopes/{scope.key}/commits"]
    assert documents
    assert lines
    assert min(documents) < min(lines), "documents before the line that trusts them"
    pages = [at for at in documents if at < min(tables)]
    assert len({names[at] for at in pages}) == 7, "every page"
    assert max(lines) < min([*tables, *manifest, *outbox])
    assert max([*tables, *manifest, *outbox]) < commit[-1] < folder[-1]

"""A stale writer changes nothing, wherever it slept: design §7."""

import asyncio
import os
import threading
from pathlib import Path, PurePath

import pytest

from notion_sync_assets.core.notion.errors import CommitConflictError, LeaseHeldError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.storage.objects import ObjectStorage
from notion_sync_assets.core.sync.lease import LeaseKeeper, current_holder
from notion_sync_assets_tests.core.sync.exporting import Export, facts, held
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


S3 = pytest.param("s3", marks=pytest.mark.system)


@pytest.fixture(params=["local", S3])
def open_storage(request, tmp_path):
    """Return a function that opens the same storage again, as another process would."""
    if request.param == "local":
        return lambda: LocalStorage(tmp_path / "export")
    store = request.getfixturevalue("object_store")
    url = store.bucket()
    return lambda: ObjectStorage(url, store.options, tmp_path / "scratch")


async def stale_sync(url, storage, scope_id, sleeper):
    async with Export(url, storage) as stale:
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
    ("open_storage", "step", "scope_id"),
    [
        *(("local", step, SOURCE) for step in STEPS),
        *(("local", step, GARDEN) for step in ("page", "manifest")),
        *(
            pytest.param("s3", step, SOURCE, marks=pytest.mark.system)
            for step in ("listing", "manifest", "commit")
        ),
    ],
    indirect=["open_storage"],
)
async def test_a_sync_that_wakes_after_another_s_commit_changes_nothing(
    untouched_garden, open_storage, step, scope_id
):
    notion = untouched_garden
    async with Export(notion.url, open_storage()) as export:
        await export.indexer.search()
        scope = export.scope(scope_id)
        sleeper = Sleeper(step)
        thread, errors = in_thread(stale_sync(notion.url, open_storage(), scope_id, sleeper))
        assert sleeper.reached.wait(30)
        steal_leases(export)
        second = await export.sync(scope)
        left = unbound(held(export.storage))
        sleeper.woken.set()
        thread.join(30)
        assert unbound(held(export.storage)) == left
        if step == "commit":
            assert errors == []
            assert not second.changed
        else:
            assert [type(error) for error in errors] == [CommitConflictError]
            assert "run" in str(errors[0])
        assert (await export.sync(scope)).changed is False
        assert export.commits.head_seq(scope.key) == 1
        assert not [path for path in held(export.storage) if "/journal/" in path or "/lease/" in path]


async def test_a_sleeper_beyond_its_own_commit_harms_no_later_one(start_emulator, open_storage):
    notion = serve(start_emulator, garden())
    async with Export(notion.url, open_storage()) as export:
        await export.indexer.search()
        scope = export.scope(SOURCE)
        sleeper = Sleeper("commit")
        thread, errors = in_thread(stale_sync(notion.url, open_storage(), SOURCE, sleeper))
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


async def test_of_two_syncs_that_commit_at_once_one_wins_and_the_other_leaves_nothing(
    untouched_garden, open_storage
):
    both = threading.Barrier(2)

    def meet(step):
        if step == "manifest":
            both.wait(30)

    async with Export(untouched_garden.url, open_storage()) as export:
        await export.indexer.search()
        scope = export.scope(SOURCE)
        syncs = [in_thread(stale_sync(untouched_garden.url, open_storage(), SOURCE, meet))]
        for _ in range(200):
            if current_holder(export.storage, layout.lease(scope.key)):
                break
            await asyncio.sleep(0.01)
        steal_leases(export)
        syncs.append(in_thread(stale_sync(untouched_garden.url, open_storage(), SOURCE, meet)))
        for thread, _ in syncs:
            await asyncio.to_thread(thread.join, 60)
        errors = [error for _, found in syncs for error in found]
        assert [type(error) for error in errors] == [CommitConflictError]
        commit = export.commits.head(scope.key)
        assert [each.seq for each in export.commits.history(scope.key)] == [1]
        folder = layout.scope(scope.key)
        manifests = [name for name in export.storage.names(folder) if name.startswith("manifest-")]
        assert [f"{folder}/{name}" for name in manifests] == [commit.manifest]
        assert [f"{folder}/tables/{name}" for name in export.storage.names(f"{folder}/tables")] == [
            commit.tables
        ]


@pytest.mark.system
@pytest.mark.parametrize("step", ["page", "tables", "commit"])
async def test_a_sync_on_an_object_store_that_dies_is_finished_by_the_next(
    untouched_garden, object_store, tmp_path, step
):
    url = object_store.bucket()

    def storage():
        return ObjectStorage(url, object_store.options, tmp_path / "scratch")

    class DiedError(BaseException):
        pass

    def die(reached):
        if reached == step:
            raise DiedError

    async with Export(untouched_garden.url, tmp_path / "whole") as whole:
        await whole.indexer.search()
        await whole.sync(whole.scope(SOURCE))
        expected = facts(whole)
    first = Export(untouched_garden.url, storage())
    await first.__aenter__()
    await first.indexer.search()
    with pytest.raises(DiedError):
        await first.sync(first.scope(SOURCE), die)
    await first.__aexit__()
    async with Export(untouched_garden.url, storage()) as second:
        await second.sync(second.scope(SOURCE))
        assert facts(second) == expected
        assert second.commits.head_seq(second.scope(SOURCE).key) == 1

import asyncio

import pytest

from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    LeaseHeldError,
    NotionUnavailableError,
    ObjectNotFoundError,
    StorageError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync import batch as batches
from notion_sync_assets.core.sync.batch import sync_batch
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.lease import LeaseKeeper
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import COMPOST, GARDEN, HEAP, NAMES, SOURCE, garden, serve

BED_2 = named_id("page", "bed 2")


def failing_for(scope, error, monkeypatch):
    real = batches.sync_scope

    async def sync(ctx, each):
        if each.key == scope.key:
            raise error
        return await real(ctx, each)

    monkeypatch.setattr(batches, "sync_scope", sync)


@pytest.mark.parametrize(
    "error", [IncompleteListingError("x"), UnexpectedAnswerError("x"), ObjectNotFoundError("x")]
)
async def test_one_scope_s_error_never_costs_another(export, monkeypatch, error):
    await export.indexer.search()
    failing_for(export.scope(SOURCE), error, monkeypatch)
    report = await export.run()
    assert report.errors == {export.scope(SOURCE).key: error}
    assert {export.row(page).state for page in (GARDEN, COMPOST)} == {"exported"}


async def test_an_error_nobody_foresaw_costs_its_scope_only(export, monkeypatch, caplog):
    await export.indexer.search()
    failing_for(export.scope(SOURCE), KeyError("id"), monkeypatch)
    report = await export.run()
    [(key, error)] = report.errors.items()
    assert (key, type(error)) == (export.scope(SOURCE).key, UnexpectedAnswerError)
    assert "KeyError" in str(error)
    assert "Traceback" in caplog.text
    assert export.row(COMPOST).state == "exported"


@pytest.mark.parametrize(
    "error", [UnauthorizedError("x"), NotionUnavailableError("x"), StorageError("x"), OSError("x")]
)
async def test_what_stops_everything_is_raised_and_leaves_no_lease(export, monkeypatch, error):
    await export.indexer.search()
    failing_for(export.scope(SOURCE), error, monkeypatch)
    with pytest.raises(type(error)):
        await export.run()
    assert not [path for path in export.storage.walk("state") if "/lease/" in path]


async def test_a_scope_another_run_holds_is_an_error_of_its_own(export):
    await export.indexer.search()
    key = export.scope(SOURCE).key
    other = LeaseKeeper(20)
    other.take(export.storage, layout.lease(key), "other")
    report = await export.run()
    other.close()
    assert [(each, type(error)) for each, error in report.errors.items()] == [(key, LeaseHeldError)]


async def test_results_are_told_as_they_come_and_progress_is_counted(export):
    found = await export.indexer.search()
    index = Index.load(export.storage)
    ctx = export.context(index, lambda _step: None, "run")
    told = []
    ctx.progress.changed = lambda: told.append(ctx.progress.pages_done)
    results = []
    batch = await sync_batch(ctx, found.scopes, results.append)
    index.close()
    assert (
        {result.scope.key for result in results}
        == set(batch.results)
        == {scope.key for scope in found.scopes}
    )
    progress = ctx.progress
    assert (progress.scopes_total, progress.scopes_done, progress.pages_done, progress.pages_read) == (
        3,
        3,
        17,
        17,
    )
    assert told[-1] == 17


async def test_a_moved_page_settles_in_the_second_round_of_one_batch(notion, export):
    await export.run()
    notion.control.change("move_page", page_id=BED_2, parent_id=HEAP)
    found = await export.indexer.search()
    old = export.scope(GARDEN)
    index = Index.load(export.storage)
    scopes = sorted(found.scopes, key=lambda scope: scope.key != old.key)
    batch = await sync_batch(export.context(index, lambda _step: None, "run", scopes_at_once=1), scopes)
    index.close()
    assert batch.results[old.key].pending == 0
    assert batch.results[old.key].changed
    assert export.rows()[BED_2].parent_id == HEAP


async def test_a_page_stays_in_its_old_scope_until_the_new_one_has_it(notion, export):
    await export.run()
    notion.control.change("move_page", page_id=BED_2, parent_id=HEAP)
    await export.indexer.search()
    result = await export.sync(export.scope(GARDEN))
    assert (result.changed, result.pending) == (False, 1)
    assert export.rows()[BED_2].state == "exported"
    await export.sync(export.scope(COMPOST))
    assert (await export.sync(export.scope(GARDEN))).pending == 0
    assert export.rows()[BED_2].parent_id == HEAP


async def test_a_cancelled_batch_ends_its_commit_first_and_leaves_no_lease(export):
    found = await export.indexer.search()
    index = Index.load(export.storage)
    steps = []

    def checkpoint(step):
        steps.append(step)
        if step == "outbox":
            loop.call_soon_threadsafe(task.cancel)

    loop = asyncio.get_running_loop()
    ctx = export.context(index, checkpoint, "run", scopes_at_once=1)
    task = asyncio.create_task(sync_batch(ctx, [scope for scope in found.scopes if scope.root_id == SOURCE]))
    with pytest.raises(asyncio.CancelledError):
        await task
    index.close()
    assert steps[-1] == "commit"
    assert export.commits.head_seq(export.scope(SOURCE).key) == 1
    assert not [path for path in export.storage.walk("state") if "/lease/" in path]


async def test_what_one_batch_discovered_outlives_the_next(export):
    await export.indexer.search()
    index = Index.load(export.storage)
    for number, found in enumerate(({"s1": "d"}, {}, {"s2": None})):
        ctx = export.context(index, lambda _step: None, str(number))
        ctx.databases.found_sources.update(found)
        await sync_batch(ctx, [export.scope(COMPOST)])
    index.close()
    await export.indexer.extend()
    assert {"s1", "s2"} <= set(Index.load(export.storage).state.sources)


async def test_many_scopes_share_their_page_slots(start_emulator, tmp_path):
    notion = serve(start_emulator, garden())
    async with Export(notion.url, tmp_path, pages_at_once=1, scopes_at_once=1) as export:
        await export.run()
        assert len(export.rows()) == 11 + len(NAMES)

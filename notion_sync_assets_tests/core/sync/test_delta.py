"""Deltas: few requests, nothing taken for gone that is there, and nothing lost when one is interrupted."""

import datetime as dt

import pytest

from notion_sync_assets.core.sync.watermark import read_watermark
from notion_sync_assets_tests.core.sync.exporting import Export, facts
from notion_sync_assets_tests.core.sync.test_increments import first_block
from notion_sync_assets_tests.core.sync.worlds import (
    BED,
    COMPOST,
    DATABASE,
    FERN,
    HEAP,
    SHED,
    SOURCE,
    garden,
    serve,
)

QUERY = "POST /v1/data_sources/{id}/query"


class Killed(BaseException):
    """The end of a process, as far as a test in it can tell."""


async def requests(notion, export, **options):
    notion.control.reset()
    report = await export.run(**options)
    by_route = notion.control.stats()["by_route"]
    return report, {route: sum(each.values()) for route, each in by_route.items()}


async def equals_a_fresh_one(notion, export, tmp_path):
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        return facts(export) == facts(fresh)


async def test_a_first_delta_is_a_whole_export(notion, export, tmp_path):
    await export.run(delta=True)
    assert await equals_a_fresh_one(notion, export, tmp_path)


async def test_a_delta_is_told_only_what_was_edited(notion, export):
    await export.run()
    notion.control.change("rename", object_id=FERN, title="Bracken")
    report, spent = await requests(notion, export, delta=True)
    assert report.changed == {export.scope(SOURCE).key}
    assert report.counts["changed"] == 1
    assert report.counts["unchanged"] == 16
    assert spent[QUERY] == 1
    assert "GET /v1/data_sources/{id}" not in spent
    assert export.row(FERN).title == "Bracken"


async def test_more_edited_rows_than_one_query_gives_are_found_by_listing_all(start_emulator, tmp_path):
    notion = serve(start_emulator, garden(), result_cap=3)
    async with Export(notion.url, tmp_path / "export") as export:
        await export.run()
        for row in [row.page_id for row in export.rows().values() if row.parent_type == "data_source_id"]:
            notion.control.change("rename", object_id=row, title="Weed")
        await export.run(delta=True)
        titles = [row.title for row in export.rows().values() if row.parent_type == "data_source_id"]
        assert titles == ["Weed"] * 6


async def test_without_its_watermark_a_scope_is_listed_whole(notion, export):
    await export.run()
    export.storage.delete_tree("receipts/scopes")
    _, spent = await requests(notion, export, delta=True)
    assert spent["GET /v1/data_sources/{id}"] == 1
    assert "GET /v1/blocks/{id}/children" not in spent


async def test_a_delta_killed_after_its_search_is_made_up_for_by_the_next(notion, export, tmp_path):
    await export.run()
    notion.control.change("edit_block", block_id=first_block(notion, HEAP), text="Hot.")
    notion.control.change("rename", object_id=FERN, title="Bracken")
    before = {key: read_watermark(export.storage, key, 1).listed_at for key in export.commits.scopes()}

    def killed(step):
        if step == "work":
            raise Killed

    with pytest.raises(Killed):
        await export.run(killed, delta=True)
    unmoved = [key for key in before if read_watermark(export.storage, key, 1).listed_at == before[key]]
    assert {export.scope(SOURCE).key, export.scope(COMPOST).key} & set(unmoved)
    await export.run(delta=True)
    assert await equals_a_fresh_one(notion, export, tmp_path)


async def test_what_search_shows_late_is_found_by_a_later_delta(start_emulator, tmp_path):
    notion = serve(start_emulator, garden(), search_lag=300)
    async with Export(notion.url, tmp_path / "export") as export:
        await export.run()
        notion.control.change("add_page", parent_id=None, title="Pond")
        assert (await export.run(delta=True)).changed == set()
        notion.control.clock(advance=301)
        await export.run(delta=True)
        assert "Pond" in {row.title for row in export.rows().values()}


@pytest.mark.parametrize("object_id", [BED, SHED, DATABASE])
async def test_a_refusal_is_no_proof_that_something_is_gone(notion, export, object_id):
    await export.run()
    before = facts(export)
    listed_at = read_watermark(export.storage, export.scope(SOURCE).key, 1).listed_at
    notion.control.change("unshare", object_id=object_id)
    report = await export.run(delta=True)
    assert (report.errors, report.changed) == ({}, set())
    assert facts(export) == before
    if object_id == DATABASE:
        assert read_watermark(export.storage, export.scope(SOURCE).key, 1).listed_at == listed_at


async def test_a_young_page_is_read_until_a_read_shows_it_settled(notion, tmp_path):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path / "export", clock=lambda: now) as export:
        await export.run()
        notion.control.change("edit_block", block_id=first_block(notion, HEAP), text="Hot.")
        await export.run(delta=True)
        now += dt.timedelta(minutes=5)
        _, spent = await requests(notion, export, delta=True)
        assert spent["GET /v1/comments"] == 1
        _, spent = await requests(notion, export, delta=True)
        assert "GET /v1/comments" not in spent


async def test_a_commit_does_not_forget_that_a_page_was_found_settled(notion, tmp_path):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path / "export", clock=lambda: now) as export:
        await export.run()
        notion.control.change("edit_block", block_id=first_block(notion, HEAP), text="Hot.")
        await export.run(delta=True)
        now += dt.timedelta(minutes=5)
        await export.run(delta=True)
        notion.control.change("add_block", parent_id=COMPOST, text="More")
        await export.run(delta=True)
        _, spent = await requests(notion, export, delta=True)
        assert "GET /v1/comments" not in spent

"""Synced blocks: what a page shows of another page, and whose the pages inside are."""

import dataclasses

import pytest

from notion_sync_assets.emulator.blocks import bullet, paragraph, place, synced, synced_copy, toggle
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export, facts
from notion_sync_assets_tests.core.sync.worlds import new_draft, serve

ORIGIN = named_id("block", "origin")
SAID = named_id("block", "said")
HOME, NEAR, FAR, INNER = (named_id("page", name) for name in ("home", "near", "far", "inner"))


def world():
    """Home holds an original with a page in it; a page below it and another tree show copies."""
    draft = new_draft()
    said = dataclasses.replace(paragraph("Said once."), name="said")
    draft.page("inner", "Inner", [paragraph("In the original.")])
    draft.page("near", "Near", [synced_copy(ORIGIN)])
    draft.page("home", "Home", [synced(bullet("More", said), place(INNER), name="origin"), place(NEAR)])
    draft.page("far", "Far", [toggle("Below", synced_copy(ORIGIN))])
    draft.page("other", "Other", [paragraph("Nothing to do with it.")])
    return draft.finish()


@pytest.fixture
def notion(start_emulator):
    return serve(start_emulator, world())


@pytest.fixture
async def export(export):
    await export.run()
    return export


async def expect_fresh(export, notion, tmp_path):
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)


def children_lists(notion):
    return sum(notion.control.stats()["by_route"].get("GET /v1/blocks/{id}/children", {}).values())


async def test_an_edited_original_is_read_again_wherever_it_is_shown(export, notion, tmp_path):
    before = {page: export.row(page).document for page in (HOME, NEAR, FAR)}
    notion.control.change("edit_block", block_id=SAID, text="Said twice.")
    report = await export.run()
    assert report.errors == {}
    assert all(export.row(page).document != before[page] for page in before)
    await expect_fresh(export, notion, tmp_path)


async def test_copies_cost_nothing_when_no_original_changed(export, notion):
    notion.control.reset()
    assert (await export.run()).changed == set()
    assert children_lists(notion) == 0
    notion.control.change("add_block", parent_id=named_id("page", "other"), text="More")
    await export.run()
    assert children_lists(notion) == 1, "the edited page alone"


async def test_copies_that_move_show_the_same(export, notion, tmp_path):
    notion.control.change("move_page", page_id=NEAR, parent_id=named_id("page", "other"))
    notion.control.change("move_page", page_id=FAR, parent_id=HOME)
    await export.run()
    await expect_fresh(export, notion, tmp_path)


@pytest.mark.parametrize("unlisted", [[], [INNER], [INNER, HOME]])
async def test_a_page_inside_an_original_belongs_to_the_tree_of_the_original(
    start_emulator, tmp_path, unlisted
):
    made = world()
    made.marks = dataclasses.replace(made.marks, unlisted=frozenset(unlisted))
    notion = serve(start_emulator, made)
    async with Export(notion.url, tmp_path / "export") as export:
        for _ in range(2):
            report = await export.run()
            assert report.errors == {}
            rows = export.rows()
            home = {row.page_id for row in export.state(export.scope(HOME).key).rows() if row.present}
            assert home == {HOME, NEAR, INNER}
            assert set(rows) == {HOME, NEAR, FAR, INNER, named_id("page", "other")}


async def test_a_page_search_leaves_out_moves_below_a_block_of_another_scope_with_one_owner(
    start_emulator, tmp_path
):
    draft = new_draft()
    draft.page("inner", "Inner", [paragraph("x")])
    draft.page("near", "Near", [place(INNER)])
    fold = dataclasses.replace(toggle("Fold"), name="fold")
    draft.page("far", "Far", [fold])
    draft.mark("unlisted", INNER)
    notion = serve(start_emulator, draft.finish())
    async with Export(notion.url, tmp_path / "export") as export:
        await export.run()
        notion.control.change("move_page", page_id=INNER, parent_id=named_id("block", "fold"))
        # A move need not touch the page it comes to; something else does sooner or later.
        notion.control.change("add_block", parent_id=FAR, text="Look here")
        for _ in range(2):
            report = await export.run()
            assert report.errors == {}
            assert set(export.rows()) == {INNER, NEAR, FAR}
            assert INNER in {row.page_id for row in export.state(export.scope(FAR).key).rows() if row.present}
        await expect_fresh(export, notion, tmp_path)

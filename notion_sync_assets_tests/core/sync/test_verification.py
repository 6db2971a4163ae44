"""Rolling verification: pages have their turn whatever their times say, within what a run may spend on them."""

import pytest

from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.sync.verification import Allowance
from notion_sync_assets_tests.core.sync.exporting import Export, facts, tree
from notion_sync_assets_tests.core.sync.worlds import COMPOST, GARDEN, HEAP, SHED

SOME = Allowance(requests=6)
EVERYTHING = Allowance(share=1.0)


@pytest.mark.system
@pytest.mark.parametrize("delta", [True, False])
async def test_run_after_run_every_page_has_its_turn_once(notion, export, delta):
    await export.run()
    turns = 0
    while turns < 17:
        notion.control.reset()
        report = await export.run(delta=delta, allowance=SOME)
        stats = notion.control.stats()
        read = sum(stats["by_route"].get("GET /v1/comments", {}).values())
        assert report.changed == set()
        assert read >= 1
        turns += read
    position = export.storage.read(layout.VERIFIED)
    assert turns - 17 < 6
    assert b"round_started_at" in position


async def test_a_run_spends_no_more_on_it_than_it_may(notion, export):
    await export.run()
    notion.control.reset()
    await export.run(delta=True)
    idle = notion.control.stats()["requests"]
    for _ in range(4):
        notion.control.reset()
        await export.run(delta=True, allowance=SOME)
        assert notion.control.stats()["requests"] <= idle + SOME.requests


@pytest.mark.system
async def test_a_page_that_takes_more_than_a_run_may_spend_waits_for_a_run_that_verifies_a_share(
    notion, export
):
    await export.run()
    notion.control.change("add_comment", owner_id=GARDEN, text="Hello")
    for _ in range(8):
        assert (await export.run(allowance=Allowance(requests=3))).changed == set()
    report = await export.run(allowance=EVERYTHING)
    assert report.changed == {export.scope(GARDEN).key}


async def test_a_delta_finds_a_comment_when_it_is_the_page_s_turn(notion, export, tmp_path):
    await export.run()
    notion.control.change("add_comment", owner_id=HEAP, text="Warm!")
    assert (await export.run(delta=True)).changed == set()
    report = await export.run(delta=True, allowance=EVERYTHING)
    assert report.changed == {export.scope(COMPOST).key}
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)


async def test_a_page_found_in_the_trash_in_its_turn_is_a_tombstone_and_leaves_the_page_above(
    notion, export, tmp_path
):
    await export.run()
    notion.control.change("trash", object_id=SHED)
    await export.run(delta=True, allowance=EVERYTHING)
    assert export.row(SHED).state == "gone"
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)


async def test_verifying_an_unchanged_workspace_writes_nothing_but_receipts(export):
    await export.run()
    before = tree(export.storage.root)
    assert (await export.run(allowance=EVERYTHING)).changed == set()
    assert tree(export.storage.root) == before


async def test_without_its_position_a_new_round_begins(export):
    await export.run()
    await export.run(allowance=SOME)
    export.storage.write(layout.VERIFIED, b"{")
    await export.run(allowance=SOME)
    assert b'"scope"' in export.storage.read(layout.VERIFIED)

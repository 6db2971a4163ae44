"""Comments on blocks are read where asked for, a limited number of requests a run, until none are missing."""

import pytest

from notion_sync_assets.core.notion.block_comments import RequestAllowance
from notion_sync_assets.core.notion.omissions import BLOCK_COMMENTS_LATER
from notion_sync_assets.core.notion.reader import ReadOptions
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets_tests.core.sync.exporting import Export, facts
from notion_sync_assets_tests.core.sync.test_increments import first_block
from notion_sync_assets_tests.core.sync.worlds import HEAP

OPTIONS = {"read": ReadOptions(block_comments=True), "fingerprint": "with comments on blocks"}


@pytest.fixture
def remark(notion):
    """A comment on a block, and one on its page."""
    block = first_block(notion, HEAP)
    notion.control.change("add_comment", owner_id=HEAP, text="On the page")
    notion.control.change("add_comment", owner_id=block, text="On the block")
    return block


def comments(export, page_id):
    document = DocumentStore(export.storage).document(export.row(page_id).document)
    return [each["rich_text"][0]["plain_text"] for each in document.comments]


def pending(export):
    return {key for key, row in export.rows().items() if row.reason == BLOCK_COMMENTS_LATER}


async def test_they_follow_those_on_the_page(notion, remark, tmp_path):
    async with Export(notion.url, tmp_path / "export", **OPTIONS) as export:
        await export.run()
        assert comments(export, HEAP) == ["On the page", "On the block"]


async def test_without_the_option_no_block_is_asked(notion, remark, export):
    await export.run()
    assert comments(export, HEAP) == ["On the page"]
    assert notion.control.stats()["by_route"]["GET /v1/comments"] == {"200": 17}


@pytest.mark.system
async def test_a_run_stops_at_its_allowance_and_later_ones_ask_only_for_what_is_missing(
    notion, remark, tmp_path
):
    async with Export(notion.url, tmp_path / "export", **OPTIONS) as export:
        export.block_comments = RequestAllowance(3)
        report = await export.run()
        assert report.errors == {}
        assert pending(export)
        assert {row.state for row in export.rows().values()} == {"exported"}
        for _ in range(10):
            export.block_comments = RequestAllowance(3)
            notion.control.reset()
            await export.run()
            routes = notion.control.stats()["by_route"]
            assert sum(routes.get("GET /v1/comments", {}).values()) <= 3
            assert "GET /v1/blocks/{id}/children" not in routes
        assert pending(export) == set()
        async with Export(notion.url, tmp_path / "fresh", **OPTIONS) as fresh:
            await fresh.run()
            assert facts(export) == facts(fresh)


def test_a_page_with_more_blocks_than_a_run_may_ask_for_gets_its_turn_when_it_comes_first():
    allowance = RequestAllowance(3)
    assert allowance.take(5)
    assert not allowance.take(1)

"""The official Python SDK reads the demo whole, and needs exactly the requests the oracle says."""

import pytest

from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.emulator.crawler import Crawl


@pytest.fixture(scope="module")
def crawl(demo):
    demo.control.reset()
    made = Crawl(demo.url)
    made.run()
    made.client.close()
    return made, demo.control.stats()


@pytest.mark.parametrize("kind", ["page", "data_source", "database", "block", "view"])
def test_the_sdk_finds_exactly_what_the_oracle_names(crawl, demo, kind):
    found, _ = crawl
    held = {
        "page": found.pages,
        "data_source": found.sources,
        "database": found.databases,
        "block": found.blocks,
        "view": found.views,
    }[kind]
    assert set(held) == set(demo.control.oracle_ids(kind))


def test_blocks_are_found_under_the_parents_the_oracle_names(crawl, demo):
    assert crawl[0].blocks == demo.control.oracle_ids("block")


def test_what_answers_404_is_what_the_oracle_calls_unshared(crawl, demo):
    assert crawl[0].unshared == set(demo.control.oracle()["unshared"])


def test_the_crawl_needs_exactly_the_requests_the_oracle_counts(crawl, demo):
    oracle = demo.control.oracle()
    assert crawl[1]["requests"] == oracle["total"] + oracle["probes"], (
        crawl[1]["by_route"],
        oracle["requests"],
    )


def crawled(notion):
    notion.control.reset()
    made = Crawl(notion.url).run()
    made.client.close()
    return made, notion.control.stats()["requests"]


def test_generated_worlds_with_all_bad_habits_need_what_the_oracle_counts(start):
    notion = start(
        world="generated", pages=60, rows=260, databases=2, search_omit_rate=0.2, short_page_rate=0.1
    )
    found, requests = crawled(notion)
    oracle = notion.control.oracle()
    assert set(found.pages) == set(notion.control.oracle_ids("page"))
    assert found.blocks == notion.control.oracle_ids("block")
    assert requests == oracle["total"]
    assert oracle["requests"]["unlisted_pages"] > 3


def test_a_changed_demo_is_read_as_the_oracle_says(start):
    notion = start(search_lag=0)
    change = notion.control.change
    change("unshare", object_id=named_id("page", "handbook How we build"))
    change("trash", object_id=named_id("page", "meeting 3"))
    change("delete", object_id=named_id("page", "empty"))
    change("move_page", page_id=named_id("page", "untitled"), parent_id=named_id("page", "work"))
    change("add_row", data_source_id=Draft.source_id("faq", "Questions"), title="New", texts=["a", "b"])
    change("add_page", parent_id=named_id("page", "deep list"), title="Under a list", texts=["x"])
    change("trash", object_id=named_id("database", "store"))
    change("share", object_id=named_id("database", "secret"))
    found, requests = crawled(notion)
    oracle = notion.control.oracle()
    assert set(found.pages) == set(notion.control.oracle_ids("page"))
    assert set(found.databases) == set(notion.control.oracle_ids("database"))
    assert found.blocks == notion.control.oracle_ids("block")
    assert found.unshared == set(oracle["unshared"])
    assert requests == oracle["total"] + oracle["probes"]

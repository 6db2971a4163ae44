"""The official Python SDK reads the demo whole, and needs exactly the requests the oracle says."""

import pytest

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

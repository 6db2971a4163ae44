"""A search that Notion ends early, or whose cursor expires, loses nothing it could have had, and tells what it lost."""

import pytest

from notion_sync_assets.core.notion.errors import IncompleteListingError, InvalidRequestError
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.searching import WorkspaceSearch
from notion_sync_assets_tests.core.sync.exporting import Export

PAGES, SOURCES = 330, 20
CALM = {"search_lag": 0, "search_omit_rate": 0, "short_page_rate": 0}


@pytest.fixture
def generated(start_emulator):
    def generated(**options):
        size = {"pages": PAGES, "rows": 0, "databases": SOURCES, "depth": 3}
        return start_emulator(world="generated", **size, **CALM, **options)

    return generated


async def searched(notion, root, *, both_ways=False, spoil=lambda _client: None):
    """The ids a search shows, and what it says it could not reach."""
    seen = set()
    async with Export(notion.url, root) as export:
        spoil(export.client)
        gap = await WorkspaceSearch(export.client, lambda item: seen.add(item["id"])).run(both_ways=both_ways)
    return seen, gap


def everything(notion):
    return {*notion.control.oracle_ids("page"), *notion.control.oracle_ids("data_source")}


@pytest.mark.parametrize(("cap", "requests"), [(0, 4), (200, 2 + 2 + 1)])
async def test_a_search_is_met_from_its_other_end_when_notion_ends_it(generated, tmp_path, cap, requests):
    notion = generated(search_cap=cap)
    assert await searched(notion, tmp_path) == (everything(notion), "")
    assert notion.control.stats()["requests"] == requests


async def test_pages_and_data_sources_are_searched_apart_when_both_ends_do_not_meet(generated, tmp_path):
    notion = generated(search_cap=172)
    assert await searched(notion, tmp_path) == (everything(notion), "")


async def test_what_lies_between_the_ends_is_told_and_the_rest_is_found(generated, tmp_path):
    notion = generated(search_cap=100)
    seen, gap = await searched(notion, tmp_path)
    assert len(seen) == 100 + 100 + SOURCES
    assert gap.startswith("pages last edited between 20")
    assert "data_source" not in gap


async def test_an_expired_cursor_costs_requests_and_no_result(generated, tmp_path):
    notion = generated(search_cursor_ttl=60)

    def slow(client):
        search, asked = client.search, []

        async def waiting(**options):
            asked.append(options)
            if len(asked) == 3:
                notion.control.clock(advance=61)
            return await search(**options)

        client.search = waiting

    assert await searched(notion, tmp_path, spoil=slow) == (everything(notion), "")


async def test_a_search_that_gives_nothing_and_is_not_complete_stops_the_run(tmp_path, generated):
    def empty(client):
        async def cut(**_options):
            status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
            return {"results": [], "has_more": False, "request_status": status}

        client.search = cut

    with pytest.raises(IncompleteListingError, match="before its first result"):
        await searched(generated(), tmp_path, spoil=empty)


async def test_pages_in_the_gap_are_exported_from_the_pages_above_them(start_emulator, tmp_path):
    notion = start_emulator(world="generated", pages=40, rows=0, databases=2, depth=3, search_cap=10, **CALM)
    async with Export(notion.url, tmp_path / "export") as export:
        report = await export.run()
        assert report.errors == {}
        index = Index.load(export.storage)
        index.close()
        assert "pages last edited between" in index.state.gap
        assert len(export.rows()) > 30
        notion.control.configure(search_cap=0)
        again = await export.run()
        assert again.counts["gone"] == 0
        index = Index.load(export.storage)
        index.close()
        assert index.state.gap == ""
        assert set(export.rows()) == set(notion.control.oracle_ids("page"))


def unsorted(client, *, cut=False):
    """Make a client's search refuse to sort; `cut`: and end after its first page."""
    search = client.search

    async def refusing(*, object, direction, cursor=None):  # noqa: A002 - the client's name
        if direction is not None:
            raise InvalidRequestError("body.sort", code="validation_error")
        if cut and cursor is not None:
            raise InvalidRequestError("start_cursor", code="validation_error")
        return await search(object=object, direction=direction, cursor=cursor)

    client.search = refusing


async def test_a_server_that_refuses_to_sort_is_searched_in_its_own_order(generated, tmp_path):
    notion = generated()
    assert await searched(notion, tmp_path, spoil=unsorted) == (everything(notion), "")


async def test_an_unsorted_search_that_ends_early_is_no_complete_one(generated, tmp_path):
    with pytest.raises(IncompleteListingError, match="ended early"):
        await searched(generated(), tmp_path, spoil=lambda client: unsorted(client, cut=True))

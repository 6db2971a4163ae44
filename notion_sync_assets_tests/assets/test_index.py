"""``workspace_index`` as an asset: partitions, metadata, errors."""

import dagster as dg
import pytest

from notion_sync_assets.core.notion.errors import NothingSharedError, UnauthorizedError
from notion_sync_assets.failures import cause_of
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


def test_the_index_makes_a_partition_of_every_scope(dagster):
    assert [key.rsplit("-", 1)[0] for key in dagster.keys] == ["page-000000", "table-0", "table-1"]
    (event,) = dagster.events("workspace_index")
    facts = {name: value.value for name, value in event.metadata.items()}
    assert (
        facts.items()
        >= {"scopes": 3, "scopes_due": 3, "pages": 12, "data_sources": 2, "not_shared": 0}.items()
    )


def test_what_the_search_cost_and_how_much_of_the_limit_it_used_are_told(start_emulator, tmp_path):
    limit = {"notion.requests_per_minute": 600}
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **limit) as made:
        made.index()
        (event,) = made.events("workspace_index")
        asked = made.emulator.control.stats()["requests"]
    assert event.metadata["requests_made"].value == asked
    assert event.metadata["limit_utilisation"].value == pytest.approx(asked / 600, abs=1e-4)
    assert event.metadata["outages"].value == 0


def test_making_it_again_keeps_the_keys_and_their_order(dagster):
    before = dagster.instance.get_dynamic_partitions("notion_scopes")
    dagster.index()
    assert dagster.instance.get_dynamic_partitions("notion_scopes") == before


def test_a_new_root_page_becomes_a_new_partition(dagster):
    added = dagster.emulator.control.change("add_page", parent_id=None, title="Fresh ideas")["id"]
    dagster.index()
    assert dagster.key("fresh-ideas") == f"fresh-ideas-{added.replace('-', '')}"


def test_both_ways_searches_in_both_directions(dagster):
    def searches():
        return dagster.runtime.requests()["by_endpoint"]["POST /v1/search"]

    first = searches()
    dagster.index()
    once = searches() - first
    dagster.index(both_ways=True)
    assert searches() - first - once == 2 * once


def test_without_a_search_only_what_syncs_discovered_is_looked_at(dagster):
    dagster.batch()
    dagster.requests()
    dagster.index(search=False)
    assert "POST /v1/search" not in dagster.requests()


def test_a_refused_token_is_a_failure_that_says_what_to_check(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD, token="another"), tmp_path / "export") as refused:
        with pytest.raises(dg.Failure, match="Check NOTION_TOKEN") as caught:
            refused.index()
        assert caught.value.allow_retries is False
        assert isinstance(cause_of(caught.value), UnauthorizedError)
        assert refused.keys == []


def test_a_workspace_that_shares_nothing_is_a_failure_that_says_how_to_share(start_emulator, tmp_path):
    emulator = start_emulator(world="generated", pages=0, rows=0, databases=0)
    with deployment(emulator, tmp_path / "export") as empty, pytest.raises(dg.Failure) as caught:
        empty.index()
    assert "Connections" in caught.value.description
    assert isinstance(cause_of(caught.value), NothingSharedError)

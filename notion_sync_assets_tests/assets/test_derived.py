"""Link table, formats and catalog as assets: what they do without Notion, and what they tell."""

import duckdb
import pytest

from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A small workspace, synced; tests do not change it."""
    from notion_sync_assets.emulator.config import EmulatorConfig
    from notion_sync_assets.emulator.server import running_emulator

    folder = tmp_path_factory.mktemp("derived") / "export"
    with (
        running_emulator(EmulatorConfig(limit=0, **SMALL_WORLD)) as emulator,
        deployment(emulator, folder) as made,
    ):
        made.index()
        made.batch()
        made.run("refresh_links")
        yield made


def facts(result, name):
    (event,) = [
        each.materialization
        for each in result.get_asset_materialization_events()
        if each.asset_key.path[-1] == name
    ]
    return {key: value.value for key, value in event.metadata.items()}


def test_the_link_table_has_a_slice_for_each_scope_and_says_what_moved(synced):
    (first,) = synced.events("link_table")[:1]
    assert first.metadata["scopes"].value == first.metadata["slices_changed"].value == 3
    assert first.metadata["entries"].value >= 12
    assert facts(synced.run("refresh_links"), "link_table")["slices_changed"] == 0


def test_a_partition_is_rendered_in_every_format_that_shows_it(synced):
    key = synced.key("table-0")
    result = synced.run("render_scope", partition_key=key)
    root = synced.runtime.storage.root
    for form in FORMATS:
        told = facts(result, form)
        assert told["sequence"] == 1
        assert told["files"] == told["written"] + told["unchanged"] > 0
        assert any((root / form).rglob("*"))
    assert len(list((root / "json").rglob("*.json"))) >= 3
    again = synced.run("render_scope", partition_key=key)
    assert all(facts(again, form)["written"] == 0 for form in FORMATS)


def test_the_site_is_built_once_from_the_rendered_pages(synced):
    synced.run("render_batch", {"scopes": synced.keys, "formats": ["html"]})
    told = facts(synced.run("publish_site"), "site")
    assert (told["built"], told["pages"]) == (True, 12)
    assert (synced.runtime.storage.root / "html" / "index.html").is_file()
    assert facts(synced.run("publish_site"), "site")["files_written"] == 0


def test_rendering_asks_notion_nothing(synced):
    synced.requests()
    synced.run("render_scope", partition_key=synced.key("table-1"))
    synced.run("refresh_links")
    assert synced.requests() == {}


def test_a_table_format_has_no_file_for_a_page_tree(synced):
    result = synced.run("render_scope", partition_key=synced.key("page-000000"))
    assert facts(result, "csv")["files"] == 0
    assert facts(result, "json")["files"] > 0


def test_the_catalog_tells_what_moved_and_how_many_rows_its_tables_have(synced):
    synced.requests()
    told = facts(synced.run("publish_catalog"), "catalog")
    assert (told.pop("published"), told.pop("scopes_replaced"), told.pop("scopes_removed")) == (True, 3, 0)
    assert told.pop("dagster/row_count") == told["objects"]
    path = synced.runtime.storage.root / "notion.duckdb"
    with duckdb.connect(str(path), read_only=True) as catalog:
        for table, count in told.items():
            assert catalog.sql(f'SELECT count(*) FROM "{table}"').fetchall() == [(count,)], table
    assert told["pages"] == 12
    assert facts(synced.run("publish_catalog"), "catalog") == {
        "published": False,
        "scopes_replaced": 0,
        "scopes_removed": 0,
    }
    assert synced.requests() == {}

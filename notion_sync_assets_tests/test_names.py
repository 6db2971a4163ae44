"""Names: derived from the workspace, disjoint between workspaces."""

import dagster as dg

from notion_sync_assets.names import Names


def test_the_default_workspace_has_the_short_names():
    names = Names("notion")
    assert names.notion("pages") == dg.AssetKey(["notion", "pages"])
    assert names.export("csv") == dg.AssetKey(["export", "csv"])
    assert (names.job("sync_batch"), names.resource("export")) == ("sync_batch", "export")
    assert (names.scopes, names.pages) == ("notion_scopes", "notion_pages")
    assert (names.notion_pool, names.catalog_pool) == ("notion_api", "notion_catalog")


def test_another_workspace_shares_none_of_them():
    def spelled(names):
        return {
            names.notion("pages").to_user_string(),
            names.export("csv").to_user_string(),
            names.job("sync_batch"),
            names.automation("sync_delta"),
            names.resource("export"),
            names.op("workspace_index"),
            names.scopes,
            names.pages,
            names.group,
            names.export_group,
            names.notion_pool,
            names.catalog_pool,
        }

    assert not spelled(Names("notion")) & spelled(Names("work"))


def test_run_configuration_spells_an_assets_op_by_its_key():
    assert Names("work").op("workspace_index") == "work__workspace_index"

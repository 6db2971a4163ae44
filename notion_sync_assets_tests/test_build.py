"""The assembly: what a code location holds, and that two workspaces live in one Dagster."""

import datetime as dt
import socket

import dagster as dg
import pytest

from notion_sync_assets.build import build_definitions
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings import load_settings
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment

NOTION = {"workspace_index", "databases", "pages", "blocks", "files", "page_versions", "link_table"}


def definitions(folder, workspace="notion"):
    overrides = {"output.path": str(folder / "export"), "output.workspace": workspace}
    return build_definitions(load_settings(overrides, environ={}, cwd=folder))


def repository(defs):
    return defs.get_repository_def()


def own_jobs(defs):
    return {name for name in repository(defs).job_names if not name.startswith("__")}


def pools(defs):
    nodes = [node for job in repository(defs).get_all_jobs() for node in job.all_node_defs]
    return {node.pool for node in nodes if getattr(node, "pool", None)}


def automations(defs):
    found = repository(defs)
    return {each.name for each in [*found.schedule_defs, *found.sensor_defs]}


def partition_sets(defs):
    nodes = defs.resolve_asset_graph().asset_nodes
    return {node.partitions_def.name for node in nodes if node.partitions_def is not None}


def test_definitions_load_without_token_network_or_export(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("loading definitions must not use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    dg.Definitions.validate_loadable(definitions(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_every_asset_of_the_design_is_there(tmp_path):
    keys = {key.to_user_string() for key in definitions(tmp_path).resolve_all_asset_keys()}
    expected = {f"notion/{name}" for name in NOTION} | {
        f"export/{name}" for name in [*FORMATS, "site", "catalog"]
    }
    assert keys == expected


def test_every_asset_is_described_owned_and_grouped(tmp_path):
    for node in definitions(tmp_path).resolve_asset_graph().asset_nodes:
        assert node.description, node.key
        assert list(node.owners) == ["team:data"], node.key
        assert node.group_name == ("notion" if node.key.path[0] == "notion" else "notion_export")
        assert node.kinds, node.key


def test_what_has_no_partitions_and_is_for_people_has_a_freshness_policy(tmp_path):
    """Dagster judges an asset with partitions by its newest one, which says nothing about the others."""
    graph = definitions(tmp_path).resolve_asset_graph()
    fresh = {node.key.to_user_string() for node in graph.asset_nodes if node.freshness_policy is not None}
    assert fresh == {"notion/workspace_index", "export/site", "export/catalog"}
    policy = graph.get(dg.AssetKey(["export", "catalog"])).freshness_policy
    assert policy.fail_window.to_timedelta() == dt.timedelta(hours=26)


def test_tables_show_their_columns_before_anything_is_materialized(tmp_path):
    graph = definitions(tmp_path).resolve_asset_graph()
    for name in ("pages", "blocks", "files"):
        schema = graph.get(dg.AssetKey(["notion", name])).metadata["dagster/column_schema"]
        assert all(column.description for column in schema.schema.columns), name
    tables = graph.get(dg.AssetKey(["export", "catalog"])).metadata["tables"].records
    assert {"pages", "blocks", "omitted"} <= {record.data["table"] for record in tables}


def test_page_versions_is_kept_but_not_computed_here(tmp_path):
    graph = definitions(tmp_path).resolve_asset_graph()
    assert not graph.get(dg.AssetKey(["notion", "page_versions"])).is_executable


def test_every_job_that_writes_runs_in_one_process(tmp_path):
    for job in repository(definitions(tmp_path)).get_all_jobs():
        if not job.name.startswith("__"):
            assert job.executor_def is dg.in_process_executor, job.name
            assert job.description, job.name


def test_steps_that_call_notion_share_its_pool_and_the_catalog_has_one_writer(tmp_path):
    assert pools(definitions(tmp_path)) == {"notion_api", "notion_catalog"}


def test_a_runtime_of_ones_own_is_used(tmp_path):
    settings = load_settings({"output.path": str(tmp_path / "export")}, environ={}, cwd=tmp_path)
    runtime = ExportRuntime(settings)
    defs = build_definitions(settings, runtime=runtime)
    assert repository(defs).get_top_level_resources()["export"].resource_fn(None) is runtime


def test_two_workspaces_share_no_name(tmp_path):
    one, two = definitions(tmp_path), definitions(tmp_path, "work")
    for names_of in (
        own_jobs,
        automations,
        pools,
        partition_sets,
        lambda defs: set(defs.resolve_all_asset_keys()),
    ):
        assert names_of(two)
        assert not names_of(one) & names_of(two)


def test_two_workspaces_can_be_one_code_location(tmp_path):
    both = dg.Definitions.merge(definitions(tmp_path), definitions(tmp_path, "work"))
    dg.Definitions.validate_loadable(both)
    assert len(own_jobs(both)) == 26


@pytest.fixture
def work(start_emulator, tmp_path):
    with deployment(
        start_emulator(**SMALL_WORLD), tmp_path / "export", **{"output.workspace": "work"}
    ) as made:
        yield made


def test_the_jobs_of_another_workspace_work_on_its_own_names(work):
    work.index()
    work.batch()
    work.sync(work.key("table-0"))
    work.run("refresh_links")
    work.run("render_batch", {"scopes": work.keys, "formats": ["json"]})
    work.run("render_scope", partition_key=work.key("table-0"))
    assert work.instance.get_dynamic_partitions("notion_scopes") == []
    assert len(work.instance.get_dynamic_partitions("work_pages")) == 12
    logged = {key.to_user_string() for key in work.instance.all_asset_keys()}
    assert logged > {"work/pages", "work/page_versions", "work_export/json"}
    assert not any(key.startswith(("notion/", "export/")) for key in logged)

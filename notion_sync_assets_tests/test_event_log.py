"""A lost Dagster database: partitions, events, checks and what the sensor does are as before."""

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets.event_log import restore_event_log
from notion_sync_assets_tests.deployment import SMALL_WORLD, Deployment, filed_deployment

TABLE = "table-0"
pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """An export with a history: edits, a new column, a page in the trash, everything rendered once."""
    folder = tmp_path_factory.mktemp("log")
    with (
        running_emulator(EmulatorConfig(limit=0, **SMALL_WORLD)) as emulator,
        filed_deployment(emulator, folder) as made,
    ):
        made.index()
        made.batch()
        made.run("refresh_links")
        made.run("render_batch", {"scopes": made.keys, "formats": ["json"]})
        key = made.key(TABLE)
        pages = sorted(made.pages_of(key))
        source = made.runtime.snapshot(key).commit.root_id
        change = made.emulator.control.change
        change("rename", object_id=_dashed(pages[0]), title="Renamed")
        change("add_property", data_source_id=source, name="Height", kind="number")
        made.index()
        made.batch()
        change("trash", object_id=_dashed(pages[1]))
        made.index()
        made.batch()
        yield made


def _dashed(key):
    return "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:]))


def told(deployed):
    """The whole history of pages, and of the changes beside pages, in order."""
    pages = [
        (event.partition, dict(event.tags), {name: value.value for name, value in event.metadata.items()})
        for event in deployed.events("page_versions")
    ]
    wanted = dg.AssetRecordsFilter(deployed.names.notion("databases"))
    seen = deployed.instance.fetch_observations(wanted, limit=100).records
    noted = [
        (each.event_log_entry.asset_observation.partition, dict(each.event_log_entry.asset_observation.tags))
        for each in seen
    ]
    return pages, noted


def scopes(deployed, asset):
    return [(event.partition, event.tags["dagster/data_version"]) for event in deployed.events(asset)]


def tick(deployed):
    found = deployed.defs.resolve_sensor_def(deployed.names.automation("changed_scopes_sensor"))
    with (
        partition_loading_context(dynamic_partitions_store=deployed.instance),
        dg.build_sensor_context(
            instance=deployed.instance, definitions=deployed.defs, resources={"export": deployed.runtime}
        ) as context,
    ):
        return found.evaluate_tick(context)


def test_what_was_in_the_lost_database_is_in_the_new_one(deployed, tmp_path):
    (tmp_path / "new").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "new")) as instance:
        new = Deployment(deployed.emulator, deployed.runtime, instance)
        result = restore_event_log(deployed.runtime, instance, deployed.names)
        assert result.page_events == len(deployed.events("page_versions")) > 10
        assert told(new) == told(deployed)
        assert len(told(new)[1]) == 4
        assert new.keys == deployed.keys
        assert set(instance.get_dynamic_partitions("notion_pages")) == set(
            deployed.instance.get_dynamic_partitions("notion_pages")
        )
        for asset in ("databases", "pages", "blocks", "files"):
            assert sorted(scopes(new, asset)) == sorted(scopes(deployed, asset))
        for check in (("pages", "complete"), ("workspace_index", "failed_scopes")):
            assert new.outcome(*check).passed == deployed.outcome(*check).passed
        materialized = instance.get_materialized_partitions(deployed.names.export("json"))
        assert materialized == deployed.instance.get_materialized_partitions(deployed.names.export("json"))
        before, after = tick(deployed), tick(new)
        assert [each.run_key for each in after.run_requests] == [each.run_key for each in before.run_requests]


def test_a_restore_that_is_repeated_logs_nothing_twice(deployed, tmp_path):
    before = told(deployed)
    again = restore_event_log(deployed.runtime, deployed.instance, deployed.names)
    assert (again.commits, again.page_events) == (0, 0)
    assert told(deployed) == before


def test_old_runs_can_be_deleted_and_the_history_stays(deployed):
    before = told(deployed)
    for run in deployed.instance.get_runs():
        deployed.instance.delete_run(run.run_id)
    assert told(deployed) == before
    restore_event_log(deployed.runtime, deployed.instance, deployed.names)
    assert told(deployed) == before
    assert sorted({partition for partition, _ in scopes(deployed, "pages")}) == deployed.keys


def test_a_wiped_asset_has_its_whole_history_again_after_a_restore(deployed):
    before = told(deployed)
    deployed.instance.wipe_assets([deployed.names.notion("page_versions")])
    assert told(deployed)[0] == []
    restore_event_log(deployed.runtime, deployed.instance, deployed.names)
    assert told(deployed) == before

"""The Dagster instance: the packaged dagster.yaml point by point, and how the command line opens it."""

import stat
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.instance import instance_folder, open_instance
from notion_sync_assets.settings import load_settings

PACKAGED = Path(__file__).parents[1] / "notion_sync_assets" / "dagster.yaml"


@pytest.fixture
def settings(tmp_path):
    return load_settings(environ={}, cwd=tmp_path)


@pytest.fixture(scope="module")
def daemons_instance(tmp_path_factory):
    home = tmp_path_factory.mktemp("dagster_home")
    (home / "dagster.yaml").write_bytes(PACKAGED.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        with dg.DagsterInstance.get() as instance:
            yield instance


def test_one_scope_is_worked_on_by_one_queued_run_at_a_time(daemons_instance):
    limits = daemons_instance.get_concurrency_config().run_queue_config
    assert isinstance(daemons_instance.run_coordinator, QueuedRunCoordinator)
    assert limits.max_concurrent_runs == 4
    assert {
        "key": "dagster/partition",
        "value": {"applyLimitPerUniqueValue": True},
        "limit": 1,
    } in limits.tag_concurrency_limits


def test_pools_limit_steps_and_start_with_one(daemons_instance):
    pools = daemons_instance.get_concurrency_config().pool_config
    assert pools.default_pool_limit == 1
    assert pools.pool_granularity.value == "op"


def test_crashed_runs_are_noticed_and_give_their_slots_back(daemons_instance):
    assert daemons_instance.run_monitoring_enabled
    assert daemons_instance.run_monitoring_start_timeout_seconds == 180
    assert daemons_instance.get_settings("run_monitoring")["free_slots_after_run_end_seconds"] == 5


def test_killed_runs_are_retried_and_failed_steps_are_not(daemons_instance):
    assert daemons_instance.run_retries_enabled
    assert daemons_instance.get_settings("run_retries")["max_retries"] == 2
    assert daemons_instance.run_retries_retry_on_asset_or_op_failure is False


def test_nothing_is_reported_to_anyone(daemons_instance):
    assert daemons_instance.telemetry_enabled is False
    assert daemons_instance.nux_enabled is False


def test_only_our_own_logger_is_captured(daemons_instance):
    assert daemons_instance.managed_python_loggers == ["notion_sync_assets"]


def test_everything_lives_below_dagster_home(daemons_instance):
    home = Path(daemons_instance.root_directory)
    assert Path(daemons_instance.storage_directory()).is_relative_to(home)
    assert {path.name for path in home.iterdir()} >= {"dagster.yaml", "history", "schedules"}


def test_dagster_home_is_used_when_it_is_set(tmp_path):
    home = tmp_path / "home"
    assert instance_folder(load_settings(environ={"DAGSTER_HOME": str(home)}, cwd=tmp_path)) == home


def test_else_the_instance_is_in_the_state_folder_or_in_the_export(tmp_path, settings):
    assert instance_folder(settings) == tmp_path / "notion-export" / ".dagster"
    with_state = load_settings(
        {"state_dir": "state", "output.path": "s3://bucket/x"}, environ={}, cwd=tmp_path
    )
    assert instance_folder(with_state) == tmp_path / "state" / ".dagster"


def test_a_new_folder_is_private_and_gets_the_packaged_file(settings):
    with open_instance(settings):
        folder = instance_folder(settings)
    assert (folder / "dagster.yaml").read_bytes() == PACKAGED.read_bytes()
    for path, mode in ((folder.parent, 0o700), (folder, 0o700), (folder / "dagster.yaml", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert not list(folder.glob(".dagster.yaml*"))


def test_a_changed_file_is_kept(settings):
    folder = instance_folder(settings)
    folder.mkdir(parents=True)
    (folder / "dagster.yaml").write_text("nux: {enabled: false}\n")
    with open_instance(settings) as instance:
        assert instance.telemetry_enabled is False
    assert (folder / "dagster.yaml").read_text() == "nux: {enabled: false}\n"


@dg.asset
def children_of_this_process() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"children": sorted(child.pid for child in children())})


def children():
    return psutil.Process().children(recursive=True)


def test_a_run_in_this_process_starts_no_other_and_is_remembered(settings):
    # Earlier tests of this worker may have left a fork server behind.
    before = sorted(child.pid for child in children())
    with open_instance(settings) as instance:
        assert isinstance(instance.compute_log_manager, NoOpComputeLogManager)
        result = dg.materialize([children_of_this_process], instance=instance)
        (event,) = result.asset_materializations_for_node("children_of_this_process")
        assert event.metadata["children"].value == before
    with open_instance(settings) as again:
        assert again.get_run_by_id(result.run_id).is_success


def test_an_instance_of_ones_own_keeps_its_log_capture_but_not_telemetry(tmp_path):
    settings = load_settings(environ={"DAGSTER_HOME": str(tmp_path)}, cwd=tmp_path)
    with open_instance(settings) as instance:
        assert not isinstance(instance.compute_log_manager, NoOpComputeLogManager)
        assert instance.telemetry_enabled is False
    assert not (tmp_path / "dagster.yaml").exists()


def test_a_dagster_home_that_is_not_there_is_a_configuration_error(tmp_path):
    settings = load_settings(environ={"DAGSTER_HOME": str(tmp_path / "gone")}, cwd=tmp_path)
    with pytest.raises(ConfigurationError, match="gone, which is not a folder"):
        open_instance(settings)


def test_a_folder_that_cannot_be_made_is_a_configuration_error(tmp_path, settings):
    (tmp_path / "notion-export").write_text("a file is in the way")
    with pytest.raises(ConfigurationError, match=f"cannot use {instance_folder(settings)}"):
        open_instance(settings)
    assert (tmp_path / "notion-export").is_file()

"""The files in deploy/: they agree with the package and with one another, and keep what they promise about access."""

import re
import shutil
import subprocess
from pathlib import Path

import dagster as dg
import pytest
import yaml

from notion_sync_assets.settings import COMMON_VARIABLES
from notion_sync_assets.settings_fields import setting_fields

DEPLOY = Path(__file__).parents[2] / "deploy"
PACKAGED = yaml.safe_load((DEPLOY.parent / "dagster.yaml").read_text())
COMPOSE = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
HELM = yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text())
OURS = {name: each for name, each in COMPOSE["services"].items() if each.get("image") == "notion-sync"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def variables(name):
    lines = (DEPLOY / "compose" / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_postgres_profile_differs_in_where_things_are_stored_and_in_nothing_else():
    profile = yaml.safe_load((DEPLOY / "dagster.postgres.yaml").read_text())
    for key in ("storage", "local_artifact_storage", "compute_logs"):
        profile.pop(key)
    assert profile == PACKAGED


def test_only_the_proxy_is_published_and_only_on_loopback():
    published = {name: each["ports"] for name, each in COMPOSE["services"].items() if "ports" in each}
    assert list(published) == ["proxy"]
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])


def test_our_services_can_write_to_their_volume_only_and_gain_no_rights():
    assert set(OURS) == {"code", "daemon", "webserver", "viewer", "serve"}
    for name, each in OURS.items():
        assert each["read_only"] is True, name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each["healthcheck"], name
    assert re.search(r"^USER notion$", (DEPLOY / "compose" / "Dockerfile").read_text(), re.MULTILINE)


def test_every_image_of_others_is_pinned():
    others = {each["image"] for each in COMPOSE["services"].values()} - {"notion-sync"}
    bases = set(re.findall(r"^FROM (\S+)", (DEPLOY / "compose" / "Dockerfile").read_text(), re.MULTILINE))
    assert len(others | bases) == 5
    assert [image for image in others | bases if not re.search(r":[A-Z0-9a-z.-]*\d", image)] == []


def test_viewers_have_a_webserver_that_changes_nothing():
    assert "--read-only" in COMPOSE["services"]["viewer"]["command"]


def test_every_variable_of_the_example_is_read_by_somebody():
    known = {field.variable for field in setting_fields().values()} | COMMON_VARIABLES.keys()
    others = re.compile(r"AWS_[A-Z_]+|DAGSTER_(PG_[A-Z]+|ARTIFACTS)")
    found = variables("notion-sync.env.example")
    assert [name for name in found if name not in known and not others.fullmatch(name)] == []
    profile = (DEPLOY / "dagster.postgres.yaml").read_text()
    assert set(re.findall(r"env: (\w+)", profile)) <= found.keys()


def test_no_secret_is_in_the_examples():
    for name in ("notion-sync.env.example", "minio.env.example"):
        secret = re.compile("TOKEN|SECRET|PASSWORD|DSN|KEY|USER$|URL$")
        given = {key: value for key, value in variables(name).items() if value and secret.search(key)}
        assert given.keys() <= {"DAGSTER_PG_USER", "AWS_ENDPOINT_URL"}


def test_all_ways_to_start_give_the_location_one_name():
    named = {each["load_from"][0]["grpc_server"]["location_name"] for each in workspaces()}
    assert named == {"notion_sync_assets"}


def workspaces():
    return [yaml.safe_load((DEPLOY / name / "workspace.yaml").read_text()) for name in ("compose", "systemd")]


def test_the_chart_limits_runs_as_the_packaged_instance_does():
    assert HELM["additionalInstanceConfig"]["concurrency"] == PACKAGED["concurrency"]
    monitoring = HELM["dagsterDaemon"]["runMonitoring"]
    packaged = PACKAGED["run_monitoring"]
    assert monitoring["freeSlotsAfterRunEndSeconds"] == packaged["free_slots_after_run_end_seconds"]
    assert HELM["dagsterDaemon"]["runRetries"]["maxRetries"] == PACKAGED["run_retries"]["max_retries"]


def test_what_the_chart_makes_of_queue_and_limits_is_an_instance_dagster_accepts(tmp_path):
    """The chart writes the queue as run_coordinator; limits there and under concurrency are an error."""
    made = {
        "telemetry": {"enabled": False},
        "run_coordinator": {
            "module": "dagster.core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": HELM["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"],
        },
        **HELM["additionalInstanceConfig"],
    }
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(made))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        limits = instance.get_concurrency_config()
        assert limits.pool_config.default_pool_limit == 1
        assert limits.run_queue_config.max_concurrent_runs == 4


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_what_systemd_understands(unit, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    for each in UNITS:
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", each.read_text())
        (tmp_path / each.name).write_text(text)
    command = [analyze, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Unknown" not in done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_keeps_what_it_writes_private_and_listens_on_loopback(unit):
    text = unit.read_text()
    assert "UMask=0077" in text
    assert "User=notion-sync" in text
    assert "0.0.0.0" not in text

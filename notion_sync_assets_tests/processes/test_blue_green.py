"""A new version beside the old one, without a gap: two code servers, one workspace file that is pointed at the other.

What runs on the old server ends there; what starts after the switch runs on the new one; what was turned on stays on.
"""

import os
import re
import shutil
import subprocess
import sysconfig
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import httpx
import psutil
import pytest
import yaml

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.system.test_webserver import ask, free_port, wait_for

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300.0
LAUNCH = """mutation {{ launchRun(executionParams: {{runConfigData: {{}}, selector: {{
  repositoryLocationName: "notion_sync_assets", repositoryName: "__repository__", jobName: "{job}"
}}}}) {{ __typename ... on LaunchRunSuccess {{ run {{ runId }} }} }} }}"""
RELOAD = "mutation { reloadWorkspace { __typename } }"
_PID = re.compile(r"Started process for run \(pid: (\d+)\)")


@contextmanager
def program(*command, log, variables):
    """A program of Dagster's that ends with the block."""
    with log.open("w") as output:
        started = subprocess.Popen(
            [f"{sysconfig.get_path('scripts')}/{command[0]}", *map(str, command[1:])],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=output,
            stderr=output,
        )
        try:
            yield started
        finally:
            started.terminate()
            started.wait(60)


class Deployment:
    """A daemon and a webserver whose workspace file names a code server that is replaced."""

    def __init__(self, folder, variables, stack):
        self.folder = folder
        self.variables = variables
        self.stack = stack
        self.workspace = folder / "workspace.yaml"
        self.client = None

    def code_server(self, name):
        """Start a code server; return its process and its port."""
        port, log = free_port(), self.folder / f"{name}.log"
        command = ("dagster", "code-server", "start", "-h", "127.0.0.1", "-p", port)
        started = self.stack.enter_context(
            program(*command, "-m", "notion_sync_assets.definitions", log=log, variables=self.variables)
        )
        wait_until(lambda: answers(port))
        return started, port

    def point_at(self, port):
        server = {"host": "127.0.0.1", "port": port, "location_name": "notion_sync_assets"}
        part = self.workspace.with_suffix(".part")
        part.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}))
        part.replace(self.workspace)

    def start(self):
        port, log = free_port(), self.folder / "webserver.log"
        command = ("dagster-webserver", "-h", "127.0.0.1", "-p", port, "-w", self.workspace)
        webserver = self.stack.enter_context(program(*command, log=log, variables=self.variables))
        daemon = ("dagster-daemon", "run", "-w", self.workspace)
        log_of_daemon = self.folder / "daemon.log"
        self.stack.enter_context(program(*daemon, log=log_of_daemon, variables=self.variables))
        address = f"http://127.0.0.1:{port}"
        self.client = self.stack.enter_context(httpx.Client(base_url=address, timeout=60))
        wait_for(webserver, self.client, log)

    def launch(self, job):
        answer = ask(self.client, LAUNCH.format(job=job))["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return answer["run"]["runId"]


def wait_until(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.25)


def answers(port):
    program = f"{sysconfig.get_path('scripts')}/dagster"
    command = [program, "api", "grpc-health-check", "-p", str(port), "-h", "127.0.0.1"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def worker_of(instance, run_id):
    """The process of a run, as soon as it has one; it imports Dagster first, so it is there for some seconds."""
    found = []

    def started():
        found.extend(match for entry in instance.all_logs(run_id) if (match := _PID.search(entry.message)))
        return found

    wait_until(started)
    return psutil.Process(int(found[0][1]))


def ended(instance, run_id):
    wait_until(lambda: instance.get_run_by_id(run_id).is_finished)
    return instance.get_run_by_id(run_id).status


@pytest.fixture
def notion():
    rows = {"world": "generated", "pages": 12, "rows": 60, "databases": 2, "depth": 2}
    with running_emulator(EmulatorConfig(**rows, limit=0)) as running:
        yield running


@pytest.fixture
def deployed(notion, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "dagster.yaml", home)
    variables = {
        "DAGSTER_HOME": str(home),
        "NOTION_BASE_URL": notion.url,
        "NOTION_TOKEN": "secret_that_nobody_may_see",
        "NOTION_SYNC_OUTPUT__PATH": str(tmp_path / "export"),
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
    }
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with ExitStack() as stack:
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        yield Deployment(tmp_path, variables, stack), instance


def test_a_run_ends_on_the_old_code_server_while_the_next_starts_on_the_new_one(deployed, notion):
    deployment, instance = deployed
    blue, port = deployment.code_server("blue")
    deployment.point_at(port)
    deployment.start()
    command = ("dagster", "sensor", "start", "-w", deployment.workspace, "webhook_sensor")
    with program(*command, log=deployment.folder / "sensor.log", variables=deployment.variables) as turned_on:
        assert turned_on.wait(120) == 0
    first = deployment.launch("export_job")
    assert psutil.Process(blue.pid) in worker_of(instance, first).parents()
    notion.control.configure(down="503")

    green, port = deployment.code_server("green")
    deployment.point_at(port)
    ask(deployment.client, RELOAD)
    while psutil.Process(green.pid) not in parents_of_next(deployment, instance):
        """The daemon reads the file once a minute; until then it goes on with the old server."""
    assert not instance.get_run_by_id(first).is_finished
    notion.control.configure(down="")
    assert ended(instance, first) is dg.DagsterRunStatus.SUCCESS
    blue.terminate()
    blue.wait(60)

    second = deployment.launch("export_job")
    assert psutil.Process(green.pid) in worker_of(instance, second).parents()
    assert ended(instance, second) is dg.DagsterRunStatus.SUCCESS
    (sensor,) = [each for each in instance.all_instigator_state() if each.name == "webhook_sensor"]
    assert sensor.status.value == "RUNNING"


def parents_of_next(deployment, instance):
    """The processes above that of a short run, launched now."""
    run_id = deployment.launch("refresh_links")
    parents = worker_of(instance, run_id).parents()
    ended(instance, run_id)
    return parents

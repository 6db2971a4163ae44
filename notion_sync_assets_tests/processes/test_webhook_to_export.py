"""The whole way of a change: emulated Notion → webhook → ``serve`` → queue → daemon → run → export, in real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import httpx
import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets.webhook_sensor import BATCH_TAG
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PATIENCE_S = 180.0
WORLD = EmulatorConfig(
    world="generated", pages=4, rows=4, databases=1, limit=0, search_omit_rate=0.0, webhook_delay=0.2
)


@contextmanager
def process(command, variables, log):
    """A process that ends with the block; its output goes to a file."""
    with log.open("w") as output:
        started = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **variables}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield started
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(60)


def wait_for(condition, log):
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < end, log.read_text()[-4000:]
        time.sleep(0.2)
    return found


def lines(log):
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def home(tmp_path):
    made = tmp_path / "home"
    made.mkdir()
    shutil.copy(ROOT / "dagster.yaml", made)
    return made


def test_an_edit_reaches_the_export_by_one_run_of_its_scope(tmp_path, home, record_property):
    with ExitStack() as stack:
        notion = stack.enter_context(running_emulator(WORLD))
        exporter = Exporter(tmp_path / "export", notion.url, settings={"OUTPUT__FORMATS": "json"})
        variables = {**exporter.variables, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"}
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("DAGSTER_HOME", str(home))
        done = exporter.run("export")
        assert done.code == 0, done.err
        assert "Warning" not in done.err
        scripts = sysconfig.get_path("scripts")
        start = [f"{scripts}/dagster", "sensor", "start", "webhook_sensor", "-w", "workspace.yaml"]
        subprocess.run(start, cwd=ROOT, env={**os.environ, **variables}, check=True, capture_output=True)
        served, log = tmp_path / "serve.log", tmp_path / "daemon.log"
        serve = [sys.executable, "-m", "notion_sync_assets", "serve", "--port", "0", "--json"]
        stack.enter_context(process([*serve, "--await-verification"], variables, served))
        daemon = [f"{scripts}/dagster-daemon", "run", "-w", "workspace.yaml"]
        stack.enter_context(process(daemon, variables, log))
        address = wait_for(lambda: lines(served), served)[0]
        notion.control.subscribe(address["webhook"])
        notion.control.verify(wait_for(lambda: lines(served)[1:], served)[0]["verification_token"])
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        wait_for(instance.get_daemon_heartbeats, log)

        page = max(notion.control.oracle_ids("page"))
        began = time.monotonic()
        notion.control.change("rename", object_id=page, title="Through a webhook", bump=False)
        wait_for(lambda: shown(tmp_path / "export", b"Through a webhook"), log)
        record_property("seconds_from_edit_to_export", round(time.monotonic() - began, 1))
        wait_for(lambda: all(run.is_finished for run in webhook_runs(instance)), log)
        (run,) = webhook_runs(instance)
        assert (run.job_name, run.status) == ("refresh_scope", dg.DagsterRunStatus.SUCCESS)

        metrics = httpx.get(f"{address['url']}/metrics", timeout=PATIENCE_S).text
        assert 'notion_sync_exports_total{status="complete"} 1.0' in metrics
        assert 'notion_sync_scopes_total{outcome="changed"}' in metrics
        health = httpx.get(f"{address['url']}/health", timeout=PATIENCE_S).json()
        assert health["components"]["daemon"]["status"] == "healthy"


def shown(folder, text):
    return any(text in path.read_bytes() for path in (folder / "json").rglob("*.json"))


def webhook_runs(instance):
    return [run for run in instance.get_runs() if BATCH_TAG in run.tags]

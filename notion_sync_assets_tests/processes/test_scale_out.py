"""Two workers, one export: runs by Celery over Redis, tables and rate limit in PostgreSQL, files in an object store.

Each scope is a run; one worker is killed while it works. What is in the store at the end is what an export into a
folder, made by one process that nobody disturbs, has.
"""

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import psutil
import pytest
import yaml

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.object_store import CREDENTIALS
from notion_sync_assets_tests.postgres_server import postgres_programs, running_postgres
from notion_sync_assets_tests.processes.exporter import Exporter, wait_until
from notion_sync_assets_tests.system.conftest import absent
from notion_sync_assets_tests.system.test_webserver import free_port

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SCOPES = 20
FOLDERS = ("json", "markdown", "html", "csv", "parquet", "files")
PATIENCE_S = 420.0


@contextmanager
def program(command, variables, log):
    """A process of its own group, ended with all its children."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(each) for each in command], cwd=ROOT, env=variables, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            children = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _gone, alive = psutil.wait_procs(children, timeout=20)
            for each in alive:
                each.kill()


def tool(name):
    return Path(sys.executable).with_name(name)


def written_home(folder, postgres):
    """A DAGSTER_HOME of the two profiles, joined as the second says."""
    joined = yaml.safe_load((DEPLOY / "dagster.postgres.yaml").read_text())
    joined |= yaml.safe_load((DEPLOY / "dagster.celery.yaml").read_text())
    joined["storage"]["postgres"]["postgres_db"]["port"] = postgres.port
    folder.mkdir()
    (folder / "dagster.yaml").write_text(yaml.safe_dump(joined))
    return folder


def configured_workers(folder, redis):
    folder.mkdir()
    lines = [
        f'broker_url = "redis://127.0.0.1:{redis}/0"',
        f'result_backend = "redis://127.0.0.1:{redis}/1"',
        "task_track_started = True",
        "worker_prefetch_multiplier = 1",
    ]
    (folder / "dagster_celery_config.py").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def notion():
    rows = {"world": "generated", "pages": 40, "rows": 126, "databases": 18, "depth": 2, "seed": 5}
    still = {"limit": 0, "latency_ms": 20, "search_lag": 0.0, "search_omit_rate": 0.0}
    with running_emulator(EmulatorConfig(**rows, **still)) as running:
        yield running


@pytest.fixture
def cluster(notion, object_store, tmp_path, monkeypatch):
    """Redis, PostgreSQL, a daemon and two workers; yields their instance, the bucket, and the variables."""
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed")
    redis, bucket = free_port(), object_store.bucket()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(programs, free_port()))
        home = written_home(tmp_path / "home", postgres)
        workers = configured_workers(tmp_path / "celery", redis)
        variables = {
            "DAGSTER_HOME": str(home),
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_DATABASE": "postgres",
            "DAGSTER_PG_USER": postgres.user,
            "DAGSTER_PG_PASSWORD": "any",
            "DAGSTER_ARTIFACTS": str(tmp_path / "artifacts"),
            "DAGSTER_CELERY_BROKER": f"redis://127.0.0.1:{redis}/0",
            "DAGSTER_CELERY_BACKEND": f"redis://127.0.0.1:{redis}/1",
            "NOTION_TOKEN": "secret_that_nobody_may_see",
            "NOTION_BASE_URL": notion.url,
            "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "100000",
            "NOTION_SYNC_OUTPUT__PATH": f"{bucket}/export",
            "NOTION_SYNC_LIMITER__BACKEND": "postgres",
            "NOTION_SYNC_LIMITER__DSN": postgres.dsn,
            "AWS_ENDPOINT_URL": object_store.url,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["key"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["secret"],
            "PYTHONPATH": os.pathsep.join([str(workers), str(ROOT)]),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        environment = {**os.environ, **variables}
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        start = ["redis-server", "--port", redis, "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path]
        stack.enter_context(program(start, environment, tmp_path / "redis.log"))
        worker = [tool("celery"), "-A", "dagster_celery.app", "worker", "--concurrency", "1", "-Q", "dagster"]
        for number in (1, 2):
            log = tmp_path / f"worker-{number}.log"
            stack.enter_context(program([*worker, "-n", f"w{number}@here"], environment, log))
        daemon = [tool("dagster-daemon"), "run", "-w", "workspace.yaml"]
        stack.enter_context(program(daemon, environment, tmp_path / "daemon.log"))
        yield instance, bucket, environment


def command(environment, *arguments):
    done = subprocess.run(
        [str(tool("dagster")), *arguments, "-w", "workspace.yaml"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def succeeded(instance, job):
    """The partition keys (or None) that a job has ended well for."""
    wanted = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS])
    return [run.tags.get("dagster/partition") for run in instance.get_runs(wanted)]


def launched(instance, environment, job):
    """Launch a job and wait until a run of it has ended well."""
    command(environment, "job", "launch", "-j", job)
    wait_until(lambda: succeeded(instance, job), timeout=PATIENCE_S, pause=0.2)


def kill_busy_worker(instance):
    """Kill the process of a worker in the middle of a run, after some scopes are done."""
    wait_until(lambda: len(succeeded(instance, "sync_scope")) >= 3, timeout=PATIENCE_S, pause=0.2)
    busy = []
    wait_until(lambda: busy.extend(working(instance)) or busy, timeout=PATIENCE_S, pause=0.2)
    os.kill(busy[0], signal.SIGKILL)


def working(instance):
    """The processes whose run has begun its step and has nothing to show yet."""
    wanted = dg.RunsFilter(job_name="sync_scope", statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(wanted):
        messages = "\n".join(entry.message for entry in instance.all_logs(run.run_id))
        process = re.search(r"Executing steps in process \(pid: (\d+)\)", messages)
        if process and "Started execution of step" in messages and "Yielded output" not in messages:
            yield int(process[1])


def test_an_export_by_two_workers_one_of_which_is_killed_is_the_export_of_one(
    cluster, notion, object_store, tmp_path
):
    instance, bucket, environment = cluster
    launched(instance, environment, "refresh_index")
    keys = instance.get_dynamic_partitions("notion_scopes")
    assert len(keys) >= SCOPES
    command(environment, "sensor", "start", "changed_scopes_sensor")
    kill_busy_worker(instance)
    wait_until(lambda: set(succeeded(instance, "sync_scope")) >= set(keys), timeout=PATIENCE_S, pause=0.2)
    command(environment, "sensor", "stop", "changed_scopes_sensor")
    launched(instance, environment, "publish_export")
    alone = Exporter(tmp_path / "alone", notion.url, token="secret_that_nobody_may_see")
    assert alone.run("export", "--quiet").code == 0
    there = object_store.objects(f"{bucket}/export")
    made = {path: data for path, data in there.items() if path.split("/")[0] in FOLDERS}
    expected = {
        str(path.relative_to(alone.folder)): path.read_bytes()
        for folder in FOLDERS
        for path in (alone.folder / folder).rglob("*")
        if path.is_file()
    }
    assert made == expected
    assert len(made) > 300
    killed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    assert len(killed) == 1

"""The services as the containers run them: nothing but the volume can be written to, and no capability is left.

The root of the file system is made read-only in a mount namespace of its own; what the image has at /opt/dagster (instance
and workspace) is read-only with it. `/tmp` is a folder of the volume here.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import httpx
import pytest
import yaml

from notion_sync_assets_tests.deployment import SMALL_WORLD, TOKEN
from notion_sync_assets_tests.postgres_server import postgres_programs, running_postgres
from notion_sync_assets_tests.system.conftest import absent
from notion_sync_assets_tests.system.test_webserver import free_port

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::DeprecationWarning:psycopg2")]

ROOT = Path(__file__).parents[2]
SHUT_IN = (
    'mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,bind,ro / &&'
    ' ! touch /written 2>/dev/null && exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"'
)
PATIENCE_S = 120.0


class Container:
    """What a service of the deployment sees."""

    def __init__(self, folder, postgres, notion):
        self.volume = folder / "volume"
        image = folder / "image"
        (self.volume / "tmp").mkdir(parents=True)
        image.mkdir()
        profile = yaml.safe_load((ROOT / "deploy" / "dagster.postgres.yaml").read_text())
        profile["storage"]["postgres"]["postgres_db"]["port"] = postgres.port
        (image / "dagster.yaml").write_text(yaml.safe_dump(profile))
        shutil.copy(ROOT / "workspace.yaml", image)
        self.variables = {
            "DAGSTER_HOME": str(image),
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_DATABASE": "postgres",
            "DAGSTER_PG_USER": postgres.user,
            "DAGSTER_PG_PASSWORD": "any",
            "DAGSTER_ARTIFACTS": str(self.volume / "dagster"),
            "NOTION_TOKEN": TOKEN,
            "NOTION_BASE_URL": notion.url,
            "NOTION_SYNC_ENVIRONMENT": "production",
            "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
            "NOTION_SYNC_OUTPUT__PATH": str(self.volume / "export"),
            "NOTION_SYNC_LIMITER__BACKEND": "memory",
            "HOME": str(self.volume),
            "TMPDIR": str(self.volume / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(ROOT),
        }

    @contextmanager
    def service(self, name, *command):
        """A program that ends with the block; what it said is in a file of the volume."""
        program = str(Path(sys.executable).with_name(command[0]))
        with (self.volume / f"{name}.log").open("w") as log:
            started = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", SHUT_IN, self.volume, program, *command[1:]],
                cwd=self.variables["DAGSTER_HOME"],
                env={**os.environ, **self.variables},
                stdout=log,
                stderr=log,
            )
            try:
                yield started
            finally:
                started.terminate()
                started.wait(60)

    def said(self, name):
        return (self.volume / f"{name}.log").read_text()


@pytest.fixture
def container(start_emulator, tmp_path, monkeypatch):
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a mount namespace needs a right that is not given here")
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed")
    with running_postgres(programs, free_port()) as postgres:
        made = Container(tmp_path, postgres, start_emulator(**SMALL_WORLD))
        for name in ("DAGSTER_PG_HOST", "DAGSTER_PG_DATABASE", "DAGSTER_PG_USER", "DAGSTER_PG_PASSWORD"):
            monkeypatch.setenv(name, made.variables[name])
        monkeypatch.setenv("DAGSTER_ARTIFACTS", made.variables["DAGSTER_ARTIFACTS"])
        yield made


def answered(address, process, said):
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return httpx.get(address, timeout=30)
        except httpx.TransportError:
            assert process.poll() is None, said()
            assert time.monotonic() < end, said()
            time.sleep(0.2)


def test_an_export_the_webserver_and_serve_need_to_write_to_their_volume_only(container):
    execute = ("dagster", "job", "execute", "-m", "notion_sync_assets.definitions", "-j", "export_job")
    with container.service("run", *execute) as run:
        assert run.wait(PATIENCE_S) == 0, container.said("run")
    web, served = free_port(), free_port()
    with ExitStack() as stack:
        start = (
            "dagster-webserver",
            "-h",
            "127.0.0.1",
            "-p",
            str(web),
            "-m",
            "notion_sync_assets.definitions",
        )
        webserver = stack.enter_context(container.service("web", *start))
        serve = stack.enter_context(container.service("serve", "notion-sync", "serve", "--port", str(served)))
        info = answered(f"http://127.0.0.1:{web}/server_info", webserver, lambda: container.said("web"))
        ready = answered(f"http://127.0.0.1:{served}/ready", serve, lambda: container.said("serve"))
    assert (info.status_code, ready.status_code) == (200, 200)
    assert "Read-only file system" not in "".join(map(container.said, ("run", "web", "serve")))
    with dg.DagsterInstance.from_config(container.variables["DAGSTER_HOME"]) as instance:
        assert instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS])) == 1
    assert (container.volume / "export" / "notion.duckdb").is_file()

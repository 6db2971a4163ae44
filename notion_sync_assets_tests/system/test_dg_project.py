"""The component in a fresh project, as a stranger makes one: `create-dagster` and `dg` from PyPI, in an empty environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from notion_sync_assets.emulator import EmulatorConfig, running_emulator
from notion_sync_assets_tests.system.test_package import build

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
TYPE = "notion_sync_assets.components.NotionWorkspaceComponent"


class Project:
    """A project with an environment of its own; commands run in it as in an activated one."""

    def __init__(self, folder, programs):
        self.folder = folder
        self._programs = programs

    def call(self, *command, **variables):
        path = f"{self._programs}{os.pathsep}{os.environ['PATH']}"
        kept = {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
        }
        return subprocess.run(
            [str(each) for each in command],
            cwd=self.folder,
            env={**kept, "PATH": path, "DAGSTER_DISABLE_TELEMETRY": "1", **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *command, **variables):
        done = self.call(*command, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stranger")
    wheel, _sdist = build(ROOT, folder / "dist")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
    programs = folder / "venv" / "bin"
    install = [*uv, "pip", "install", "-q", "--python", programs / "python"]
    subprocess.run([*install, "create-dagster", "dagster-dg-cli", wheel], check=True)
    outside = Project(folder, programs)
    outside.run("create-dagster", "project", "--no-uv-sync", "analytics")
    made = Project(folder / "analytics", programs)
    subprocess.run([*install, "--no-deps", "-e", made.folder], check=True)
    made.run("dg", "scaffold", "defs", TYPE, "notion")
    return made


def test_dg_lists_the_component(project):
    assert TYPE in project.run("dg", "list", "components", "--json")


def test_what_dg_scaffolds_passes_its_own_checks(project):
    project.run("dg", "check", "defs")


def test_an_export_started_by_dg_lies_beside_the_project(project):
    home = project.folder / "home"
    home.mkdir()
    with running_emulator(EmulatorConfig(world="generated", pages=4, rows=4, databases=1, limit=0)) as notion:
        variables = {
            "DAGSTER_HOME": str(home),
            "NOTION_BASE_URL": notion.url,
            "NOTION_TOKEN": "secret_stranger",
            "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
        }
        project.run("dg", "launch", "--job", "export_job", **variables)
    assert (project.folder / "notion-export" / "notion.duckdb").is_file()
    assert (project.folder / "notion-export" / "html" / "index.html").is_file()

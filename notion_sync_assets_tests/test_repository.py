"""Facts about the repository that no module owns: fixed files, one version, one location name, clean locks."""

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

import notion_sync_assets

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = [
    "setup",
    "demo",
    "test",
    "coverage",
    "test-system",
    "test-slow",
    "check",
    "bench",
    "soak",
    "figures",
    "bench-large",
    "bench-peers",
    "ui",
    "lock",
    "clean",
]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


FIXED_FILES = (
    "pyproject.toml setup.cfg workspace.yaml dagster.yaml README.md CHANGELOG.md CONTRIBUTING.md LICENSE Makefile "
    ".ci/run requirements/lock.txt notion_sync_assets/py.typed"
)


@pytest.mark.parametrize("name", FIXED_FILES.split())
def test_the_fixed_files_are_there(name):
    assert (ROOT / name).is_file()


def test_the_version_has_one_source():
    assert (
        notion_sync_assets.__version__
        == metadata.version("notion-sync-assets")
        == PROJECT["project"]["version"]
    )


def test_the_package_has_no_other_lazy_names():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        notion_sync_assets.nothing  # noqa: B018 - the lookup is the test


def test_the_packaged_instance_file_is_the_one_at_the_top():
    assert (ROOT / "notion_sync_assets" / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()


def test_both_ways_to_start_dagster_give_the_location_one_name():
    (location,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    dg_project = PROJECT["tool"]["dg"]["project"]
    assert location["python_module"]["location_name"] == dg_project["code_location_name"]
    assert location["python_module"]["module_name"] == f"{dg_project['root_module']}.definitions"


def test_every_line_of_the_lock_is_a_pin_or_a_hash():
    pin = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s\\]+( ; [^\\]+)? \\")
    digest = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    assert [
        line for line in LOCK.splitlines() if not pin.fullmatch(line) and not digest.fullmatch(line)
    ] == []


def test_the_lock_names_no_host():
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


def test_every_dependency_is_locked():
    locked = {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)", LOCK, flags=re.MULTILINE)}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    names = {normal(re.match(r"[A-Za-z0-9._-]+", requirement).group()) for requirement in wanted}
    assert names - locked == set()


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z-]+) +\S", listed, flags=re.MULTILINE) == ["help", *TARGETS]


def test_every_target_is_phony():
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert set(phony.split()) >= {"help", *TARGETS}


def test_an_old_python_is_refused_with_a_clear_message(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    command = ["make", "-s", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", "setup"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "Python 3.11 or newer is needed" in answer.stderr
    assert not (tmp_path / "venv").exists()


def test_the_ci_script_is_valid_strict_and_runs_the_documented_commands():
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o100
    assert "set -euo pipefail" in text
    made = [line.split()[1:] for line in text.splitlines() if line.startswith("make ")]
    targets = [word for words in made for word in words if not word.startswith("--")]
    assert targets == ["setup", "check", "demo", "test", "test-system"]

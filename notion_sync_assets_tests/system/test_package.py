"""The package as people get it: what is in wheel and sdist, and that an empty environment needs nothing more."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PACKAGE = "notion_sync_assets"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)([^\\]*)\\$", re.MULTILINE)
PINS = LOCKED.findall((ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8"))
DAGSTERS = ("dagster", "dagster-webserver")
# What the code reads at run time and no import would miss.
DATA = (
    "py.typed",
    "dagster.yaml",
    "config/base.toml",
    "config/development.toml",
    "config/staging.toml",
    "config/production.toml",
    "core/render/html/templates/page.html.j2",
    "core/render/html/static/site.css",
    "core/render/html/static/search.js",
)
LEFT = ("html/index.html", "markdown/*/*.md", "json/*/*.json", "csv/*.csv", "parquet/*/rows.parquet")


def build(source, target):
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    (sdist,) = target.glob("*.tar.gz")
    return wheel, sdist


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def required(built):
    """The requirements in the metadata of the wheel, by name."""
    with zipfile.ZipFile(built[0]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
    found = [Requirement(each) for each in metadata.get_all("Requires-Dist", [])]
    return {canonicalize_name(each.name): each for each in found}


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The programs of an empty environment that got only the wheel, with the locked versions of what it asks for.

    The lock only constrains: what the metadata forgets stays away, though the lock, made for developers, has it.
    """
    folder = tmp_path_factory.mktemp("empty")
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(f"{name}=={version}{marker}\n" for name, version, marker in PINS))
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    programs = folder / "venv" / "bin"
    options = ["install", "--quiet", "-c", constraints, built[0]]
    uv = [Path(sys.executable).parent / "uv", "pip", *options, "--python", programs / "python"]
    if subprocess.run(uv, capture_output=True, check=False).returncode:
        # Only pip knows the package index of some machines; it takes minutes.
        pip = [programs / "pip", *options, "--disable-pip-version-check"]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return programs


def alone(home):
    """An environment that knows nothing of this checkout."""
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}


def test_the_wheel_holds_the_whole_package_and_nothing_else(built):
    folder = ROOT / PACKAGE
    ours = [path for path in folder.rglob("*") if path.is_file() and not re.search(r"cache", str(path))]
    names = set(contents(built[0]))
    assert {name for name in names if ".dist-info/" not in name} == {
        path.relative_to(ROOT).as_posix() for path in ours
    }
    assert {f"{PACKAGE}/{name}" for name in DATA} <= names


def test_the_wheel_holds_no_tests(built):
    tops = {name.split("/")[0] for name in contents(built[0])}
    assert {re.sub(r"-.*", "", top) for top in tops} == {PACKAGE}


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    wheel, _ = build(source, tmp_path / "again")
    assert contents(wheel) == contents(built[0])


def test_the_metadata_admits_what_is_locked(required):
    locked = {(canonicalize_name(name), version) for name, version, _ in PINS}
    assert set(required) <= {name for name, _ in locked}
    refused = [
        (name, version)
        for name, version in locked
        if name in required and version not in required[name].specifier
    ]
    assert refused == []


@pytest.mark.parametrize("version", ["1.12.0", "1.12.22", "1.13.0", "1.99.0"])
def test_a_dagster_that_is_there_already_may_stay(required, version):
    assert all(version in required[name].specifier for name in DAGSTERS)


@pytest.mark.parametrize("version", ["1.11.16", "2.0.0"])
def test_a_dagster_it_was_not_made_for_is_not_taken(required, version):
    assert not any(version in required[name].specifier for name in DAGSTERS)


def test_in_an_empty_environment_the_demo_runs_from_any_folder(installed, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([installed / "pip", "check"], check=True, capture_output=True)
    done = subprocess.run(
        [installed / "notion-sync", "demo", "--quiet", "--output", tmp_path / "export"],
        cwd=elsewhere, env=alone(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    export = tmp_path / "export"
    assert [pattern for pattern in LEFT if not list(export.glob(pattern))] == []
    assert (export / "notion.duckdb").is_file()
    assert len(list((export / "receipts").glob("*.json"))) == 1
    assert list(elsewhere.iterdir()) == []


def test_in_an_empty_environment_dagster_finds_the_definitions(installed, tmp_path):
    code = "from notion_sync_assets.definitions import defs; print(len(defs.resolve_all_job_defs()))"
    done = subprocess.run(
        [installed / "python", "-c", code],
        cwd=tmp_path, env=alone(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0

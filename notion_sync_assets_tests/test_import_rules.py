"""Who may import whom, who may read the environment, and what importing costs."""

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "notion_sync_assets"
MODULES = sorted(PACKAGE.rglob("*.py"))
WITHOUT_DAGSTER = ("core", "emulator")


def named(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def touches_the_environment(path):
    """Any way to the process environment: os.environ, os.getenv, or those names imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = {node.attr} if node.value.id == "os" else set()
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found = {alias.name for alias in node.names}
        else:
            continue
        if found & {"environ", "environb", "getenv", "getenvb"}:
            return True
    return False


def test_the_import_contracts_hold():
    command = shutil.which("lint-imports", path=sysconfig.get_path("scripts"))
    assert command is not None
    answer = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
    assert re.search(r"[1-9]\d* kept, 0 broken", answer.stdout)


def test_only_settings_touches_the_environment():
    assert named(path for path in MODULES if touches_the_environment(path)) == [
        "notion_sync_assets/settings.py",
    ]


def test_future_annotations_are_only_where_dagster_is_not():
    """Dagster reads annotations at run time, and strings in their place break its modules."""
    offending = [
        path
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] not in WITHOUT_DAGSTER
        and "from __future__ import annotations" in path.read_text(encoding="utf-8")
    ]
    assert named(offending) == []


def test_no_module_has_more_than_500_lines():
    assert named(p for p in MODULES if len(p.read_text(encoding="utf-8").splitlines()) > 500) == []


def test_every_module_says_what_belongs_in_it():
    silent = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert named(silent) == []


def test_no_module_has_a_name_that_says_nothing():
    vague = re.compile(r"(^|_)(utils?|helpers?|managers?|handlers?|misc|common)(_|$)")
    found = [p for p in MODULES if p.parent.name != "io_managers" and vague.search(p.stem)]
    assert named(found) == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("notion_sync_assets", {"dagster", "pydantic", "httpx", "importlib.metadata"}),
        (
            "notion_sync_assets.cli",
            {"asyncio", "dagster", "httpx", "pandas", "pyarrow", "duckdb", "pydantic", "structlog", "rich"},
        ),
    ],
)
def test_importing_is_light(module, unwanted):
    program = f"import sys, {module}; print(*sorted({unwanted!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []

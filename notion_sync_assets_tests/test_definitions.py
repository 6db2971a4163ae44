"""The code location as Dagster's own commands load it."""

import importlib
import os
import subprocess
import sysconfig
from pathlib import Path

import dagster as dg
import yaml

ROOT = Path(__file__).parents[1]


def test_the_module_that_the_workspace_names_holds_definitions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (location,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    module = importlib.reload(importlib.import_module(location["python_module"]["module_name"]))
    assert isinstance(module.defs, dg.Definitions)
    assert list(tmp_path.iterdir()) == []


def test_the_settings_of_the_process_are_those_of_the_definitions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTION_SYNC_OUTPUT__WORKSPACE", "work")
    module = importlib.import_module("notion_sync_assets.definitions")
    defs = importlib.reload(module).defs
    assert dg.AssetKey(["work", "pages"]) in defs.resolve_all_asset_keys()


def test_dagsters_own_validation_accepts_the_workspace(tmp_path):
    """Its successor, `dg check defs`, comes with another package; both load every location and its definitions."""
    command = [f"{sysconfig.get_path('scripts')}/dagster", "definitions", "validate", "-w", "workspace.yaml"]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path), "DAGSTER_DISABLE_TELEMETRY": "1"}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert answer.returncode == 0, answer.stderr
    assert "Validation successful for code location notion_sync_assets" in answer.stdout + answer.stderr

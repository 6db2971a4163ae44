"""What is shipped for Prometheus and Grafana: every metric it names exists, and Prometheus' own tool accepts it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from notion_sync_assets.core.metrics import catalogue

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "monitoring"
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
PANELS = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))["panels"]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
OF_THE_SERVER = {"process_resident_memory_bytes", "process_start_time_seconds"}
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in PANELS for target in panel["targets"]
]


def series():
    """Every name a scrape can have."""
    for metric in catalogue.METRICS:
        ends = ("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",)
        yield from (metric.full_name + end for end in ends)


def labels():
    return {name: set(metric.labels) for metric in catalogue.METRICS for name in [metric.full_name]}


def named(expression):
    return set(re.findall(r"\b(?:notion_sync|process)_\w+", expression))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_that_is_named_exists(expression):
    assert named(expression) or expression.startswith("up{")
    assert named(expression) - {*series(), *OF_THE_SERVER} == set()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_label_that_is_selected_exists(expression):
    for name, selection in re.findall(r"\b(notion_sync_\w+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)\s*[=!]", selection)) <= labels()[name]


def test_the_dashboard_shows_every_metric():
    shown = {name for panel in PANELS for target in panel["targets"] for name in named(target["expr"])}
    missing = {
        metric.full_name
        for metric in catalogue.METRICS
        if not any(name.startswith(metric.full_name) for name in shown)
    }
    assert missing == {
        # What the alerts and the other panels say better.
        "notion_sync_last_complete_export_timestamp_seconds",
        "notion_sync_limiter_waits_total",
        "notion_sync_webhook_queue_capacity",
    }


def test_every_metric_and_every_alert_is_explained():
    for metric in catalogue.METRICS:
        assert f"`{metric.full_name}`" in PAGE
    for rule in RULES:
        assert f"`{rule['alert']}`" in PAGE
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]


@pytest.mark.parametrize(
    "arguments", [("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml")]
)
def test_prometheus_own_tool_accepts_it(arguments):
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    answer = subprocess.run(
        [tool, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr

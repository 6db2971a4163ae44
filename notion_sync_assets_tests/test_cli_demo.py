"""`notion-sync demo` and `notion-sync emulator`, as somebody without a token tries them."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from notion_sync_assets_tests.processes.exporter import Exporter, ended


@pytest.fixture
def person(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Exporter(tmp_path / "unused", "", token="")


@pytest.mark.system
def test_the_demo_exports_a_made_up_workspace_and_says_where_to_look(person, tmp_path):
    done = person.call("demo", "--quiet", "--format", "csv,json")
    assert done.code == 0, done.err
    assert "demo-export" in done.out
    assert "Pebble Robotics: export complete" in done.err
    assert list((tmp_path / "demo-export" / "csv").glob("Tasks*.csv"))


@pytest.mark.system
def test_the_demo_as_json_prints_one_object(person, tmp_path):
    done = person.call("demo", "--quiet", "--json", "--format", "csv", "--output", "mine")
    assert done.code == 0
    assert done.json["output"] == str(tmp_path / "mine")
    assert done.json["requests"]["rejected"] == 0


@contextmanager
def started(*arguments):
    command = [sys.executable, "-m", "notion_sync_assets", "emulator", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process, json.loads(process.stdout.readline())
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_emulator_says_where_it_is_and_ends_when_told(number):
    with started("--world", "generated", "--pages", "2", "--rows", "2") as (process, ready):
        answer = httpx.get(
            f"{ready['url']}/v1/users/me",
            headers={"Authorization": "Bearer any", "Notion-Version": "2026-03-11"},
        )
        assert answer.json()["type"] == "bot"
        os.kill(ready["pid"], number)
        done = ended(process)
    assert done.code in {0, -number}
    assert "Traceback" not in done.err


def test_an_emulator_that_shall_not_outlive_its_parent_ends_with_it():
    with started("--exit-with-parent", "--pages", "2") as (process, _):
        process.stdin.close()
        process.stdin = None
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}


def test_wrong_options_of_the_emulator_are_bad_usage(person):
    assert person.call("emulator", "--world", "generated", "--window", "0").code == 2

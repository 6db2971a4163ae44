"""The official JavaScript SDK crawls the demo and finds what the oracle names."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from notion_sync_assets.emulator import EmulatorConfig, running_emulator

PACKAGE = "@notionhq/client@5.26.0"
SCRIPT = Path(__file__).with_name("crawl.mjs")


@pytest.fixture(scope="module")
def crawl(tool, tmp_path_factory):
    node, npm = tool("node"), tool("npm")
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    shutil.copy(SCRIPT, folder)
    with running_emulator(EmulatorConfig(limit=0)) as emulator:
        command = [node, SCRIPT.name, emulator.url]
        made = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
        assert made.returncode == 0, made.stderr.decode()
        kinds = ("page", "data_source", "database", "block")
        expected = {kind: set(emulator.control.oracle_ids(kind)) for kind in kinds}
        yield json.loads(made.stdout), expected


@pytest.mark.system
@pytest.mark.parametrize("kind", ["page", "data_source", "database", "block"])
def test_the_javascript_sdk_finds_exactly_what_the_oracle_names(crawl, kind):
    found, expected = crawl
    assert set(found[kind]) == expected[kind]

"""docs/history.md keeps its word: commands exist, the code in it runs, the sensor sees each change once."""

import re
from pathlib import Path

import dagster as dg
import pytest

from notion_sync_assets.cli import cli
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment

PAGE = (Path(__file__).parents[1] / "docs" / "history.md").read_text(encoding="utf-8")
CODE = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_commands_and_options_it_names_exist():
    named = set(re.findall(r"notion-sync ([a-z]+)", PAGE))
    assert named - set(cli.commands) == set()
    assert {"history", "diff", "gc", "rollback", "backup", "restore", "verify", "purge", "publish"} <= named
    options = {name for command in cli.commands.values() for each in command.params for name in each.opts}
    assert set(re.findall(r"(--[a-z][a-z-]*)", PAGE)) - options == set()


@pytest.fixture
def deployed(start_emulator, tmp_path):
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export") as made:
        made.index()
        made.sync(made.key("table-0"))
        yield made


def test_the_stream_is_read_as_written(deployed):
    reading = next(code for code in CODE if "EventStream" in code)
    commit = deployed.runtime.commits.head(deployed.key("table-0"))
    names = {
        "storage": deployed.runtime.storage,
        "scope": commit.scope,
        "version": 0,
        "moment": "2000",
        "cursor": "",
    }
    exec(reading, names)
    assert len(names["new_in_scope"]) == len(names["since"]) == len(names["page"].events) == 4


def test_the_sensor_sees_each_change_once_and_goes_on_where_it_was(deployed):
    names = {}
    # Dagster asks a module for the names in annotations.
    exec(next(code for code in CODE if "dg.sensor" in code), names)
    sensor, seen, cursor = names["page_changes"], [], None
    key = deployed.key("table-0")
    for change in (None, "Renamed", "Again"):
        if change:
            page = min(deployed.pages_of(key))
            dashed = "-".join((page[:8], page[8:12], page[12:16], page[16:20], page[20:]))
            deployed.emulator.control.change("rename", object_id=dashed, title=change)
            deployed.sync(key)
        with dg.build_sensor_context(instance=deployed.instance, cursor=cursor) as context:
            found = sensor(context)
        seen.append([request.tags["change"] for request in found.run_requests])
        cursor = found.cursor
    assert seen == [["created"] * 3, ["edited"], ["edited"]]

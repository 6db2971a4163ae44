"""A title with control characters forges no line of the terminal and no line of the log, whatever the command."""

import pytest

from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import running_emulator
from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system

FORGED = "\x1b]0;owned\x07\x1b[2J\r\nforged line\x9b2J\u2028forged line"
COMMANDS = (
    ("plan",),
    ("export", "--format", "json"),
    ("status",),
    ("doctor",),
    ("plan",),
    ("query", "SELECT title, state FROM pages"),
    ("query", "SELECT title FROM data_sources"),
)


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    config = EmulatorConfig(limit=0, world="generated", pages=3, rows=2, databases=1)
    with running_emulator(config) as notion:
        for kind in ("page", "database"):
            for each in notion.control.oracle_ids(kind):
                notion.control.change("rename", object_id=each, title=FORGED)
        exporter = Exporter(tmp_path_factory.mktemp("terminal") / "export", notion.url)
        return [(command, exporter.call(*command)) for command in COMMANDS]


def test_no_control_character_reaches_the_terminal(output):
    for command, done in output:
        text = done.out + done.err
        assert not [char for char in text if not char.isprintable() and char != "\n"], command


def test_no_line_is_forged(output):
    for command, done in output:
        lines = (done.out + done.err).splitlines()
        assert len(lines) >= 1, command
        assert not [line for line in lines if line.lstrip().startswith("forged")], command


def test_the_titles_were_shown_at_all(output):
    assert any("forged" in done.out + done.err for _, done in output)

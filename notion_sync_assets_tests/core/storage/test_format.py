"""The format of an export's state: recorded, brought up step by step, and never taken for older than it is."""

import json

import pytest

from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.storage import format as formats
from notion_sync_assets.core.storage.format import state_format, upgrade_state
from notion_sync_assets.core.storage.local import LocalStorage

RECORD = "state/format.json"


@pytest.fixture
def storage(tmp_path):
    made = LocalStorage(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def third_format(monkeypatch):
    """A later program: format 2 moved a file, format 3 rewrote it. Yields the steps taken."""
    taken = []

    def move(storage):
        taken.append(1)
        if storage.exists("state/old"):
            storage.write("state/new", storage.read("state/old"))
            storage.delete("state/old")

    def rewrite(storage):
        taken.append(2)
        storage.write("state/new", storage.read("state/new").upper())

    monkeypatch.setattr(formats, "STATE_FORMAT", 3)
    monkeypatch.setattr(formats, "STEPS", {1: move, 2: rewrite})
    return taken


def test_a_new_folder_gets_the_current_format(storage):
    upgrade_state(storage)
    assert json.loads(storage.read(RECORD)) == {"format": formats.STATE_FORMAT}


def test_a_folder_without_a_record_is_of_the_first_format(storage, third_format):
    storage.write("state/old", b"kept")
    upgrade_state(storage)
    assert third_format == [1, 2]
    assert storage.read("state/new") == b"KEPT"
    assert state_format(storage) == 3


def test_a_current_folder_is_left_alone(storage, third_format):
    storage.write(RECORD, b'{"format": 3}')
    before = storage.path(RECORD).stat().st_mtime_ns
    upgrade_state(storage)
    assert third_format == []
    assert storage.path(RECORD).stat().st_mtime_ns == before


def test_a_process_that_ends_between_two_steps_goes_on_with_the_second(storage, third_format, monkeypatch):
    def ends(_storage):
        raise OSError("no space left")

    storage.write("state/old", b"kept")
    second = formats.STEPS[2]
    monkeypatch.setitem(formats.STEPS, 2, ends)
    with pytest.raises(OSError, match="no space"):
        upgrade_state(storage)
    assert state_format(storage) == 2
    monkeypatch.setitem(formats.STEPS, 2, second)
    upgrade_state(storage)
    assert third_format == [1, 2]
    assert storage.read("state/new") == b"KEPT"


def test_the_state_of_a_newer_program_is_refused_and_not_touched(storage):
    storage.write(RECORD, b'{"format": 99}')
    for ask in (state_format, upgrade_state):
        with pytest.raises(
            OutputFolderError, match="state of format 99; this version knows up to"
        ) as refused:
            ask(storage)
        assert "pip install --upgrade" in refused.value.hint
    assert storage.read(RECORD) == b'{"format": 99}'


def test_every_format_but_the_current_has_a_step():
    assert sorted(formats.STEPS) == list(range(1, formats.STATE_FORMAT))

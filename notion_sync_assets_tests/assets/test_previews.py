"""Previews: titles stay text, content stays in its block, places are where things are."""

import pytest

from notion_sync_assets.assets.previews import content_preview, notion_link, place
from notion_sync_assets.core.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path):
    made = LocalStorage(tmp_path)
    made.prepare()
    return made


def test_a_title_cannot_leave_its_link():
    link = notion_link("](javascript:alert(1)) ![x](y) `", "0" * 32)
    assert link.startswith("[``")
    assert link.endswith(f"``](https://www.notion.so/{'0' * 32})")


def test_a_preview_is_short_and_nothing_in_it_ends_its_block(storage):
    storage.write("markdown/a.md", ("~~~~~~\n" + "line\n" * 1000).encode())
    lines = content_preview(storage, "markdown/a.md").value.splitlines()
    assert len(lines) == 22
    assert [line for line in lines if "~~~~~~" in line] == [lines[0], lines[-1]]


def test_a_file_that_is_no_text_has_no_preview(storage):
    storage.write("files/a", b"PAR1\0\0")
    assert content_preview(storage, "files/a") is None


def test_a_character_cut_in_half_is_left_out(storage):
    storage.write("markdown/a.md", b"x" + "\u00e4".encode() * 2000)
    assert "\ufffd" not in content_preview(storage, "markdown/a.md").value


def test_a_local_file_is_a_path(storage, tmp_path):
    assert place(storage, "csv/a.csv").value == str(tmp_path / "csv" / "a.csv")

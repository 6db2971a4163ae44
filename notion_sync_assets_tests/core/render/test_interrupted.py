"""A render may be killed before any single change it makes to the disk: the next one ends with the same tree."""

import os
import shutil

import pytest

from notion_sync_assets.core.render.publish import remove_vanished
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import document, every_property_head, make_scope, page, text


@pytest.fixture(autouse=True)
def _no_flushes(monkeypatch):
    """Ending a process needs no flushes to be survived, and there are hundreds of exports here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def tasks(storage, title, *rows):
    names = {"Name": {"id": "title", "name": "Name", "type": "title", "title": {}}}
    source = {**every_property_head()["data_source"], "title": [text(title)], "properties": names}
    documents = [document(page(row), []) for row in rows]
    head = {"data_source": source, "database": None, "views": [], "templates": []}
    make_scope(storage, documents, kind="data_source", title="Tasks", head=head)


def first_state(storage):
    tasks(storage, "Tasks", "Row one", "Row two")
    make_scope(storage, [document(page("Short lived"), [])], title="Short lived")


def second_state(storage):
    """Rename a scope, drop a row and a scope, add a row."""
    tasks(storage, "Work", "Row two", "Row three")
    make_scope(storage, [], title="Short lived")


def render(storage):
    """Render a format of many small outputs and one of a large output; a third would only take longer."""
    render_all(storage, forms=["json", "csv"])


class KilledError(Exception):
    """The process ended here."""


class KillableStorage(LocalStorage):
    """A storage whose process ends before the n-th change; an append is cut in the middle."""

    left = 1_000_000

    def _step(self):
        self.left -= 1
        if self.left < 0:
            raise KilledError

    def write(self, path, data, *, durable=True):
        self._step()
        super().write(path, data, durable=durable)

    def put_file(self, source, path, *, durable=True):
        self._step()
        super().put_file(source, path, durable=durable)

    def append(self, path, data, *, durable):
        try:
            self._step()
        except KilledError:
            super().append(path, data[: len(data) // 2], durable=durable)
            raise
        super().append(path, data, durable=durable)

    def make_durable(self, paths):
        self._step()
        super().make_durable(paths)

    def delete(self, path):
        self._step()
        super().delete(path)

    def delete_tree(self, folder):
        self._step()
        super().delete_tree(folder)


@pytest.fixture
def start(tmp_path):
    """Return the function that gives an export of the first state, with the second committed but not rendered."""
    begun = LocalStorage(tmp_path / "begun")
    first_state(begun)
    render(begun)
    second_state(begun)

    def copy(number):
        shutil.copytree(begun.root, tmp_path / f"killed {number}")
        return KillableStorage(tmp_path / f"killed {number}")

    return copy


def killed(storage, change, after):
    """Do ``change`` until it is killed after so many steps; tell whether it was."""
    storage.left = after
    try:
        change(storage)
    except KilledError:
        return True
    finally:
        storage.left = 1_000_000
    return False


@pytest.mark.parametrize(
    "state", [second_state, first_state], ids=["the change stays", "the change is taken back"]
)
def test_a_render_killed_anywhere_ends_with_the_same_tree(tmp_path, start, state):
    fresh = LocalStorage(tmp_path / "fresh")
    state(fresh)
    render(fresh)

    points = 0
    while killed(storage := start(points), render, points):
        if state is first_state:
            first_state(storage)
        render(storage)

        assert tree(storage) == tree(fresh), f"killed before change {points}"
        assert [path for path in storage.walk("state/renders") if path.endswith(".claims")] == []
        points += 1
    assert points > 20


def test_a_removal_killed_anywhere_can_be_done_again_or_undone(start):
    expected = start("never")
    render(expected)

    points = 0
    while True:
        storage = start(points)
        render(storage)
        if not killed(storage, lambda place: remove_vanished(place, []), points):
            break
        render(storage)

        assert tree(storage) == tree(expected), f"killed before change {points}"
        remove_vanished(storage, [])
        assert tree(storage) == {}
        points += 1
    assert points > 10

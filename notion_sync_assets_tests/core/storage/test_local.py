import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.base import checked
from notion_sync_assets.core.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "export")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_private(storage):
    storage.write("a/b/c", b"")
    storage.create("d/e", b"")
    storage.append("f/g", b"", durable=True)
    source = storage.scratch() / "h"
    source.write_bytes(b"")
    source.chmod(0o644)
    storage.put_file(source, "i/j")
    for path in ("a/b/c", "d/e", "f/g", "i/j"):
        assert mode(storage.root / path) == 0o600
    for folder in ("", "a", "a/b", "d", "f", "i"):
        assert mode(storage.root / folder) == 0o700


def test_a_write_that_is_cut_leaves_nothing_beside_its_target(storage, monkeypatch):
    class Cut(BaseException):
        pass

    def cut(_source, _target):
        raise Cut

    monkeypatch.setattr(os, "replace", cut)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Cut):
        storage.write("json/page", b"x")
    monkeypatch.undo()
    assert storage.names("json") == []
    assert len(list(storage.scratch().iterdir())) == 1
    storage.clear_scratch()
    assert {place.name for place in storage.root.iterdir()} == {"json", ".scratch"}
    assert list((storage.root / ".scratch").iterdir()) == []


def test_links_are_removed_and_never_followed(storage, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"")
    storage.write("a/b", b"")
    (storage.root / "a" / "link").symlink_to(outside)
    assert list(storage.walk("a")) == ["a/b", "a/link"]
    storage.delete_tree("a/link")
    storage.delete_tree("a")
    storage.delete_tree("a")
    assert (outside / "kept").exists()
    assert not storage.exists("a/b")


def test_durable_writes_flush_the_file_before_its_folder(storage, monkeypatch):
    flushed = []
    real = os.fsync

    def recorded(descriptor):
        flushed.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        real(descriptor)

    storage.write("a/x", b"", durable=False)
    monkeypatch.setattr(os, "fsync", recorded)
    storage.write("a/y", b"", durable=False)
    assert flushed == []
    storage.write("a/y", b"")
    assert flushed == [False, True]
    storage.make_durable(["a/x", "a/y"])
    assert flushed[2:] == [False, False, True]
    source = storage.scratch() / "z"
    source.write_bytes(b"")
    storage.put_file(source, "a/z")
    assert flushed[5:] == [False, True]


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot write")])
@pytest.mark.parametrize("operation", ["write", "create", "append"])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(storage, monkeypatch, operation, number, words):
    storage.write("a/old", b"old")

    def refuse(_descriptor, _data):
        raise OSError(number, "no")

    monkeypatch.setattr(os, "write", refuse)
    more = {"durable": True} if operation == "append" else {}
    with pytest.raises(StorageError, match=words):
        getattr(storage, operation)("a/new", b"data", **more)
    monkeypatch.undo()
    assert storage.read("a/old") == b"old"
    assert operation == "append" or [entry.name for entry in (storage.root / "a").iterdir()] == ["old"]


def test_other_errors_of_the_system_are_raised_as_they_are(storage, monkeypatch):
    def refuse(_descriptor, _data):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match="broken"):
        storage.write("a", b"data")


def test_short_writes_are_continued(storage, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    storage.write("a", b"0123456789")
    assert storage.read("a") == b"0123456789"


@given(st.text())
def test_every_accepted_path_is_below_the_root(path):
    try:
        found = checked(path)
    except StorageError:
        return
    assert os.path.normpath(os.path.join("/root", found)).startswith("/root/")  # noqa: PTH118 - as the system does

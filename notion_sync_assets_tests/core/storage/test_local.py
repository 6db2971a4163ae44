import errno
import os
import stat
import threading
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


def test_what_is_written_is_read(storage):
    storage.write("a/b", b"one")
    storage.write("a/b", b"two", durable=False)
    assert storage.read("a/b") == b"two"
    with storage.open("a/b") as source:
        assert source.read(1) == b"t"
    assert storage.exists("a/b")
    assert not storage.exists("a")


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


def test_only_the_first_of_many_creates(storage):
    won = []
    start = threading.Barrier(8)

    def create(number):
        start.wait()
        if storage.create("lease/1", str(number).encode()):
            won.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert storage.read("lease/1") == str(won[0]).encode()
    assert storage.names("lease") == ["1"]
    assert [entry.name for entry in (storage.root / "lease").iterdir()] == ["1"]


def test_appended_lines_follow_each_other(storage):
    storage.append("j", b"1\n", durable=False)
    storage.append("j", b"2\n", durable=True)
    assert storage.read("j") == b"1\n2\n"


def test_names_and_walk_are_sorted(storage):
    for path in ("b/2", "b/1/x", "a"):
        storage.write(path, b"")
    assert storage.names("b") == ["1", "2"]
    assert storage.names("nowhere") == []
    assert list(storage.walk("b")) == ["b/1/x", "b/2"]


def test_a_write_that_is_cut_leaves_nothing_beside_its_target(storage, monkeypatch):
    class Cut(BaseException):
        pass

    def cut(_source, _target):
        raise Cut

    monkeypatch.setattr(Path, "replace", cut)
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


def test_deleting_what_is_not_there_is_no_error(storage):
    storage.write("a", b"")
    storage.delete("a")
    storage.delete("a")
    assert not storage.exists("a")


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


@pytest.mark.parametrize("path", ["/a", "../a", "a/../../b", "a//b", "", ".", "a/.", "a\\b", "a\0b", "a/"])
def test_no_path_leaves_the_root(storage, path):
    with pytest.raises(StorageError, match="refused path"):
        storage.write(path, b"")


@given(st.text())
def test_every_accepted_path_is_below_the_root(path):
    try:
        found = checked(path)
    except StorageError:
        return
    assert os.path.normpath(os.path.join("/root", found)).startswith("/root/")  # noqa: PTH118 - as the system does

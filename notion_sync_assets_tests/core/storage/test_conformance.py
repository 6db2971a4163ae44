"""What every storage does, asked of a local folder and of an S3-compatible server."""

import threading

import pytest

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.storage.objects import ObjectStorage


@pytest.fixture(params=["local", "s3"])
def open_storage(request, tmp_path):
    """Return a function that opens the same storage again, as another process would."""
    if request.param == "local":
        return lambda: LocalStorage(tmp_path / "export")
    store = request.getfixturevalue("object_store")
    url = f"{store.bucket()}/some/export"
    return lambda: ObjectStorage(url, store.options, tmp_path / "scratch")


@pytest.fixture
def storage(open_storage):
    return open_storage()


def unfinished(storage, data):
    source = storage.scratch() / "unfinished"
    source.write_bytes(data)
    return source


def shown(storage):
    """The names in the root but those people do not see."""
    return [name for name in storage.names("") if not name.startswith(".")]


def test_what_is_written_is_read(storage):
    storage.write("a/b", b"one")
    storage.write("a/b", b"two", durable=False)
    assert storage.read("a/b") == b"two"
    with storage.open("a/b") as source:
        assert source.read(1) == b"t"
        assert source.seek(0) == 0
        assert source.read() == b"two"
    assert storage.exists("a/b")
    assert not storage.exists("a")


def test_what_is_not_there_is_told(storage):
    storage.write("there/file", b"")
    for missing in ("there/other", "there", "nowhere/at/all"):
        assert not storage.exists(missing)
        with pytest.raises(FileNotFoundError):
            storage.read(missing) if missing != "there" else storage.open("there/other")
        with pytest.raises(FileNotFoundError):
            storage.local_file(missing, storage.scratch())
    assert storage.names("nowhere") == []
    assert list(storage.walk("nowhere")) == []
    assert list(storage.lines("nowhere")) == []


def test_an_empty_object_is_an_object(storage):
    storage.write("a/empty", b"")
    assert storage.exists("a/empty")
    assert storage.read("a/empty") == b""
    assert storage.names("a") == ["empty"]
    with storage.open("a/empty") as source:
        assert source.read() == b""


def test_only_the_first_creates(storage, open_storage):
    assert storage.create("commits/1", b"mine")
    assert not open_storage().create("commits/1", b"theirs")
    assert storage.read("commits/1") == b"mine"


def test_of_many_that_create_at_once_one_wins(storage):
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


def test_what_another_process_does_is_seen_at_once(storage, open_storage):
    other = open_storage()
    assert storage.names("a") == []
    assert not storage.exists("a/b")
    other.write("a/b", b"1")
    assert storage.names("a") == ["b"]
    assert storage.exists("a/b")
    other.write("a/b", b"2")
    assert storage.read("a/b") == b"2"
    other.delete("a/b")
    assert storage.names("a") == []
    assert not storage.exists("a/b")


def test_a_finished_file_is_moved_into_place(storage):
    source = unfinished(storage, b"x" * 100_000)
    storage.put_file(source, "files/ab/abc.bin")
    assert storage.read("files/ab/abc.bin") == b"x" * 100_000
    assert not source.exists()
    storage.put_file(unfinished(storage, b"y"), "files/ab/abc.bin", durable=False)
    assert storage.read("files/ab/abc.bin") == b"y"
    storage.make_durable(["files/ab/abc.bin"])
    copy = storage.local_file("files/ab/abc.bin", storage.scratch())
    assert copy.is_absolute()
    assert copy.read_bytes() == b"y"


def test_appended_lines_follow_each_other(storage, open_storage):
    assert not storage.appended("log/a")
    storage.append("log/a", b"1\n", durable=False)
    storage.append("log/a", b"2\n3", durable=True)
    storage.append("log/a", b"\n", durable=False)
    assert storage.appended("log/a")
    assert b"".join(storage.lines("log/a")) == b"1\n2\n3\n"
    storage.append("log/a", b"", durable=True)
    again = open_storage()
    assert again.appended("log/a")
    again.append("log/a", b"4\n", durable=True)
    assert b"".join(open_storage().lines("log/a")) == b"1\n2\n3\n4\n"
    assert again.names("log") == ["a"]


def test_what_was_appended_is_removed_as_a_tree(storage, open_storage):
    storage.append("log/a", b"1\n", durable=True)
    storage.append("log/a", b"2\n", durable=False)
    storage.delete_tree("log/a")
    assert not storage.appended("log/a")
    storage.append("log/a", b"3\n", durable=True)
    assert list(open_storage().lines("log/a")) == [b"3\n"]


def test_names_and_walk_are_sorted(storage):
    for path in ("b/2", "b/1/x", "b/1-1/x", "a", "bb/3", "b.c"):
        storage.write(path, b"")
    assert storage.names("b") == ["1", "1-1", "2"]
    assert shown(storage) == ["a", "b", "b.c", "bb"]
    assert storage.names("a") == []
    assert storage.names("nowhere") == []
    assert list(storage.walk("b")) == ["b/1/x", "b/1-1/x", "b/2"]
    assert list(storage.walk("a")) == []


def test_a_tree_is_deleted_and_nothing_beside_it(storage):
    for path in ("b/2", "b/1/x", "bb/3", "c"):
        storage.write(path, b"")
    storage.delete_tree("b")
    storage.delete_tree("b")
    storage.delete_tree("c")
    assert shown(storage) == ["bb"]


def test_deleting_what_is_not_there_is_no_error(storage):
    storage.write("a", b"")
    storage.delete("a")
    storage.delete("a")
    assert not storage.exists("a")


NAMES = ["[x] ab*c? d.md", "100 % #1 & \u00fcber.md", "a+b=c.md", "\u4e2d\u6587 \U0001f331.md"]


def test_titles_of_any_kind_are_names(storage):
    similar = "x abbc! d.md"
    for name in (*NAMES, similar):
        storage.write(f"markdown/{name}", name.encode())
    assert storage.names("markdown") == sorted((*NAMES, similar))
    assert sorted(storage.walk("markdown")) == sorted(f"markdown/{name}" for name in (*NAMES, similar))
    for name in NAMES:
        assert storage.read(f"markdown/{name}") == name.encode()
        storage.delete_tree(f"markdown/{name}")
    assert storage.names("markdown") == [similar]


def test_no_path_leaves_the_root(storage):
    for path in ("/a", "../a", "a/../../b", "a//b", "", ".", "a/.", "a\\b", "a\0b", "a/"):
        with pytest.raises(StorageError, match="refused path"):
            storage.write(path, b"")
        with pytest.raises(StorageError, match="refused path"):
            storage.append(path, b"x", durable=True)


def test_a_root_is_prepared_again_and_again(storage):
    storage.prepare()
    storage.write("state/a", b"")
    storage.prepare()
    assert list(storage.walk("state")) == ["state/a"]


def test_what_was_unfinished_is_cleared(storage):
    unfinished(storage, b"x")
    storage.clear_scratch()
    assert list(storage.scratch().iterdir()) == []

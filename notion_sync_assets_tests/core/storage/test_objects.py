"""What only an object store does: refusals, answers that get lost, content types, transfers in chunks."""

import threading

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from notion_sync_assets.core.notion.errors import ConfigurationError, StorageError
from notion_sync_assets.core.storage import objects, stores
from notion_sync_assets.core.storage.objects import ObjectStorage

MIB = 1024 * 1024


@pytest.fixture
def url(object_store):
    return f"{object_store.bucket()}/export"


@pytest.fixture
def storage(object_store, url, tmp_path):
    return ObjectStorage(url, object_store.options, tmp_path / "scratch")


@pytest.fixture
def in_memory(tmp_path, monkeypatch):
    """A storage over fsspec's own store in memory, which a test may spoil; its file system comes with it."""
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    monkeypatch.setattr(objects, "_PAUSE_S", 0)
    return ObjectStorage("memory://export", {}, tmp_path / "scratch")


def test_a_store_that_creates_exclusively_is_fit_and_keeps_no_probe(storage, object_store, url):
    storage.prepare()
    assert object_store.names(url) == []


def test_a_store_that_ignores_the_condition_is_refused(in_memory, monkeypatch):
    real = MemoryFileSystem.pipe_file
    monkeypatch.setattr(
        MemoryFileSystem, "pipe_file", lambda self, path, value, **_mode: real(self, path, value)
    )
    with pytest.raises(ConfigurationError, match="does not honour conditional writes"):
        in_memory.prepare()
    assert list(in_memory.walk("state")) == []


def test_a_store_that_knows_no_condition_is_refused(in_memory, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError("501 If-None-Match is not implemented")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refuse)
    with pytest.raises(StorageError, match=r"did not write state/probe-.*If-None-Match"):
        in_memory.prepare()


def test_a_creation_whose_answer_got_lost_is_known_as_ours(in_memory, monkeypatch):
    real = MemoryFileSystem.pipe_file

    def lose(self, path, value, **options):
        real(self, path, value, **options)
        raise TimeoutError("no answer")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", lose)
    assert in_memory.create("commits/1", b"sync a")
    assert not in_memory.create("commits/1", b"sync b")
    assert in_memory.read("commits/1") == b"sync a"


def test_a_creation_that_is_repeated_by_the_client_meets_its_own_object(in_memory, monkeypatch):
    real = MemoryFileSystem.pipe_file

    def twice(self, path, value, **options):
        real(self, path, value, **options)
        real(self, path, value, **options)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", twice)
    assert in_memory.create("commits/1", b"sync a")


def test_a_creation_that_met_a_passing_conflict_is_tried_again(in_memory, monkeypatch):
    real, conflicts = MemoryFileSystem.pipe_file, [OSError(16, "ConditionalRequestConflict")]

    def busy(self, path, value, **options):
        if conflicts:
            raise conflicts.pop()
        real(self, path, value, **options)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", busy)
    assert in_memory.create("commits/1", b"sync a")
    assert in_memory.read("commits/1") == b"sync a"


def test_a_store_that_fails_is_told_without_losing_its_words(in_memory, monkeypatch):
    def fail(*_args, **_options):
        raise ConnectionError("no route")

    for method in ("cat_file", "pipe_file", "ls", "find", "info", "get_file", "put_file", "rm_file"):
        monkeypatch.setattr(MemoryFileSystem, method, fail)
    source = in_memory.scratch() / "file"
    source.write_bytes(b"1")
    calls = [
        lambda: in_memory.read("a"),
        lambda: in_memory.open("a"),
        lambda: in_memory.exists("a"),
        lambda: in_memory.write("a", b""),
        lambda: in_memory.put_file(source, "a"),
        lambda: in_memory.names("a"),
        lambda: list(in_memory.walk("a")),
        lambda: in_memory.delete("a"),
    ]
    for call in calls:
        with pytest.raises(StorageError, match="no route"):
            call()
    assert list(in_memory.scratch().iterdir()) == [source]


def test_a_store_that_denies_names_the_credentials(in_memory, monkeypatch):
    def deny(*_args, **_options):
        raise PermissionError("Forbidden")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", deny)
    with pytest.raises(StorageError, match="refused to read a: Forbidden") as told:
        in_memory.read("a")
    assert "output.storage_options" in told.value.hint


def test_a_bucket_that_is_not_there_is_told(object_store, tmp_path):
    storage = ObjectStorage("s3://no-such-bucket/export", object_store.options, tmp_path)
    assert storage.names("") == []
    with pytest.raises(StorageError, match="bucket does not exist") as told:
        storage.prepare()
    assert told.value.hint


@pytest.mark.parametrize(
    ("url", "words", "hint"),
    [
        ("file:///tmp/export", "is a folder", "give the folder itself"),
        ("nonsense://bucket", "cannot be opened", "output.path"),
    ],
)
def test_an_address_nothing_can_open_is_refused(url, words, hint, tmp_path):
    with pytest.raises(ConfigurationError, match=words) as told:
        ObjectStorage(url, {}, tmp_path)
    assert hint in told.value.hint


def test_a_missing_package_is_named_by_its_extra(monkeypatch, tmp_path):
    def missing(*_args, **_options):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(stores, "url_to_fs", missing)
    with pytest.raises(ConfigurationError, match="needs another package") as told:
        ObjectStorage("s3://bucket/export", {}, tmp_path)
    assert "notion-sync-assets[s3]" in told.value.hint


def test_wrong_options_are_told_without_their_values(tmp_path):
    with pytest.raises(ConfigurationError) as told:
        ObjectStorage("s3://bucket", {"key": "a", "username": "b", "secret": "very-secret"}, tmp_path)
    assert "very-secret" not in str(told.value) + told.value.hint
    assert told.value.__cause__ is None


TYPES = {
    "html/index.html": "text/html; charset=utf-8",
    "html/assets/site.css": "text/css; charset=utf-8",
    "html/assets/search.js": "text/javascript; charset=utf-8",
    "html/assets/icon.svg": "image/svg+xml",
    "json/a/b.json": "application/json",
    "csv/a.csv": "text/csv; charset=utf-8",
    "parquet/a/rows.parquet": "application/vnd.apache.parquet",
    "markdown/a.md": "text/markdown; charset=utf-8",
    "files/ab/abc.png": "image/png",
    "files/ab/abc.svg": "image/svg+xml",
    "files/ab/abc.PDF": "application/pdf",
    "files/ab/uploaded.html": "application/octet-stream",
    "files/ab/uploaded.js": "application/octet-stream",
    "files/ab/without": "application/octet-stream",
    "state/lease/000001.json": "application/json",
}


def test_every_object_tells_its_content_type(storage, object_store, url):
    for path in TYPES:
        storage.write(path, b"1")
    storage.create("state/created.json", b"1")
    source = storage.scratch() / "whatever.txt"
    source.write_bytes(b"1")
    storage.put_file(source, "html/uploaded.html")
    told = {path: object_store.content_type(url, path) for path in TYPES}
    assert told == TYPES
    assert object_store.content_type(url, "html/uploaded.html") == "text/html; charset=utf-8"
    assert object_store.content_type(url, "state/created.json") == "application/json"


def test_a_large_file_goes_up_and_down_in_chunks(storage, object_store, tmp_path):
    content = bytes(range(256)) * (20 * MIB // 256)
    source = storage.scratch() / "large"
    source.write_bytes(content)
    before = len(object_store.log)
    storage.put_file(source, "files/ab/large.bin")
    assert [method for method, _ in object_store.log[before:]] == ["POST", "PUT", "PUT", "PUT", "POST"]
    copy = storage.local_file("files/ab/large.bin", tmp_path)
    assert copy.read_bytes() == content


def test_small_reads_and_writes_are_one_request_each(storage, object_store):
    storage.write("a", b"1")
    before = len(object_store.log)
    storage.write("a", b"2")
    assert storage.read("a") == b"2"
    storage.open("a").close()
    assert storage.exists("a")
    assert storage.create("b", b"3")
    storage.delete("a")
    methods = [method for method, _ in object_store.log[before:]]
    assert methods == ["PUT", "GET", "GET", "HEAD", "PUT", "DELETE"]


def test_lines_that_need_not_be_durable_wait_for_one_part(storage, object_store):
    storage.append("journal/lines", b"1\n", durable=True)
    before = len(object_store.log)
    for number in range(20):
        storage.append("journal/lines", b"%d\n" % number, durable=False)
    assert len(object_store.log) == before
    storage.append("journal/lines", b"", durable=True)
    assert len(object_store.log) == before + 1
    assert storage.names("journal/lines") == ["000001", "000002"]


def test_a_few_things_are_done_at_once_and_given_in_order(storage):
    meeting = threading.Barrier(4)

    def meet(number):
        meeting.wait(30)
        return number

    assert list(storage.at_once(meet, range(16))) == list(range(16))


def test_nothing_of_the_options_is_told(storage, object_store):
    assert object_store.options["secret"] not in repr(vars(storage)) + storage.location

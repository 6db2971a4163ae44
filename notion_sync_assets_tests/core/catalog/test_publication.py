"""Where the catalog lies: a file that is replaced, or on an object store a version that a pointer names."""

from contextlib import closing

import duckdb
import orjson
import pytest

from notion_sync_assets.core.catalog.builder import build_catalog
from notion_sync_assets.core.catalog.publication import opened_catalog, publish_catalog, published_catalog
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.storage.objects import ObjectStorage
from notion_sync_assets_tests.corpus import every_block_document, every_mention_document, make_scope


@pytest.fixture
def remote(object_store, tmp_path):
    return ObjectStorage(f"{object_store.bucket()}/export", object_store.options, tmp_path / "scratch")


def publish(storage, content):
    file = storage.scratch() / "next.duckdb"
    file.write_bytes(content)
    publish_catalog(storage, file, f"About {content.decode()}")


def build(storage):
    return build_catalog(storage, memory_limit="200MB", threads=1, workspace={"name": "W"}, users=[])


def rows(storage):
    with opened_catalog(storage) as path, closing(duckdb.connect(path, read_only=True)) as connection:
        return connection.execute("SELECT page_id, title, blocks FROM pages ORDER BY ALL").fetchall()


def test_a_folder_holds_one_file_that_is_replaced(tmp_path):
    storage = LocalStorage(tmp_path)
    assert published_catalog(storage) is None
    for content in (b"one", b"two"):
        publish(storage, content)
        with opened_catalog(storage) as path:
            assert path == tmp_path / "notion.duckdb"
            assert path.read_bytes() == content
        assert storage.read("catalog/dictionary.md") == b"About " + content


def test_a_store_keeps_the_current_version_and_the_one_before(remote):
    assert published_catalog(remote) is None
    for content in (b"one", b"two", b"three"):
        publish(remote, content)
        with opened_catalog(remote) as path:
            assert path.read_bytes() == content
        assert not path.exists()
    versions = [name for name in remote.names("catalog") if name.endswith(".duckdb")]
    assert {remote.read(f"catalog/{name}") for name in versions} == {b"two", b"three"}
    pointer = orjson.loads(remote.read("catalog/current.json"))
    assert remote.read(pointer["path"]) == b"three"
    assert remote.read("catalog/dictionary.md") == b"About three"


def test_the_same_content_is_published_again(remote):
    for _ in range(2):
        publish(remote, b"one")
    assert len(remote.names("catalog")) == 3
    with opened_catalog(remote) as path:
        assert path.read_bytes() == b"one"


def test_a_catalog_on_a_store_has_the_same_rows_and_is_brought_up_to_date(remote, tmp_path):
    local = LocalStorage(tmp_path / "local")
    for storage in (local, remote):
        make_scope(storage, [every_block_document()], title="Tree")
        assert build(storage).rebuilt
    assert rows(remote) == rows(local) != []
    for storage in (local, remote):
        make_scope(storage, [every_block_document(), every_mention_document()], title="Tree")
        assert not build(storage).rebuilt
    assert rows(remote) == rows(local)
    assert len(rows(remote)) == 2
    assert not build(remote).written

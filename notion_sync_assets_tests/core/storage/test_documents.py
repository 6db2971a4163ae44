import threading

import pytest
import zstandard

from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


@pytest.fixture
def store(storage):
    return DocumentStore(storage)


def test_a_document_is_named_by_its_content(store, storage):
    document = Document({"id": "p", "properties": {}}, [])
    sha256, size = store.put(document.to_json())
    assert size == len(document.to_bytes())
    assert store.document(sha256) == document
    assert store.put(document.to_json(), durable=True) == (sha256, size)
    assert list(storage.walk("state")) == [layout.document(sha256)]


DAMAGES = {
    "empty": b"",
    "no compression": b"text",
    "other content": zstandard.ZstdCompressor().compress(b'{"a":2}'),
    "cut": zstandard.ZstdCompressor().compress(b'{"a":1}')[:-2],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_and_mended_by_the_next_put(store, storage, damage):
    sha256, _ = store.put({"a": 1})
    storage.write(layout.document(sha256), DAMAGES[damage])
    assert not store.holds(sha256)
    with pytest.raises(StorageError, match=f"{sha256}.* missing or damaged"):
        store.read(sha256)
    store.put({"a": 1})
    assert store.read(sha256) == {"a": 1}


def test_a_missing_document_is_told(store):
    with pytest.raises(StorageError, match="missing"):
        store.read("0" * 64)


def test_threads_share_a_store(store):
    found = []

    def work(number):
        for each in range(20):
            sha256, _ = store.put({"n": each, "text": "x" * 1000 * number})
            found.append(store.read(sha256)["n"] == each)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80

"""Receipts as files: whole JSON for everybody, read object by object by ourselves, short when they are old."""

import orjson
import pytest

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.receipt_file import (
    FULL_RECEIPTS,
    NoReceiptError,
    receipt_head,
    receipt_names,
    receipt_objects,
    receipt_with,
    shorten_receipts,
    write_receipt_file,
)

HEAD = {"run_id": "r", "status": "complete", "counts": {"page": {"exported": 2}}}
OBJECTS = [
    {"id": "1", "object": "page", "state": "exported"},
    {"id": "2", "object": "page", "state": "failed", "reason": 'a "quoted" line\n],\n'},
]


@pytest.fixture
def storage(tmp_path):
    storage = LocalStorage(tmp_path / "export")
    storage.prepare()
    return storage


@pytest.mark.parametrize("objects", [OBJECTS, OBJECTS[:1], []])
def test_a_receipt_is_one_json_object_and_is_read_back_as_it_was(storage, objects):
    path = write_receipt_file(storage, "r", HEAD, iter(objects))
    assert orjson.loads(storage.read(path)) == {**HEAD, "objects": objects}
    assert receipt_head(storage, "r") == HEAD
    assert list(receipt_objects(storage, "r")) == objects


@pytest.mark.parametrize("indent", [0, orjson.OPT_INDENT_2])
def test_a_receipt_that_was_written_otherwise_is_read_as_well(storage, indent):
    storage.write("receipts/r.json", orjson.dumps({**HEAD, "objects": OBJECTS}, option=indent))
    assert receipt_head(storage, "r") == HEAD
    assert list(receipt_objects(storage, "r")) == OBJECTS


@pytest.mark.parametrize("text", [b"", b"{broken", b"[]", b"\xff"])
def test_what_is_no_receipt_is_an_error_of_its_own(storage, text):
    storage.write("receipts/r.json", text)
    with pytest.raises(NoReceiptError):
        receipt_head(storage, "r")
    with pytest.raises(NoReceiptError):
        list(receipt_objects(storage, "r"))


def test_only_wanted_objects_are_kept(storage):
    write_receipt_file(storage, "r", HEAD, OBJECTS)
    found = receipt_with(storage, "r", lambda item: item["state"] == "failed")
    assert found == {**HEAD, "objects": OBJECTS[1:]}


def test_receipts_older_than_the_newest_few_keep_what_they_came_to(storage):
    for number in range(FULL_RECEIPTS + 3):
        write_receipt_file(storage, f"r{number:02d}", HEAD, OBJECTS)
        storage.write("receipts/r00.json", b"{broken")
        shorten_receipts(storage)
    names = receipt_names(storage)
    assert len(names) == FULL_RECEIPTS + 3
    assert [list(receipt_objects(storage, name)) for name in names[1:3]] == [[], []]
    assert receipt_head(storage, names[1]) == {**HEAD, "shortened": True}
    assert all(list(receipt_objects(storage, name)) == OBJECTS for name in names[3:])
    assert storage.read("receipts/r00.json") == b"{broken"

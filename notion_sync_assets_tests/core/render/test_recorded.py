"""Rendering what was really recorded from Notion, where those recordings are beside the repository."""

from collections import defaultdict

import orjson
import pytest

from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import document, make_scope
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, RECORDINGS

pytestmark = NEEDS_RECORDINGS


def read(name):
    return [orjson.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def recorded():
    """Return ``(documents, data sources, users)`` as recorded."""
    objects = {(item["kind"], item["id"]): item["object"] for item in read("objects")}
    children = {item["parent_block_id"]: item["children"] for item in read("children")}

    def blocks(parent, above=()):
        found = [
            objects[("block", child)] for child in children.get(parent, ()) if ("block", child) in objects
        ]
        return [
            {**block, "children": blocks(block["id"], (*above, parent))}
            if block.get("has_children")
            else {**block}
            for block in found
            if block["id"] not in above
        ]

    pages = [item for (kind, _), item in objects.items() if kind == "page" and "properties" in item]
    comments = [item for (kind, _), item in objects.items() if kind == "comment"]
    documents = [document(dict(page), blocks(page["id"]), comments=comments[:1]) for page in pages]
    sources = {key: item for (kind, key), item in objects.items() if kind == "data_source"}
    return documents, sources, [item["object"] for item in read("users")]


def commit(storage, documents, sources):
    rows = defaultdict(list)
    for item in documents:
        rows[item.page["parent"].get("data_source_id")].append(item)
    for source_id, found in rows.items():
        if source_id in sources:
            head = {"data_source": sources[source_id], "database": None, "views": [], "templates": []}
            make_scope(storage, found, kind="data_source", title=source_id, head=head)
        else:
            make_scope(storage, found, title=source_id or "Pages")


def test_everything_recorded_renders_to_the_same_bytes_twice(recorded, tmp_path):
    documents, sources, users = recorded
    trees = []
    for name in ("one", "two"):
        storage = LocalStorage(tmp_path / name)
        commit(storage, documents, sources)
        render_all(storage, users)
        trees.append(tree(storage))

    assert trees[0] == trees[1]
    assert sum(path.startswith("json/") and "database.json" not in path for path in trees[0]) == len(
        documents
    )
    assert any(path.startswith("csv/") for path in trees[0])

"""Documents and heads built from really recorded objects, where the recordings are beside the repository.

Here: reading ``shared/real_workspace`` next to the checkout. Not here: values of our own (``corpus``). Without the
recordings the lists are empty, and tests of nothing else are marked ``NEEDS_RECORDINGS``.
"""

import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.documents import Document

RECORDINGS = Path(__file__).parents[2] / "shared" / "real_workspace"
WHY_WITHOUT = "real people's workspaces were recorded: these objects are no part of the repository, and not beside it here"
NEEDS_RECORDINGS = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=WHY_WITHOUT)


@functools.cache
def recorded_objects() -> dict[tuple[str, str], Json]:
    """Return the live recorded objects by kind and id."""
    lines = _lines("objects.jsonl")
    return {(line["kind"], line["id"]): line["object"] for line in lines if line["live"] and line["full"]}


@functools.cache
def recorded_documents() -> list[Document]:
    """Return a document of every recorded page, with the blocks and comments that were recorded."""
    children = {line["parent_block_id"]: line["children"] for line in _lines("children.jsonl")}
    comments = {line["block_id"]: line["comment_ids"] for line in _lines("comments.jsonl")}
    pages = [value for (kind, _), value in sorted(recorded_objects().items()) if kind == "page"]
    return [_document(page, children, comments) for page in pages if "properties" in page]


@functools.cache
def recorded_heads() -> list[Json]:
    """Return the head of every recorded data source."""
    objects = recorded_objects()
    views = defaultdict(list)
    for (kind, _), value in sorted(objects.items()):
        if kind == "view":
            views[value.get("data_source_id")].append(value)
    return [
        normalise(
            {
                "data_source": value,
                "database": objects.get(("database", value["parent"].get("database_id", ""))),
                "views": views[value["id"]],
                "templates": [],
            }
        )
        for (kind, _), value in sorted(objects.items())
        if kind == "data_source"
    ]


def _document(page: Json, children: dict[str, list[str]], comments: dict[str, list[str]]) -> Document:
    objects = recorded_objects()
    said = [objects[("comment", key)] for key in comments.get(page["id"], []) if ("comment", key) in objects]
    value = {"page": page, "blocks": _blocks(page["id"], children), "comments": said}
    return Document.from_json(normalise({"format": 1, "files": {}, "databases": {}, "omitted": [], **value}))


def _blocks(parent: str, children: dict[str, list[str]]) -> list[Json]:
    objects = recorded_objects()
    found = [objects[("block", key)] for key in children.get(parent, []) if ("block", key) in objects]
    return [{**block, "children": _blocks(block["id"], children)} for block in found]


def _lines(name: str) -> Iterator[Json]:
    path = RECORDINGS / name
    if path.is_file():
        with path.open("rb") as lines:
            yield from map(orjson.loads, lines)

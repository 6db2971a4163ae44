"""The JSON that is written is the JSON that the shipped schema describes."""

import copy
import json
from importlib.resources import files

import jsonschema
import orjson
import pytest

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.render import json_pages, schemas
from notion_sync_assets_tests.core.render.conformance.documents import corpus
from notion_sync_assets_tests.core.render.rendering import render_all, tree
from notion_sync_assets_tests.corpus import every_property_head, every_property_page, make_scope
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_heads


def schema(name):
    return json.loads(files(schemas).joinpath(f"{name}-{json_pages.SCHEMA}.schema.json").read_text("utf-8"))


def validator(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))
    return jsonschema.Draft202012Validator(schema(name))


def faults(name, value):
    return [f"{list(error.path)}: {error.message[:200]}" for error in validator(name).iter_errors(value)]


def test_every_page_of_the_corpus_is_valid(known):
    links, check = known(), validator("page")
    for document in corpus():
        written = orjson.loads(canonical_bytes(json_pages.page_json(document, links)))
        assert [error.message for error in check.iter_errors(written)] == [], document.page_id


def test_every_file_of_a_data_source_is_valid(storage):
    make_scope(
        storage, [every_property_page()], kind="data_source", title="Tasks", head=every_property_head()
    )
    render_all(storage, forms=["json"])
    for path, content in tree(storage).items():
        assert (
            faults("data-source" if path.endswith("database.json") else "page", orjson.loads(content)) == []
        )


@NEEDS_RECORDINGS
def test_every_recorded_data_source_is_valid():
    for head in recorded_heads():
        assert faults("data-source", {"schema": 1, **orjson.loads(canonical_bytes(head))}) == []


def test_the_schema_knows_every_reason_for_leaving_something_out():
    reasons = {value for name, value in vars(omissions).items() if name.isupper() and isinstance(value, str)}
    assert set(schema("page")["$defs"]["omitted"]["properties"]["reason"]["enum"]) == reasons


@pytest.mark.parametrize(
    ("path", "odd"),
    [
        (["schema"], 2),
        (["page", "id"], "no id"),
        (["blocks", 0, "object"], "page"),
        (["blocks", 6, "children", 0, "id"], None),
        (["comments", 0, "rich_text"], "text"),
        (["files"], []),
        (["omitted", 0, "reason"], "no reason of ours"),
        (["more"], 1),
    ],
)
def test_another_shape_is_not_valid(known, path, odd):
    value = copy.deepcopy(json_pages.page_json(corpus()[0], known()))
    assert faults("page", value) == []
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    assert len(faults("page", value)) == 1

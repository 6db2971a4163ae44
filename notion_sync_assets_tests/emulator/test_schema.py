"""Answers validate against the JSON schema of Notion's own response types (2025-09-03 shapes).

What the types are known to lack is taken out first: `has_more` of relations, schemas of button, verification and
place, the views of a wiki, and the things of the future that exist only here.
"""

import copy
import json

import jsonschema
import pytest

from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id

UNTYPED_COLUMNS = ("button", "verification", "place", "hologram")
CLOSED = (
    "type",
    "object",
    "color",
    "language",
    "status",
    "state",
    "function",
    "format",
    "category",
    "list_format",
)


@pytest.fixture(scope="module")
def validate(schema):
    made, seen = {}, set()

    def check(name, answer):
        if (name, shape(answer)) in seen:
            return
        seen.add((name, shape(answer)))
        if name not in made:
            made[name] = jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{name}"})
        cleaned = typed(copy.deepcopy({k: v for k, v in answer.items() if k != "request_id"}))
        best = jsonschema.exceptions.best_match(made[name].iter_errors(cleaned))
        assert best is None, f"{name}: {best.message[:300]} at {list(best.path)}"

    return check


def shape(value, key=""):
    """A value without its free words, so that what is built alike is validated once."""
    if isinstance(value, dict):
        return tuple((name, shape(held, name)) for name, held in sorted(value.items()))
    if isinstance(value, list):
        return tuple(sorted({shape(item) for item in value}, key=repr))
    return value if key in CLOSED else type(value).__name__


def typed(value):
    """The value without what the types are known to lack."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "relation" and isinstance(value.get("relation"), list):
        value.pop("has_more", None)
    if isinstance(value.get("properties"), dict):
        schema_like = value.get("object") == "data_source"
        value["properties"] = {
            name: held
            for name, held in value["properties"].items()
            if held["type"] != "hologram" and not (schema_like and held["type"] in UNTYPED_COLUMNS)
        }
    return {key: typed(held) for key, held in value.items()}


@pytest.fixture(scope="module", params=["demo", "generated"])
def world(request, demo, connect):
    if request.param == "demo":
        yield connect(demo.url, version="2025-09-03")
        return
    from notion_sync_assets.emulator import EmulatorConfig, running_emulator

    config = EmulatorConfig(world="generated", pages=60, rows=60, databases=2, limit=0)
    with running_emulator(config) as emulator:
        yield connect(emulator.url, version="2025-09-03")


@pytest.fixture(scope="module")
def found(world):
    """What search finds, and the templates it does not."""
    made = world.query("/search")
    sources = [item["id"] for item in made if item["object"] == "data_source"]
    templates = [
        t["id"] for source in sources for t in world.get(f"/data_sources/{source}/templates")["templates"]
    ]
    return made + [world.get(f"/pages/{template}") for template in templates]


def test_pages_and_data_sources_are_of_the_api_s_types(world, found, validate):
    names = {"page": "Page", "data_source": "DataSource"}
    for item in found:
        validate(names[item["object"]], item)


def test_new_rows_are_of_the_api_s_types(start, connect, validate):
    notion = start(search_lag=0)
    api = connect(notion.url, version="2025-09-03")
    for source in api.query("/search", {"filter": {"property": "object", "value": "data_source"}}):
        added = notion.control.change("add_row", data_source_id=source["id"], title="New")["id"]
        page = api.get(f"/pages/{added}")
        assert set(page["properties"]) == set(source["properties"])
        validate("Page", page)
    moved = named_id("page", "empty")
    notion.control.change("move_page", page_id=moved, parent_id=Draft.source_id("tasks", "Tasks"))
    validate("Page", api.get(f"/pages/{moved}"))


def test_blocks_are_of_the_api_s_types(world, found, validate):
    holders = [item["id"] for item in found if item["object"] == "page"]
    checked = 0
    while holders:
        for block in world.all(f"/blocks/{holders.pop()}/children"):
            if block["type"] == "hologram":
                continue
            validate("Block", block)
            checked += 1
            copied = block["type"] == "synced_block" and block["synced_block"]["synced_from"]
            if block["has_children"] and block["type"] != "child_page" and not copied:
                holders.append(block["id"])
    assert checked > 300


def test_containers_comments_and_users_are_of_the_api_s_types(world, found, validate):
    for item in found:
        if item["object"] == "data_source":
            validate("Database", world.get(f"/databases/{item['parent']['database_id']}"))
        else:
            for comment in world.all("/comments", block_id=item["id"]):
                validate("Comment", comment)
    for user in world.all("/users"):
        validate("User", user)


def test_lists_have_the_api_s_envelopes(world, found, validate):
    source = next(item for item in found if item["object"] == "data_source")
    page = next(item for item in found if item["object"] == "page")
    for name, answer in (
        ("Users", world.get("/users")),
        ("BlockList", world.get(f"/blocks/{page['id']}/children")),
        ("Comments", world.get("/comments", block_id=page["id"])),
        ("Query", world.post(f"/data_sources/{source['id']}/query", {"page_size": 1})),
        ("Search", world.post("/search", {"page_size": 3})),
    ):
        validate(name, answer)


def test_property_items_are_of_the_api_s_types(world, found, validate):
    for item in found:
        if item["object"] == "page" and item["parent"]["type"] == "data_source_id":
            for value in item["properties"].values():
                # The types know users as people only; groups stand among them all the same.
                if value["type"] != "hologram" and '"group"' not in json.dumps(value):
                    validate("PropItem", world.get(f"/pages/{item['id']}/properties/{value['id']}"))

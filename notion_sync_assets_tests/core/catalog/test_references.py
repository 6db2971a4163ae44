"""Links: nothing a document names is missed (promise 1), and each is told apart."""

import re

import pytest

from notion_sync_assets.core.catalog.head import head_rows
from notion_sync_assets.core.catalog.references import Place, References
from notion_sync_assets.core.identifiers import canonical_id
from notion_sync_assets_tests.core.catalog.test_extract import extracted
from notion_sync_assets_tests.corpus import (
    CREATED,
    block,
    document,
    every_block_document,
    every_mention_document,
    every_property_head,
    every_property_page,
    identifier,
    mention,
    page,
    paragraph,
    person,
    text,
)
from notion_sync_assets_tests.corpus_recorded import NEEDS_RECORDINGS, recorded_documents, recorded_heads

HERE = Place(None, None, "here", "block")
NOTION = re.compile(r"(?:https?://(?:[\w-]+\.)*notion\.(?:so|com|site))?/[^?#]*?([0-9a-f]{32})(?:[?#].*)?$")

NOT_REFERENCES = ("discussion_id", "custom_emoji", "plain_text", "content")


def links_of(item):
    return {(row.kind, row.target_type, row.target) for row in extracted(item).links}


def named_ids(value):
    """Every id an API object names, found without the code under test: strings that are an id or lead to one."""
    if isinstance(value, list):
        for item in value:
            yield from named_ids(item)
    elif isinstance(value, str):
        found = canonical_id(value) or next((canonical_id(hit) for hit in NOTION.findall(value)), None)
        if found:
            yield found
    elif isinstance(value, dict):
        for key, item in value.items():
            if not (key in NOT_REFERENCES or _is_own(key, item, value)):
                yield from named_ids(item)


def _is_own(key, item, value):
    below = key == "children" and isinstance(item, list)
    return below or (key == "id" and ("color" in value or value.get("object") in ("comment", "view")))


def assert_all_ids_are_links(item):
    targets = {row.target for row in extracted(item).links}
    known = {item.page_id, *(value["id"] for value, _ in item.walk())}
    named = set(named_ids(item.page)) | set(named_ids(item.comments or []))
    for value, _ in item.walk():
        named |= set(named_ids(value))
    missing = named - targets - known
    assert not missing


@pytest.mark.parametrize("make", [every_block_document, every_mention_document, every_property_page])
def test_every_id_a_document_names_is_the_target_of_a_link(make):
    assert_all_ids_are_links(make())


@NEEDS_RECORDINGS
def test_every_id_in_recorded_documents_is_the_target_of_a_link():
    for item in recorded_documents():
        assert_all_ids_are_links(item)


@pytest.mark.parametrize("head", [every_property_head(), *recorded_heads()], ids=lambda _: "head")
def test_every_id_a_head_names_is_the_target_of_a_link(head):
    targets = {row.target for row in head_rows(head).links}
    source, database = head["data_source"], head["database"] or {}
    bare = [
        {k: v for k, v in value.items() if k not in ("url", "public_url")} for value in (source, database)
    ]
    named = set(named_ids([*bare, [{**view, "url": None} for view in head["views"]], head["templates"]]))
    options = {option["id"] for option in _options(source)}
    assert named - options <= targets | {source["id"], database.get("id")}


def _options(source):
    for value in source["properties"].values():
        config = value[value["type"]]
        yield from config.get("options", []) if isinstance(config, dict) else []


@pytest.mark.parametrize(
    ("kind", "target_type", "name"),
    [
        ("child_page", "page", "Child page"),
        ("child_database", "database", "Child database"),
        ("link_to_page", "page", "Linked page"),
        ("link_to_page", "database", "Child database"),
        ("link_to_page", "comment", "some comment"),
        ("synced_from", "block", "original elsewhere"),
        ("reference", "block", "meeting transcript"),
        ("reference", "page", "Future page"),
        ("user_mention", "user", "Eve"),
        ("user_mention", "user", "Cleo"),
        ("created_by", "user", "Ada"),
        ("last_edited_by", "user", "Bob"),
    ],
)
def test_a_page_tells_how_it_refers_to_things(kind, target_type, name):
    assert (kind, target_type, identifier(name)) in links_of(every_block_document())


@pytest.mark.parametrize(
    ("kind", "target_type", "target"),
    [
        ("parent", "page", identifier("Every block")),
        ("mention", "page", identifier("Hidden page")),
        ("mention", "database", identifier("Child database")),
        ("mention", "data_source", identifier("Tasks")),
        ("mention", "unknown", identifier("Agent")),
        ("user_mention", "user", identifier("Dan")),
        ("internal_url", "unknown", identifier("Linked page")),
        ("internal_url", "block", identifier("anchor")),
        ("external_url", "url", "https://example.com/outside"),
        ("external_url", "url", "https://example.com/m"),
        ("external_url", "url", "mailto:ada@example.com"),
    ],
)
def test_rich_text_tells_how_it_refers_to_things(kind, target_type, target):
    assert (kind, target_type, target) in links_of(every_mention_document())


def test_properties_refer_by_relation_person_and_address():
    found = {(row.kind, row.target): row.property_id for row in extracted(every_property_page()).links}
    rows = {row.name: row.property_id for row in extracted(every_property_page()).properties}
    assert found["relation", identifier("Hidden page")] == rows["Related"]
    assert found["relation", identifier("Rolled page")] == rows["Rollup array"]
    assert found["user_mention", identifier("Fay")] == rows["Rollup array"]
    assert found["external_url", "https://example.com/link"] == rows["Link"]
    assert found["parent", identifier("Tasks")] is None
    assert found["parent", identifier("Tasks database")] is None


@pytest.mark.parametrize(
    ("kind", "target_type", "name"),
    [
        ("parent", "database", "Tasks database"),
        ("parent", "page", "Home"),
        ("relation", "data_source", "Related source"),
        ("relation", "database", "Related database"),
        ("data_source", "data_source", "Sibling source"),
        ("view", "data_source", "Other source"),
        ("parent", "database", "Linked database"),
        ("template", "page", "Template page"),
        ("mention", "page", "Guide"),
        ("last_edited_by", "user", "Gus"),
    ],
)
def test_a_head_tells_how_it_refers_to_things(kind, target_type, name):
    found = {(row.kind, row.target_type, row.target) for row in head_rows(every_property_head()).links}
    assert (kind, target_type, identifier(name)) in found


def test_data_sources_inside_formula_tokens_are_found():
    source = identifier("Computed")
    expression = f"{{{{notion:block_property:a%3Ab:{source}:{identifier('space')}}}}} + 1"
    found = References(None)
    found.visit({"type": "formula", "formula": {"expression": expression}}, HERE)
    assert [(row.kind, row.target_type, row.target) for row in found.links] == [
        ("formula", "data_source", source)
    ]


def test_a_view_that_filters_by_a_page_refers_to_it():
    found = References(None)
    found.visit({"filter": {"property": "x", "relation": {"contains": identifier("Only")}}}, HERE)
    assert [row.target for row in found.links] == [identifier("Only")]


def test_one_place_names_one_target_once_however_often_it_says_so():
    again = mention("page", {"id": identifier("Twice")}, "Twice", f"https://notion.so/{identifier('Twice')}")
    found = extracted(document(page("P"), [paragraph(again, again, name="a"), paragraph(again, name="b")]))
    twice = [row.block_id for row in found.links if row.target == identifier("Twice")]
    assert twice == [identifier("a"), identifier("b")]


def test_a_link_keeps_the_text_a_reader_sees():
    found = extracted(document(page("P"), [paragraph(text("click here", link="https://example.com/"))]))
    assert [row.text for row in found.links if row.kind == "external_url"] == ["click here"]


def test_a_block_whose_parent_is_elsewhere_refers_to_that_parent():
    moved = block("paragraph", {"rich_text": []})
    item = document(page("P"), [moved])
    item.blocks[0]["parent"] = {"type": "block_id", "block_id": identifier("elsewhere")}
    assert ("parent", "block", identifier("elsewhere")) in links_of(item)
    assert ("parent", "page", identifier("P")) not in links_of(document(page("P"), [moved]))


def test_fields_of_a_block_nobody_knows_yet_are_searched_too():
    item = document(page("P"), [{**block("divider"), "linked": {"object": "page", "id": identifier("New")}}])
    assert ("reference", "page", identifier("New")) in links_of(item)


def test_order_of_keys_does_not_change_the_rows():
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    found, other = References("p"), References("p")
    value = {
        "a": person("Ada"),
        "created_time": CREATED,
        "page_id": identifier("x"),
        "url": "https://example.com",
    }
    found.visit(value, HERE)
    other.visit(turned(value), HERE)
    assert found.links == other.links


@pytest.mark.parametrize(
    ("value", "target"),
    [
        (
            {"type": "hyperlink", "plain_text": "x", "hyperlink": {"page_id": identifier("a")}},
            identifier("a"),
        ),
        ({"relation": [{"object": "page", "id": identifier("b")}]}, identifier("b")),
        ({"icon_url": "https://www.notion.so/" + identifier("c").replace("-", "")}, identifier("c")),
    ],
    ids=["rich text of an unknown type", "relation of whole objects", "any address into Notion"],
)
def test_shapes_that_are_not_documented_are_understood(value, target):
    found = References(None)
    found.visit(value, HERE)
    assert [row.target for row in found.links] == [target]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "mention", "plain_text": "x", "mention": {"type": "page", "page": None}},
        {
            "type": "mention",
            "plain_text": "x",
            "mention": {"type": "custom_emoji", "custom_emoji": {"id": "e"}},
        },
        {"type": "text", "plain_text": "x", "text": None, "href": None},
        {"relation": [{"id": None}, None], "page_id": 7, "url": None},
    ],
)
def test_what_names_nothing_gives_nothing(value):
    found = References(None)
    found.visit(value, HERE)
    assert (found.links, found.files) == ([], [])


def test_an_icon_that_is_a_custom_emoji_is_a_file():
    emoji = {
        "type": "custom_emoji",
        "custom_emoji": {"id": "e", "name": "party", "url": "https://example.com/p.png"},
    }
    found = extracted(document(page("P", icon=emoji)))
    assert [(row.kind, row.name, row.url) for row in found.files] == [
        ("icon", "party", "https://example.com/p.png")
    ]


def test_a_property_that_is_no_object_is_left_out_of_the_rows():
    item = document(page("P"))
    item.page["properties"]["Odd"] = None
    assert [row.name for row in extracted(item).properties] == ["title"]

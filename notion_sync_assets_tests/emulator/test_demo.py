"""The demo holds what it promises: every kind of thing the API reference names."""

import pytest

from notion_sync_assets.emulator.demo import build_demo
from notion_sync_assets.emulator.demo.every_block import API_COLORS
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.references import references

BLOCKS = [
    "paragraph",
    "heading_1",
    "heading_2",
    "heading_3",
    "heading_4",
    "bulleted_list_item",
    "numbered_list_item",
    "to_do",
    "toggle",
    "quote",
    "callout",
    "code",
    "equation",
    "divider",
    "breadcrumb",
    "table_of_contents",
    "column_list",
    "column",
    "tab",
    "table",
    "table_row",
    "synced_block",
    "link_to_page",
    "embed",
    "bookmark",
    "image",
    "video",
    "pdf",
    "audio",
    "file",
    "link_preview",
    "template",
    "meeting_notes",
    "unsupported",
    "hologram",
]
PROPERTIES = [
    "title",
    "rich_text",
    "number",
    "select",
    "multi_select",
    "status",
    "date",
    "people",
    "files",
    "checkbox",
    "url",
    "email",
    "phone_number",
    "created_time",
    "last_edited_time",
    "created_by",
    "last_edited_by",
    "formula",
    "relation",
    "rollup",
    "unique_id",
    "verification",
    "button",
    "place",
    "hologram",
]
MENTIONS = [
    "user",
    "date",
    "page",
    "database",
    "link_preview",
    "link_mention",
    "template_mention",
    "custom_emoji",
]


@pytest.fixture(scope="module")
def world():
    return build_demo(1)


@pytest.fixture(scope="module")
def values(world):
    def inside(value):
        yield value
        held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in held:
            yield from inside(item)

    objects = [made for kind in world.objects.values() for made in kind.values()]
    return [value for value in inside(objects) if isinstance(value, dict)]


def test_it_has_every_block_type(world):
    assert {block["type"] for block in world.objects["block"].values()} == set(BLOCKS)


def test_it_has_every_property_type_with_a_value(world):
    filled = {
        value["type"]
        for page in world.objects["page"].values()
        for value in page["properties"].values()
        if value[value["type"]] not in (None, [], "")
    }
    assert filled == set(PROPERTIES)


def test_it_has_every_mention_annotation_and_colour(values):
    mentions = {value["mention"]["type"] for value in values if value.get("type") == "mention"}
    assert mentions == set(MENTIONS)
    marks = [value["annotations"] for value in values if "annotations" in value]
    assert {name for mark in marks for name, on in mark.items() if on is True} == {"bold", "italic", "strikethrough", "underline", "code"}  # fmt: skip
    assert {mark["color"] for mark in marks} == set(API_COLORS)


def test_it_has_every_icon_and_cover_kind(world):
    pages = world.objects["page"].values()
    assert {(page["icon"] or {}).get("type") for page in pages} == {None, "emoji", "icon", "external", "file", "custom_emoji"}  # fmt: skip
    assert {(page["cover"] or {}).get("type") for page in pages} == {None, "external", "file"}


def test_it_has_every_formula_and_rollup_kind(values):
    assert {v["formula"]["type"] for v in values if v.get("type") == "formula" and "type" in v["formula"]} == {"string", "number", "boolean", "date", "unsupported"}  # fmt: skip
    assert {v["rollup"]["type"] for v in values if v.get("type") == "rollup" and "type" in v["rollup"]} == {"number", "date", "array", "unsupported"}  # fmt: skip


def test_it_is_of_a_size_a_person_can_look_through(world):
    assert 120 <= len(world.objects["page"]) <= 210


def test_its_lists_are_deep_and_long(world):
    def depth(block_id):
        return 1 + max((depth(child) for child in world.children(block_id)), default=0)

    assert depth(named_id("page", "deep list")) > 8
    assert len(world.children(named_id("page", "long list"))) > 100


def test_its_big_values_are_cut_in_page_objects_and_whole_by_property(api):
    page = api.get(f"/pages/{named_id('page', 'project Snail sensor')}")
    held = page["properties"]
    assert (len(held["Tasks"]["relation"]), held["Tasks"]["has_more"]) == (25, True)
    assert (len(held["Everyone"]["people"]), len(held["Task titles"]["rollup"]["array"])) == (25, 25)
    assert [item["plain_text"] for item in held["Notes"]["rich_text"]][25:] == ["Untitled"] * 5
    for name in ("Tasks", "Everyone", "Notes", "Task titles"):
        assert len(api.all(f"/pages/{page['id']}/properties/{held[name]['id']}", page_size=7)) == 30


def test_a_linked_database_has_no_source_and_is_resolved_by_its_view(api):
    linked = named_id("database", "linked")
    assert api.get(f"/databases/{linked}")["data_sources"] == []
    (view,) = api.all("/views", database_id=linked)
    source = Draft.source_id("projects", "Projects")
    assert api.get(f"/views/{view['id']}")["data_source_id"] == source
    assert view in api.all("/views", data_source_id=source)


def test_a_view_query_lists_the_rows_of_its_source_by_id(api):
    view = named_id("view", "All", named_id("database", "projects"))
    query = api.post(f"/views/{view}/queries", {"page_size": 4})
    rest = api.get(f"/views/{view}/queries/{query['id']}", start_cursor=query["next_cursor"])
    rows = [row["id"] for row in [*query["results"], *rest["results"]]]
    assert rows == [
        row["id"] for row in api.query(f"/data_sources/{Draft.source_id('projects', 'Projects')}/query")
    ]
    assert query["total_count"] == 6


def test_the_default_template_comes_first_and_is_no_row(api):
    source = Draft.source_id("projects", "Projects")
    templates = api.get(f"/data_sources/{source}/templates")["templates"]
    assert [(t["name"], t["is_default"]) for t in templates] == [
        ("New project", True),
        ("Small project", False),
    ]
    assert templates[0]["id"] not in [row["id"] for row in api.query(f"/data_sources/{source}/query")]


def test_some_pages_are_reachable_but_never_found(demo, api):
    listed = {item["id"] for item in api.query("/search")}
    hidden = set(demo.control.oracle_ids("page")) - listed
    assert named_id("page", "unlisted") in hidden
    assert 3 <= len(hidden) <= 12


def test_some_list_of_the_demo_comes_short_while_more_is_there(demo, api):
    pages = [api.get(f"/blocks/{page_id}/children") for page_id in demo.control.oracle_ids("page")]
    short = [page for page in pages if page["has_more"] and len(page["results"]) < 100]
    assert 0 < len(short) <= len(pages) / 50


def test_the_people_who_left_or_are_guests_are_in_no_list(demo, api):
    listed = {user["id"] for user in api.all("/users")}
    guest, removed = named_id("user", "guest"), named_id("user", "someone who left")
    assert not {guest, removed} & listed
    assert api.get(f"/users/{guest}")["name"] == "Guest Gardener"
    assert api.error("GET", f"/users/{removed}")[0] == 404
    assert {guest, removed} == set(demo.control.oracle()["unlisted_users"])


def test_everything_named_in_the_demo_exists(world):
    known = {object_id for kind in world.objects.values() for object_id in kind}
    named = {r for kind in world.objects.values() for made in kind.values() for r in references(made)}
    left = {named_id("user", "someone who left")}
    assert {object_id for _, object_id in named} <= known | left


def test_both_versions_differ_as_documented(demo, connect, api):
    old, page_id = connect(demo.url, version="2025-09-03"), named_id("page", "every block")
    before, after = old.get(f"/pages/{page_id}"), api.get(f"/pages/{page_id}")
    assert (before["archived"], before["in_trash"], "archived" in after) == (False, False, False)
    kinds = [{b["type"] for b in client.all(f"/blocks/{page_id}/children")} for client in (old, api)]
    assert kinds[0] ^ kinds[1] == {"transcription", "meeting_notes"}


def test_times_have_the_documented_precision(api):
    assert api.get(f"/pages/{named_id('page', 'home')}")["last_edited_time"].endswith(":00.000Z")
    assert api.get(f"/databases/{named_id('database', 'tasks')}")["last_edited_time"].endswith("+00:00")


def test_trashed_blocks_are_in_no_list_and_told_by_id(world, api):
    page_id = named_id("page", "every block")
    trashed = next(i for i in world.children(page_id) if i in world.marks.trashed)
    assert trashed not in [b["id"] for b in api.all(f"/blocks/{page_id}/children")]
    assert api.get(f"/blocks/{trashed}")["in_trash"] is True

"""Changes through the control API: what they do to objects, lists, times and search."""

import pytest

from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.ids import named_id

HOME, HANDBOOK, WORK = (named_id("page", name) for name in ("home", "handbook", "work"))
TASKS, PROJECTS = Draft.source_id("tasks", "Tasks"), Draft.source_id("projects", "Projects")
READING = Draft.source_id("reading", "Reading list")


@pytest.fixture
def notion(start):
    return start(search_lag=5, search_omit_rate=0)


@pytest.fixture
def api(notion, connect):
    return connect(notion.url)


def children(api, block_id):
    return [block["id"] for block in api.all(f"/blocks/{block_id}/children")]


def found(api, **body):
    return [item["id"] for item in api.query("/search", body)]


def test_an_edited_block_moves_its_time_and_its_page_s(notion, api):
    before = api.get(f"/pages/{WORK}")["last_edited_time"]
    block = next(b for b in api.all(f"/blocks/{WORK}/children") if b["type"] == "paragraph")
    notion.control.change("edit_block", block_id=block["id"], text="New words")
    after = api.get(f"/blocks/{block['id']}")
    assert after["paragraph"]["rich_text"][0]["plain_text"] == "New words"
    assert after["last_edited_time"] > block["last_edited_time"]
    assert api.get(f"/pages/{WORK}")["last_edited_time"] > before


def test_an_edit_inside_a_column_leaves_the_page_s_time_alone(notion, api):
    before = api.get(f"/pages/{HOME}")["last_edited_time"]
    columns = next(b for b in api.all(f"/blocks/{HOME}/children") if b["type"] == "column_list")
    heading = children(api, children(api, columns["id"])[0])[0]
    notion.control.change("edit_block", block_id=heading, text="Changed")
    assert api.get(f"/pages/{HOME}")["last_edited_time"] == before
    assert api.get(f"/blocks/{heading}")["last_edited_time"] > before


def test_an_edit_that_does_not_bump_changes_content_only(notion, api):
    before = api.get(f"/pages/{HANDBOOK}")
    notion.control.change("rename", object_id=HANDBOOK, title="Silent", bump=False)
    after = api.get(f"/pages/{HANDBOOK}")
    assert after["properties"]["title"]["title"][0]["plain_text"] == "Silent"
    assert after["last_edited_time"] == before["last_edited_time"]


def test_search_learns_of_a_change_after_its_lag(notion, api):
    notion.control.change("rename", object_id=HANDBOOK, title="Newest of all")
    assert found(api)[0] != HANDBOOK
    assert len(found(api)) == len(set(found(api)))
    notion.control.clock(advance=6)
    assert found(api)[0] == HANDBOOK
    assert found(api, sort={"timestamp": "last_edited_time", "direction": "ascending"})[-1] == HANDBOOK
    assert found(api).count(HANDBOOK) == 1


def test_a_new_page_is_listed_at_once_and_found_after_the_lag(notion, api):
    page_id = notion.control.change("add_page", parent_id=HANDBOOK, title="Fresh", texts=["One", "Two"])["id"]
    assert children(api, HANDBOOK)[-1] == page_id
    assert len(children(api, page_id)) == 2
    assert api.get(f"/blocks/{page_id}")["has_children"]
    assert page_id not in found(api)
    notion.control.clock(advance=6)
    assert page_id in found(api)


def test_a_new_row_is_queried_whatever_the_order(notion, api):
    row = notion.control.change("add_row", data_source_id=READING, title="New book", values={"Score": 0.5})[
        "id"
    ]
    path = f"/data_sources/{READING}/query"
    bodies = [{}, *({"sorts": [{"timestamp": t, "direction": "ascending"}]} for t in ("created_time", "last_edited_time"))]  # fmt: skip
    for body in bodies:
        assert [item["id"] for item in api.query(path, body)][-1] == row
    newest = api.query(path, {"sorts": [{"timestamp": "last_edited_time", "direction": "descending"}]})
    assert newest[0]["id"] == row
    assert api.get(f"/pages/{row}")["properties"]["Score"]["number"] == 0.5
    assert api.get(f"/pages/{row}")["properties"]["Genre"]["select"] is None


def test_a_changed_row_is_found_by_the_time_of_its_change(notion, api):
    row = named_id("page", "book Roots")
    since = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": "2026-01-01"}}
    path = f"/data_sources/{READING}/query"
    sorts = [{"timestamp": "last_edited_time", "direction": "ascending"}]
    assert api.query(path, {"filter": since}) == []
    notion.control.change("set_property", page_id=row, name="Score", value=1)
    for body in ({"filter": since}, {"filter": since, "sorts": sorts}):
        assert [item["id"] for item in api.query(path, body)] == [row]
    assert len(api.query(path, {"sorts": sorts})) == 12


def test_a_two_way_relation_changes_on_the_other_side_without_a_time(notion, api):
    task, project = named_id("page", "task Rain mode step 1"), named_id("page", "project Solar lid")
    before = api.get(f"/pages/{project}")
    notion.control.change("set_property", page_id=task, name="Project", value=[{"id": project}])
    after = api.get(f"/pages/{project}")
    assert {"id": task} in after["properties"]["Tasks"]["relation"]
    assert after["last_edited_time"] == before["last_edited_time"]
    left = api.get(f"/pages/{named_id('page', 'project Rain mode')}")["properties"]["Tasks"]["relation"]
    assert {"id": task} not in left


def test_trash_hides_from_lists_and_is_told_by_id_until_restored(notion, api):
    notion.control.change("trash", object_id=HANDBOOK)
    notion.control.clock(advance=6)
    assert api.get(f"/pages/{HANDBOOK}")["in_trash"] is True
    assert HANDBOOK not in found(api)
    assert named_id("page", "handbook Lead-free joints") not in found(api)
    assert HANDBOOK in found(api, filter={"in_trash": True})
    assert HANDBOOK not in notion.control.oracle_ids("page")
    notion.control.change("restore", object_id=HANDBOOK)
    notion.control.clock(advance=6)
    assert api.get(f"/pages/{HANDBOOK}")["in_trash"] is False
    assert HANDBOOK in found(api)


def test_search_still_finds_for_a_while_what_was_thrown_away(notion, api):
    notion.control.change("trash", object_id=HANDBOOK)
    shown = {item["id"]: item for item in api.query("/search")}
    assert shown[HANDBOOK]["in_trash"] is True


def test_a_trashed_row_is_queried_in_the_trash_only(notion, api):
    row, path = named_id("page", "book Roots"), f"/data_sources/{READING}/query"
    notion.control.change("trash", object_id=row)
    assert row not in [item["id"] for item in api.query(path)]
    assert [item["id"] for item in api.query(path, {"in_trash": True})] == [row]


def test_a_trashed_database_takes_its_data_source_with_it(notion, api):
    database = named_id("database", "reading")
    notion.control.change("trash", object_id=database)
    notion.control.clock(advance=6)
    assert api.get(f"/data_sources/{READING}")["in_trash"] is True
    assert READING not in found(api)
    assert database not in children(api, named_id("page", "library"))


def test_unsharing_takes_the_subtree_away_until_it_is_shared_again(notion, api):
    below = named_id("page", "handbook Lead-free joints")
    notion.control.change("unshare", object_id=HANDBOOK)
    assert api.error("GET", f"/pages/{HANDBOOK}")[0] == 404
    assert api.error("GET", f"/blocks/{below}")[0] == 404
    assert not {HANDBOOK, below} & set(found(api))
    notion.control.change("share", object_id=HANDBOOK)
    assert api.get(f"/pages/{below}")["id"] == below


def test_what_is_deleted_answers_like_something_never_shared(notion, api):
    notion.control.change("delete", object_id=named_id("page", "empty"))
    assert api.error("GET", f"/pages/{named_id('page', 'empty')}")[1]["code"] == "object_not_found"
    assert named_id("page", "empty") not in children(api, HOME)


def test_a_moved_page_has_another_parent_and_keeps_its_time(notion, api):
    page_id = named_id("page", "empty")
    before = api.get(f"/pages/{page_id}")
    notion.control.change("move_page", page_id=page_id, parent_id=HANDBOOK)
    after = api.get(f"/pages/{page_id}")
    assert after["parent"] == {"type": "page_id", "page_id": HANDBOOK}
    assert after["last_edited_time"] == before["last_edited_time"]
    assert page_id in children(api, HANDBOOK)
    assert page_id not in children(api, HOME)


def test_a_page_moved_into_a_table_becomes_a_row_and_back(notion, api):
    page_id = named_id("page", "empty")
    notion.control.change("move_page", page_id=page_id, parent_id=READING)
    assert page_id in [row["id"] for row in api.query(f"/data_sources/{READING}/query")]
    assert api.get(f"/pages/{page_id}")["properties"]["Title"]["title"][0]["plain_text"] == "Empty page"
    notion.control.change("move_page", page_id=page_id, parent_id=HOME)
    assert page_id not in [row["id"] for row in api.query(f"/data_sources/{READING}/query")]


def test_a_renamed_option_changes_every_row_and_no_time(notion, api):
    path = f"/data_sources/{READING}/query"
    before = {row["id"]: row["last_edited_time"] for row in api.query(path)}
    notion.control.change(
        "rename_option", data_source_id=READING, name="Genre", option="Novel", new_name="Fiction"
    )
    rows = api.query(path)
    names = {(row["properties"]["Genre"]["select"] or {}).get("name") for row in rows}
    assert names == {"Essay", "Manual", "Fiction"}
    assert {row["id"]: row["last_edited_time"] for row in rows} == before


def test_properties_can_be_added_renamed_and_removed(notion, api):
    row = f"/pages/{named_id('page', 'book Roots')}"
    change = notion.control.change
    added = change(
        "add_property", data_source_id=READING, name="Pages", kind="number", config={"format": "number"}
    )
    change("set_property", page_id=row.rsplit("/", maxsplit=1)[-1], name="Pages", value=321)
    change("rename_property", data_source_id=READING, name="Pages", new_name="Length")
    change("remove_property", data_source_id=READING, name="Score")
    properties = api.get(row)["properties"]
    assert properties["Length"] == {"id": added["id"], "type": "number", "number": 321}
    assert not {"Pages", "Score"} & set(properties)
    schema = api.get(f"/data_sources/{READING}")["properties"]
    assert set(schema) == set(properties)


def test_an_option_can_be_added(notion, api):
    notion.control.change("add_option", data_source_id=READING, name="Genre", option="Poem")
    options = api.get(f"/data_sources/{READING}")["properties"]["Genre"]["select"]["options"]
    assert options[-1]["name"] == "Poem"


def test_a_replaced_file_has_another_address(notion, api):
    page_id = named_id("page", "every block")
    image = next(b for b in api.all(f"/blocks/{page_id}/children") if b["type"] == "image")
    notion.control.change("replace_file", object_id=image["id"], name="other.png")
    after = api.get(f"/blocks/{image['id']}")["image"]["file"]["url"].split("?")[0]
    assert after != image["image"]["file"]["url"].split("?")[0]
    assert after.endswith("/other.png")


def test_a_file_of_a_row_can_be_replaced(notion, api):
    row = named_id("page", "project Snail sensor")
    notion.control.change("replace_file", object_id=row, property_name="Brief", name="new.pdf")
    assert [f["name"] for f in api.get(f"/pages/{row}")["properties"]["Brief"]["files"]] == [
        "new.pdf",
        "idea",
    ]


def test_comments_come_and_go_without_moving_a_time(notion, api):
    before = api.get(f"/pages/{WORK}")["last_edited_time"]
    comment = notion.control.change("add_comment", owner_id=WORK, text="Hm")["id"]
    assert [c["id"] for c in api.all("/comments", block_id=WORK)] == [comment]
    notion.control.change("remove_comment", comment_id=comment)
    assert api.all("/comments", block_id=WORK) == []
    assert api.error("GET", f"/comments/{comment}")[0] == 404
    assert api.get(f"/pages/{WORK}")["last_edited_time"] == before


def test_a_user_can_be_renamed(notion, api):
    user = api.all("/users")[0]
    notion.control.change("rename_user", user_id=user["id"], name="Someone New")
    assert api.get(f"/users/{user['id']}")["name"] == "Someone New"


def test_times_can_be_set(notion, api):
    notion.control.change("set_times", object_id=WORK, edited="2030-05-05T10:20:30Z", created="2020-01-01")
    page = api.get(f"/pages/{WORK}")
    assert (page["created_time"], page["last_edited_time"]) == (
        "2020-01-01T00:00:00.000Z",
        "2030-05-05T10:20:00.000Z",
    )
    assert found(api)[0] == WORK


def test_changes_use_the_clock(notion, api):
    notion.control.clock(set_to=1_900_000_000)
    notion.control.change("rename", object_id=WORK, title="Later")
    assert api.get(f"/pages/{WORK}")["last_edited_time"].startswith("2030-03-17T17:46:00")


def test_an_unknown_operation_or_object_is_refused(notion):
    with pytest.raises(RuntimeError, match="unknown operation"):
        notion.control.change("_put")
    with pytest.raises(RuntimeError, match="there is no"):
        notion.control.change("rename", object_id=named_id("page", "nobody"), title="x")
    with pytest.raises(RuntimeError, match="TypeError"):
        notion.control.change("rename", object_id=WORK)


def test_generated_worlds_can_be_changed_too(start, connect):
    notion = start(
        world="generated",
        pages=30,
        rows=200,
        databases=1,
        search_lag=0,
        search_omit_rate=0,
        short_page_rate=0,
    )
    api = connect(notion.url)
    source = found(api, filter={"property": "object", "value": "data_source"})[0]
    rows = api.query(f"/data_sources/{source}/query")
    notion.control.change(
        "edit_block", block_id=next(iter(notion.control.oracle_ids("block"))), text="Changed"
    )
    notion.control.change("rename", object_id=rows[50]["id"], title="Renamed")
    notion.control.change("trash", object_id=rows[60]["id"])
    added = notion.control.change("add_row", data_source_id=source, title="Added")["id"]
    after = [row["id"] for row in api.query(f"/data_sources/{source}/query")]
    expected = [row["id"] for row in rows if row is not rows[60]] + [added]
    assert after == expected
    newest = {"sorts": [{"timestamp": "last_edited_time", "direction": "descending"}], "page_size": 2}
    shown = api.post(f"/data_sources/{source}/query", newest)["results"]
    assert {row["id"] for row in shown} == {added, rows[50]["id"]}
    assert set(notion.control.oracle_ids("page")) == set(
        found(api, filter={"property": "object", "value": "page"})
    )

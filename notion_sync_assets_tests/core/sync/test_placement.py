import pytest

from notion_sync_assets.core.sync import placement
from notion_sync_assets.core.sync.index import PageTable


@pytest.fixture
def table():
    made = PageTable()
    yield made
    made.close()


def add(table, name, kind, parent=None):
    table.add({"id": name, "parent": {"type": kind, kind: parent or True}, "last_edited_time": "1"})


def roots(table):
    return {name: table.get(name).root for (name,) in table.connection.execute("SELECT page_id FROM pages")}


def test_rows_and_what_is_below_them_belong_to_their_data_source(table):
    add(table, "row", "data_source_id", "s")
    add(table, "below", "page_id", "row")
    add(table, "deeper", "page_id", "below")
    placement.place(table, {"s": "d"})
    assert roots(table) == dict.fromkeys(("row", "below", "deeper"), "s")


def test_a_page_named_by_its_database_belongs_to_the_first_data_source(table):
    add(table, "row", "database_id", "d")
    placement.place(table, {"t": "d", "s": "d", "u": None})
    assert roots(table) == {"row": "s"}


def test_a_tree_belongs_to_its_topmost_page(table):
    add(table, "top", "workspace")
    add(table, "agent", "agent_id", "x")
    add(table, "child", "page_id", "top")
    placement.place(table, {})
    assert roots(table) == {"top": "top", "child": "top", "agent": "agent"}
    assert placement.roots(table) == ["agent", "top"]


def test_what_hangs_on_a_block_waits_until_the_page_around_it_is_known(table):
    add(table, "top", "workspace")
    add(table, "inside", "block_id", "b")
    add(table, "below", "page_id", "inside")
    placement.place(table, {})
    placement.remember_placed(table)
    assert placement.waiting(table) == [("inside", "b")]
    placement.hang_on(table, "inside", "top")
    placement.inherit(table, {})
    assert roots(table) == dict.fromkeys(("top", "inside", "below"), "top")
    assert table.get("inside").parent_type == "block_id", "what Notion said stays"
    assert placement.newly_placed(table) == ["top"]


def test_earlier_syncs_place_pages_under_blocks_and_under_unlisted_pages(table):
    add(table, "inside", "block_id", "b")
    add(table, "orphan", "page_id", "unlisted")
    add(table, "deeper", "page_id", "orphan")
    placement.inherit(table, {"inside": "r", "unlisted": "q", "other": "z"})
    assert roots(table) == {"inside": "r", "orphan": "q", "deeper": "q"}


def test_unknown_parents_are_told_once_and_adopted(table):
    add(table, "a", "page_id", "hidden")
    add(table, "b", "page_id", "hidden")
    add(table, "c", "data_source_id", "s")
    placement.place(table, {})
    assert placement.unknown_parents(table) == [("data_source_id", "s"), ("page_id", "hidden")]
    placement.adopt(table, "hidden", None)
    placement.adopt(table, "s", "s")
    assert roots(table) == {"a": "a", "b": "b", "c": "s"}


def test_pages_in_a_circle_are_found_and_become_roots(table):
    add(table, "a", "page_id", "b")
    add(table, "b", "page_id", "a")
    placement.place(table, {})
    assert placement.unknown_parents(table) == []
    assert placement.rootless(table) == ["a", "b"]
    placement.make_root(table, ["a", "b"])
    assert roots(table) == {"a": "a", "b": "b"}


def test_of_two_reads_the_later_edited_one_stays(table):
    for stamp, title in (("2", "late"), ("1", "early"), ("2", "same")):
        table.add({"id": "p", "parent": {"type": "workspace"}, "last_edited_time": stamp, "url": title})
    assert table.get("p").object["url"] == "same"
    assert table.count() == 1
    assert table.get("nobody") is None

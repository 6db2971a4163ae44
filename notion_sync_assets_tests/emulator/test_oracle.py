"""The oracle's numbers on worlds small enough to count by hand."""

import pytest

from notion_sync_assets.emulator import EmulatorConfig
from notion_sync_assets.emulator.blocks import Node, bullet, paragraph, place, synced, synced_copy, toggle
from notion_sync_assets.emulator.changes import Changes
from notion_sync_assets.emulator.columns import column, relation
from notion_sync_assets.emulator.draft import Draft
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.objects import own_bot
from notion_sync_assets.emulator.oracle import Oracle
from notion_sync_assets.emulator.references import references
from notion_sync_assets.emulator.richtext import mention_page
from notion_sync_assets.emulator.workspace import Workspace

QUIET = {"limit": 0, "search_omit_rate": 0.0, "short_page_rate": 0.0}


def oracle_of(draft, **settings):
    engine = Engine(EmulatorConfig(**{**QUIET, **settings}))
    engine.workspace = Workspace(draft.finish(), engine.clock)
    engine.reconfigure({})
    return Oracle(engine)


@pytest.fixture
def draft():
    made = Draft()
    made.world.bot_id = made.user(own_bot(named_id("user", "bot"), "bot", "Test"))
    return made


def requests(draft, **settings):
    return {name: n for name, n in oracle_of(draft, **settings).report()["requests"].items() if n}


def test_an_empty_workspace_costs_the_search_and_the_users(draft):
    assert requests(draft) == {"me": 1, "users": 1, "search": 1}


def test_an_empty_root_page_costs_one_children_list(draft):
    draft.page("root", "Root")
    assert requests(draft)["children"] == 1


def test_an_empty_child_page_costs_nothing_more(draft):
    draft.page("root", "Root", [place(draft.page("child", "Child"))])
    assert requests(draft)["children"] == 1


def test_every_block_with_children_costs_a_list_and_every_hundred_children_another(draft):
    inner = toggle("fold", *(paragraph(str(n)) for n in range(101)))
    draft.page("root", "Root", [bullet("a", bullet("b", bullet("c"))), inner])
    # the page, a, b, and two for the fold
    assert requests(draft)["children"] == 5


def test_exactly_a_hundred_children_are_one_request(draft):
    draft.page("root", "Root", [paragraph(str(n)) for n in range(100)])
    assert requests(draft)["children"] == 1


def test_a_synced_copy_costs_its_own_list_and_its_blocks_count_once(draft):
    origin = synced(paragraph("once"), name="origin")
    draft.page("root", "Root", [origin, synced_copy(named_id("block", "origin"))])
    report = oracle_of(draft).report()
    assert report["requests"]["synced_copies"] == 1
    assert report["requests"]["children"] == 2
    assert report["counts"]["block"] == 3


def test_meeting_notes_cost_a_list_for_each_section_that_has_blocks(draft):
    sections = {
        "summary_block_id": [paragraph("s")],
        "notes_block_id": [],
        "transcript_block_id": [paragraph("t")],
    }
    draft.page("root", "Root", [Node("meeting_notes", {}, sections=sections)])
    report = oracle_of(draft).report()
    assert report["requests"]["children"] == 3
    assert report["counts"]["block"] == 3


def small_table(draft, rows=3):
    columns = (
        column("t", "Name", "title"),
        relation("t", "To", (named_id("database", "t"), Draft.source_id("t", "T"))),
    )
    draft.database("t", "T", {"T": columns})
    draft.view("All", "table", named_id("database", "t"), draft.source_id("t", "T"))
    for number in range(rows):
        draft.row(f"row {number}", "t", "T", columns, {"Name": f"Row {number}"})
    return columns


def test_a_data_source_costs_its_parts_and_each_row_one_list(draft):
    small_table(draft)
    assert requests(draft) == {
        "me": 1, "users": 1, "search": 1, "queries": 1, "schemas": 1, "views_lists": 1, "views": 1,
        "templates_lists": 1, "databases": 1, "children": 3,
    }  # fmt: skip


def test_queries_beyond_the_cap_continue_in_windows_that_overlap(draft):
    small_table(draft, rows=250)
    # one window holds 200 rows; the next one begins with the last minute: 1 row again and 50 more
    assert requests(draft, result_cap=200)["queries"] == 3
    assert requests(draft, result_cap=250)["queries"] == 3


def test_a_minute_with_more_rows_than_the_cap_counts_by_its_own_rows():
    engine = Engine(
        EmulatorConfig(**QUIET, world="generated", pages=0, rows=300, databases=1, crowd=150, result_cap=100)
    )
    # 75 rows and 25 of the minute, the 150 of the minute, the 75 after it
    assert Oracle(engine).report()["requests"]["queries"] == 1 + 2 + 1
    engine.reconfigure({"result_cap": 10_000})
    assert Oracle(engine).report()["requests"]["queries"] == 3


def test_a_template_costs_its_page_and_its_body(draft):
    columns = small_table(draft, rows=0)
    draft.template("new", "t", "T", columns, "New")
    made = requests(draft)
    assert (made["unlisted_pages"], made["children"]) == (1, 1)


def test_a_relation_beyond_25_costs_the_pages_of_its_property(draft):
    columns = small_table(draft, rows=0)
    targets = [draft.row(f"r{n}", "t", "T", columns, {"Name": str(n)}) for n in range(26)]
    draft.row("many", "t", "T", columns, {"Name": "many", "To": targets})
    draft.row("enough", "t", "T", columns, {"Name": "enough", "To": targets[:25]})
    assert requests(draft)["properties"] == 1


def test_comments_and_probes_are_counted_beside_the_total(draft):
    secret = draft.page("secret", "Secret")
    draft.mark("unshared", secret)
    root = draft.page("root", "Root", [paragraph([mention_page(secret, "Untitled")])])
    draft.comment("c", "page", root, "hello")
    report = oracle_of(draft).report()
    assert (report["comments"], report["probes"], report["unshared"]) == (1, 1, {secret: "page"})
    assert report["total"] == sum(report["requests"].values())
    assert report["counts"]["page"] == 1


def test_what_is_in_the_trash_is_neither_counted_nor_what_lies_under_it(draft):
    child = draft.page("child", "Child", [paragraph("x")])
    trashed = draft.mark("trashed", draft.page("gone", "Gone", [place(child)]))
    draft.page("root", "Root", [place(trashed)])
    report = oracle_of(draft).report()
    assert report["counts"]["page"] == 1
    assert report["trashed"] == [trashed]
    assert report["requests"]["children"] == 1


def test_an_unlisted_page_costs_a_read(draft):
    child = draft.mark("unlisted", draft.page("child", "Child"))
    draft.page("root", "Root", [place(child)])
    assert requests(draft)["unlisted_pages"] == 1


def test_a_change_is_counted_at_once(draft):
    root = draft.page("root", "Root", [paragraph("x")])
    oracle = oracle_of(draft)
    added = Changes(oracle.workspace, 0).add_page(root, "New", ["a", "b"])["id"]
    assert dict(oracle.pairs("page"))[added] == root
    assert oracle.report()["counts"] == {
        "page": 2,
        "database": 0,
        "data_source": 0,
        "block": 3,
        "comment": 0,
        "user": 1,
    }


def test_references_are_found_wherever_they_stand():
    value = {
        "parent": {"type": "page_id", "page_id": "a"},
        "properties": {"To": {"relation": [{"id": "b"}]}},
        "synced_block": {"synced_from": {"type": "block_id", "block_id": "c"}},
        "rich_text": [{"mention": {"type": "database", "database": {"id": "d"}}}],
        "created_by": {"object": "user", "id": "u"},
    }
    named = [("block", "c"), ("database", "d"), ("page", "a"), ("page", "b"), ("user", "u")]
    assert sorted(references(value)) == named


def test_a_generated_world_counts_what_its_settings_say():
    engine = Engine(EmulatorConfig(**QUIET, world="generated", pages=40, rows=60, databases=3))
    report = Oracle(engine).report()
    assert (report["counts"]["page"], report["counts"]["data_source"]) == (100, 3)
    assert report["requests"]["queries"] == 3
    assert report["total"] == sum(report["requests"].values())

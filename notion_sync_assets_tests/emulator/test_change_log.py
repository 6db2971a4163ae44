"""The emulator's own log: which pages a change added, changed or removed, as a reader of the API sees it."""

from notion_sync_assets_tests.core.sync.worlds import BED, COMPOST, GARDEN, HEAP, SHED, garden, serve


def test_each_change_says_what_became_of_which_page(start_emulator):
    notion = serve(start_emulator, garden())
    notion.control.start_log()
    notion.control.change("rename", object_id=HEAP, title="Pile")
    notion.control.change("move_page", page_id=SHED, parent_id=HEAP)
    new = notion.control.change("add_page", parent_id=BED, title="New")["id"]
    notion.control.change("trash", object_id=COMPOST)
    told = notion.control.log()
    assert [(each["number"], each["operation"], each["pages"]) for each in told["changes"]] == [
        (1, "rename", {HEAP: "changed"}),
        (2, "move_page", {SHED: "changed", HEAP: "changed", GARDEN: "changed"}),
        (3, "add_page", {BED: "changed", new: "added"}),
        (4, "trash", dict.fromkeys((COMPOST, HEAP, SHED), "removed")),
    ]
    assert told["titles"][new] == "New"
    assert COMPOST not in told["titles"]

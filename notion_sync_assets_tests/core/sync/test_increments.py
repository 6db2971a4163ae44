"""After any change a sync ends with the same documents as a fresh export of the changed workspace (promise 5)."""

import pytest

from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export, facts, tree
from notion_sync_assets_tests.core.sync.worlds import (
    BED,
    COMPOST,
    CORNER,
    DATABASE,
    DIARY,
    FERN,
    GARDEN,
    HEAP,
    SHED,
    SOURCE,
)

MOSS, BED_2 = named_id("page", "plant Moss"), named_id("page", "bed 2")


def first_block(notion, page_id):
    return next(block for block, parent in notion.control.oracle_ids("block").items() if parent == page_id)


def change(operation, **arguments):
    return lambda notion: notion.control.change(operation, **arguments)


CHANGES = {
    "an edited block": (lambda n: n.control.change("edit_block", block_id=first_block(n, HEAP), text="Hot."), {"edited"}),
    "a renamed page": (change("rename", object_id=BED, title="First bed"), {"edited"}),
    "a renamed root": (change("rename", object_id=COMPOST, title="Heaps"), {"edited"}),
    "a renamed data source": (change("rename", object_id=SOURCE, title="Green things"), set()),
    "a new page": (change("add_page", parent_id=CORNER, title="New", texts=["One"]), {"created", "edited"}),
    "a new root": (change("add_page", parent_id=None, title="Pond"), {"created"}),
    "a new row": (change("add_row", data_source_id=SOURCE, title="Basil"), {"created"}),
    "a new block": (change("add_block", parent_id=HEAP, text="More"), {"edited"}),
    "a value": (change("set_property", page_id=MOSS, name="Name", value=[]), {"edited"}),
    "a renamed option": (change("rename_option", data_source_id=SOURCE, name="Sun", option="Half", new_name="Some"), {"edited"}),
    "a renamed database": (change("rename", object_id=DATABASE, title="All plants"), {"edited"}),
    "a new column": (change("add_property", data_source_id=SOURCE, name="Height", kind="number"), {"edited"}),
    "a page moved inside its tree": (change("move_page", page_id=BED_2, parent_id=BED), {"edited"}),
    "a page moved to another tree": (change("move_page", page_id=BED_2, parent_id=HEAP), {"moved", "edited"}),
    "a tree moved to another tree": (change("move_page", page_id=BED, parent_id=COMPOST), {"moved", "edited"}),
    "a page that becomes a row": (change("move_page", page_id=HEAP, parent_id=SOURCE), {"moved", "edited"}),
    "a row that becomes a page": (change("move_page", page_id=FERN, parent_id=COMPOST), {"moved", "edited"}),
    "a root moved under a page": (change("move_page", page_id=COMPOST, parent_id=BED), {"moved", "edited"}),
    "a page moved to the top": (change("move_page", page_id=SHED, parent_id=None), {"moved", "edited"}),
    "a trashed page": (change("trash", object_id=SHED), {"trashed", "edited"}),
    "a trashed tree": (change("trash", object_id=COMPOST), {"trashed"}),
    "a trashed row": (change("trash", object_id=FERN), {"trashed"}),
    "a trashed database": (change("trash", object_id=DATABASE), {"trashed", "edited"}),
    "an unshared page": (change("unshare", object_id=BED), {"not_found", "edited"}),
    "an unshared database": (change("unshare", object_id=DATABASE), {"not_found", "edited"}),
    "a page deleted for good": (change("delete", object_id=HEAP), {"not_found", "edited"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_gives_what_a_fresh_export_gives(notion, export, tmp_path, name):
    make, events = CHANGES[name]
    await export.run()
    make(notion)
    report = await export.run()
    assert report.errors == {}
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)
    assert {event.change for event in export.events() if event.seq > 1 or event.change == "moved"} <= events
    before = tree(export.storage.root)
    again = await export.run()
    assert again.changed == set()
    assert differing(before, tree(export.storage.root)) == set()


def differing(before, after):
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


@pytest.mark.parametrize("object_id", [SHED, FERN, COMPOST, DATABASE])
async def test_what_comes_back_from_the_trash_is_restored(notion, export, tmp_path, object_id):
    await export.run()
    before = facts(export)
    notion.control.change("trash", object_id=object_id)
    await export.run()
    assert facts(export) != before
    notion.control.change("restore", object_id=object_id)
    await export.run()
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)
    assert "restored" in {event.change for event in export.events()}
    assert {event.change for event in export.events() if event.page_id == DIARY} <= {
        "created",
        "trashed",
        "restored",
    }


async def test_a_page_that_moves_is_told_as_moved_and_its_old_place_says_where_to(notion, export):
    await export.run()
    notion.control.change("move_page", page_id=BED_2, parent_id=HEAP)
    await export.run()
    told = {event.scope: event.change for event in export.events() if event.page_id == BED_2}
    assert told == {export.scope(GARDEN).key: "created", export.scope(COMPOST).key: "moved"}
    old = {row.page_id: row for row in export.state(export.scope(GARDEN).key).rows()}[BED_2]
    assert (old.state, old.reason) == ("gone", f"moved_to {export.scope(COMPOST).key}")


async def test_an_unchanged_workspace_costs_one_look_at_each_list_and_writes_nothing(notion, export):
    await export.run()
    before = tree(export.storage.root)
    notion.control.reset()
    report = await export.run(run_id="another run")
    assert report.changed == set()
    assert report.counts["unchanged"] == 17
    assert differing(before, tree(export.storage.root)) == set()
    routes = notion.control.stats()["by_route"]
    assert not [route for route in routes if "/children" in route or "/pages/" in route]


async def test_a_full_sync_reads_every_page_and_commits_nothing_when_all_is_as_it_was(notion, export):
    await export.run()
    notion.control.reset()
    report = await export.run(full=True)
    assert report.changed == set()
    assert notion.control.stats()["by_route"]["GET /v1/comments"] == {"200": 17}


async def test_an_edit_that_moves_no_time_is_found_by_a_full_sync(notion, export):
    await export.run()
    notion.control.change("edit_block", block_id=first_block(notion, HEAP), text="Silent", bump=False)
    assert (await export.run()).changed == set()
    assert (await export.run(full=True)).changed == {export.scope(COMPOST).key}


async def test_other_settings_read_everything_again(notion, export):
    await export.run()
    report = await export.run(fingerprint="other")
    assert len(report.changed) == 3
    assert {commit.fingerprint for key in report.changed for commit in [export.commits.head(key)]} == {
        "other"
    }

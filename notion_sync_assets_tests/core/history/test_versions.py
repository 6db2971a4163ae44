"""Versions of a page: what each commit changed, which of them still have their content."""

import datetime as dt

import pytest

from notion_sync_assets.core.history.collect import collect
from notion_sync_assets.core.history.report import WorkspaceDifference
from notion_sync_assets.core.history.texts import NOT_KEPT, change_lines, difference_markdown, version_lines
from notion_sync_assets.core.history.versions import page_versions
from notion_sync_assets_tests.core.sync.worlds import BED, FERN, HEAP, SHED, SOURCE


def block_of(notion, page_id):
    return next(block for block, parent in notion.control.oracle_ids("block").items() if parent == page_id)


def versions(export, page_id):
    return list(page_versions(export.storage, page_id))


async def test_each_version_tells_what_it_changed(notion, export):
    await export.run(run_id="first")
    notion.control.change("edit_block", block_id=block_of(notion, HEAP), text="Hot.")
    await export.run(run_id="second")
    notion.control.change("rename", object_id=HEAP, title="Pile")
    notion.control.change("add_block", parent_id=HEAP, text="More")
    await export.run(run_id="third")
    notion.control.change("trash", object_id=HEAP)
    await export.run()
    told = versions(export, HEAP)
    assert [(each.number, each.event.change, each.run_id) for each in told[:3]] == [
        (1, "created", "first"),
        (2, "edited", "second"),
        (3, "edited", "third"),
    ]
    assert [list(change_lines(each.changes)) for each in told[1:3]] == [
        ['~ paragraph: "Warm." → "Hot."'],
        ['~ title: "Heap" → "Pile"', '+ paragraph: "More"'],
    ]
    assert told[3].event.change == "trashed"
    assert [line for line in change_lines(told[3].changes) if line.startswith("+")] == []
    assert told[0].event.edited_by


async def test_values_of_a_row_are_told_before_and_after(notion, export):
    await export.run()
    notion.control.change("set_property", page_id=FERN, name="Sun", value={"name": "Half"})
    await export.run()
    *_, last = versions(export, FERN)
    assert list(change_lines(last.changes)) == ['~ Sun: "Full" → "Half"']


async def test_a_page_keeps_its_history_when_it_moves_to_another_scope(notion, export):
    await export.run()
    notion.control.change("move_page", page_id=SHED, parent_id=HEAP)
    await export.run()
    told = versions(export, SHED)
    assert [each.event.change for each in told] == ["created", "moved"]
    assert len({each.event.scope for each in told}) == 2
    assert "parent" in {each.name for each in told[1].changes.properties}


async def test_a_version_whose_content_is_gone_says_so(notion, export):
    await export.run()
    for text in ("One", "Two"):
        notion.control.change("edit_block", block_id=block_of(notion, HEAP), text=text)
        await export.run()
    collect(export.storage, "latest", dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))
    told = versions(export, HEAP)
    assert [(each.kept, each.changes is None) for each in told] == [
        (False, True),
        (False, True),
        (True, True),
    ]
    assert f"    {NOT_KEPT}" in list(version_lines(told[2], {}))


async def test_the_report_of_a_workspace_is_the_net_effect(notion, export):
    await export.run()
    since = max(event.committed_at for event in export.events())
    for text in ("One", "Warm."):
        notion.control.change("edit_block", block_id=block_of(notion, HEAP), text=text, bump=True)
        await export.run()
    notion.control.change("rename", object_id=BED, title="<First> [bed]")
    notion.control.change("trash", object_id=FERN)
    notion.control.change("add_row", data_source_id=SOURCE, title="Basil")
    notion.control.change("add_property", data_source_id=SOURCE, name="Height", kind="number")
    await export.run()
    with WorkspaceDifference(export.storage, since) as found:
        pages = {page.title: page for page in found.pages()}
        schema = [(each.object, each.title, each.change) for each in found.schema]
    assert (pages["Basil"].change, pages["Fern"].change) == ("created", "deleted")
    assert pages["Heap"].commits == 2
    assert [change.name for change in pages["<First> [bed]"].changes.properties] == ["title"]
    assert schema == [("data_source", "Plants", "edited"), ("property", "Height", "added")]
    lines = list(difference_markdown(pages["<First> [bed]"], {}))
    assert lines[0].startswith("- **edited** [\\<First\\> \\[bed\\]](https://")


async def test_a_report_ends_where_it_is_told_to(notion, export):
    await export.run()
    since = max(event.committed_at for event in export.events())
    notion.control.change("rename", object_id=BED, title="Second")
    await export.run()
    until = max(event.committed_at for event in export.events())
    notion.control.change("rename", object_id=HEAP, title="Third")
    await export.run()
    with WorkspaceDifference(export.storage, since, until) as found:
        assert [page.title for page in found.pages()] == ["Second"]


@pytest.mark.parametrize("versions_kept", ["latest", 2, "all"])
async def test_what_a_running_reader_or_a_journal_needs_stays(notion, export, versions_kept):
    await export.run()
    notion.control.change("rename", object_id=BED, title="Renamed")
    await export.run()
    assert collect(export.storage, versions_kept, dt.datetime.now(dt.UTC)).total == 0

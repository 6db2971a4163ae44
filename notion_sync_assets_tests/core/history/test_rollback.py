"""Rollback: an earlier state as a new commit, and the way back to what Notion shows."""

import datetime as dt

import pytest

from notion_sync_assets.core.history.collect import collect
from notion_sync_assets.core.history.rollback import rollback
from notion_sync_assets.core.notion.errors import CommitConflictError, ConfigurationError
from notion_sync_assets_tests.core.sync.exporting import Export, facts
from notion_sync_assets_tests.core.sync.worlds import COMPOST, HEAP, SOURCE


def live(export, key, seq=None):
    from notion_sync_assets.core.sync.commits import snapshot

    view = snapshot(export.storage, key, seq)
    return {row.page_id: (row.title, row.document) for row in view.rows() if row.present}


async def history(notion, export):
    await export.run()
    notion.control.change("rename", object_id=HEAP, title="Pile")
    await export.run()
    notion.control.change("add_page", parent_id=HEAP, title="New")
    await export.run()
    return export.scope(COMPOST).key


async def test_the_earlier_state_is_there_again_and_history_goes_on(notion, export):
    key = await history(notion, export)
    commit = rollback(export.storage, key, 1, run_id="undo", expected=3)
    assert (commit.seq, commit.base, commit.rolled_back_to, commit.run_id) == (4, 3, 1, "undo")
    assert live(export, key) == live(export, key, 1)
    told = [(event.title, event.change) for event in export.events() if event.scope == key and event.seq == 4]
    assert sorted(told) == [("Heap", "edited"), ("New", "removed")]
    assert len(live(export, key, 3)) == 3


async def test_the_next_export_brings_back_what_notion_shows(notion, export, tmp_path):
    key = await history(notion, export)
    rollback(export.storage, key, 1, run_id="undo")
    report = await export.run(delta=True)
    assert report.errors == {}
    async with Export(notion.url, tmp_path / "fresh") as fresh:
        await fresh.run()
        assert facts(export) == facts(fresh)
    assert [event.change for event in export.events() if event.title == "New"] == [
        "created",
        "removed",
        "restored",
    ]


async def test_the_schema_goes_back_with_its_rows(notion, export):
    await export.run()
    notion.control.change("rename_property", data_source_id=SOURCE, name="Sun", new_name="Light")
    await export.run()
    key = export.scope(SOURCE).key
    commit = rollback(export.storage, key, 1, run_id="undo")
    assert commit.head == export.commits.read(key, 1).head
    assert "Sun" in export.state(key).head()["data_source"]["properties"]


async def test_an_expectation_that_is_wrong_names_both_runs(notion, export):
    key = await history(notion, export)
    with pytest.raises(CommitConflictError, match="run undo, but 3 is there, by run run"):
        rollback(export.storage, key, 1, run_id="undo", expected=2)
    assert export.commits.head_seq(key) == 3


@pytest.mark.parametrize("to", [0, 3, 9])
async def test_only_earlier_states_can_be_taken_up(notion, export, to):
    key = await history(notion, export)
    with pytest.raises(ConfigurationError, match="no earlier state"):
        rollback(export.storage, key, to, run_id="undo")


async def test_a_state_whose_content_was_collected_is_refused(notion, export):
    key = await history(notion, export)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    collect(export.storage, 2, later)
    with pytest.raises(ConfigurationError, match="no longer kept"):
        rollback(export.storage, key, 1, run_id="undo")
    assert rollback(export.storage, key, 2, run_id="undo").seq == 4

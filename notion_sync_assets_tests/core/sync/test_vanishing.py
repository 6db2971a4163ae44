"""What a listing lacks is asked for before it is called gone; other errors of one page or scope stay there."""

import pytest

from notion_sync_assets.core.notion.errors import (
    MassDisappearanceError,
    ObjectNotFoundError,
    UnexpectedAnswerError,
)
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export
from notion_sync_assets_tests.core.sync.worlds import (
    COMPOST,
    DATABASE,
    FERN,
    HEAP,
    NAMES,
    SOURCE,
)

MOSS = named_id("page", "plant Moss")


async def test_too_many_pages_gone_at_once_are_believed_of_nobody(notion, export):
    await export.run()
    head = export.commits.head(export.scope(SOURCE).key)
    for name in NAMES:
        notion.control.change("delete", object_id=named_id("page", f"plant {name}"))
    report = await export.run(missing_minimum=3)
    assert [type(error) for error in report.errors.values()] == [MassDisappearanceError]
    assert export.commits.head(export.scope(SOURCE).key) == head
    report = await export.run(missing_minimum=20)
    assert report.errors == {}
    assert export.row(MOSS).reason == "not_found"


async def test_a_page_gone_for_good_is_told_apart_from_one_in_the_trash(notion, export):
    await export.run()
    notion.control.change("delete", object_id=MOSS)
    notion.control.change("trash", object_id=FERN)
    await export.run()
    assert (export.row(MOSS).reason, export.row(FERN).reason) == ("not_found", "trashed")
    assert export.row(MOSS).document is not None, "its history can still be read"


async def test_a_trashed_database_takes_its_rows_without_asking_for_each(notion, export):
    await export.run()
    notion.control.change("trash", object_id=DATABASE)
    notion.control.reset()
    await export.run()
    assert {export.row(named_id("page", f"plant {name}")).reason for name in NAMES} == {"trashed"}
    assert "GET /v1/pages/{id}" not in notion.control.stats()["by_route"]


async def test_a_first_export_takes_the_rows_of_a_trashed_database_for_trashed_too(notion, export):
    await export.indexer.search()
    notion.control.change("trash", object_id=DATABASE)
    notion.control.reset()
    result = await export.sync(export.scope(SOURCE))
    rows = {row.page_id: row for row in export.state(result.commit.scope).rows()}
    assert {rows[named_id("page", f"plant {name}")].reason for name in NAMES} == {"trashed"}
    assert "GET /v1/pages/{id}" not in notion.control.stats()["by_route"]


async def test_a_page_that_leaves_a_trashed_database_first_has_moved(notion, export):
    await export.run()
    notion.control.change("move_page", page_id=FERN, parent_id=COMPOST)
    notion.control.change("trash", object_id=DATABASE)
    await export.run()
    assert export.rows()[FERN].state == "exported"
    assert export.row(MOSS).reason == "trashed"


async def test_a_page_whose_blocks_are_refused_fails_and_is_no_deletion(notion, export, monkeypatch):
    await export.run()
    document = export.row(HEAP).document
    notion.control.change("rename", object_id=HEAP, title="Hot heap")
    real = export.client.block_children

    async def refused(block_id, cursor=None):
        if block_id == HEAP:
            raise UnexpectedAnswerError("odd", code="odd_code")
        return await real(block_id, cursor)

    monkeypatch.setattr(export.client, "block_children", refused)
    report = await export.run()
    row = export.row(HEAP)
    assert (row.state, row.reason, row.document) == ("failed", "odd_code", document)
    assert report.counts["failed"] == 1
    assert report.errors == {}
    monkeypatch.undo()
    await export.run()
    assert export.row(HEAP).state == "exported"


@pytest.mark.parametrize("trashed", [True, False])
async def test_a_page_that_goes_while_it_is_read_is_buried(notion, export, monkeypatch, trashed):
    await export.indexer.search()

    async def gone(block_id, _cursor=None):
        if trashed and block_id == HEAP:
            notion.control.change("trash", object_id=HEAP)
        elif block_id == HEAP:
            notion.control.change("delete", object_id=HEAP)
        raise ObjectNotFoundError("gone", code="object_not_found")

    monkeypatch.setattr(export.client, "block_children", gone)
    await export.sync(export.scope(COMPOST))
    assert (export.row(HEAP).state, export.row(HEAP).reason) == (
        "gone",
        "trashed" if trashed else "not_found",
    )
    compost = export.row(COMPOST)
    assert (compost.state, compost.reason) == ("failed", "object_not_found")


async def test_an_answer_nobody_foresaw_fails_one_page(export, monkeypatch, caplog):
    await export.indexer.search()
    real = export.client.block_children

    async def odd(block_id, cursor=None):
        answer = await real(block_id, cursor)
        return {**answer, "results": 7} if block_id == HEAP else answer

    monkeypatch.setattr(export.client, "block_children", odd)
    result = await export.sync(export.scope(COMPOST))
    assert export.row(HEAP).reason.startswith("unexpected answer")
    assert result.counts["new"] == 1


async def test_a_missing_page_that_cannot_be_asked_for_fails(notion, export, monkeypatch):
    await export.run()
    notion.control.change("delete", object_id=MOSS)

    async def refused(_page_id):
        raise UnexpectedAnswerError("odd")

    monkeypatch.setattr(export.client, "page", refused)
    await export.run()
    assert (export.row(MOSS).state, export.row(MOSS).reason) == ("failed", "UnexpectedAnswerError")


async def test_an_excluded_page_stays_as_it_is_and_is_never_asked_for(notion, export):
    await export.run()
    notion.control.change("rename", object_id=HEAP, title="Secret")
    notion.control.reset()
    report = await export.run(exclude=frozenset({HEAP}))
    assert report.changed == set()
    assert export.row(HEAP).title == "Heap"


async def test_an_excluded_page_is_not_exported_at_all(notion, tmp_path):
    async with Export(notion.url, tmp_path, exclude=frozenset({HEAP, MOSS})) as export:
        await export.run()
        assert not {HEAP, MOSS} & set(export.rows())
        assert FERN in export.rows()

"""One scope's sync, and the demo in whole against the emulator's oracle."""

import datetime as dt

import pytest

from notion_sync_assets.core.notion.errors import ObjectNotFoundError, UnexpectedAnswerError
from notion_sync_assets.core.sync.homes import PageHomes
from notion_sync_assets.core.sync.outbox import events_of, mark_published, published_through, unpublished
from notion_sync_assets.core.sync.watermark import Watermark, read_watermark, write_watermark
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets_tests.core.sync.exporting import Export, tree
from notion_sync_assets_tests.core.sync.worlds import (
    COMPOST,
    DATABASE,
    FERN,
    GARDEN,
    HEAP,
    PLANTS,
    SOURCE,
    new_draft,
    serve,
)

MOSS = named_id("page", "plant Moss")


async def test_the_demo_is_exported_whole_and_a_second_time_for_nothing(start_emulator, tmp_path):
    notion = start_emulator()
    async with Export(notion.url, tmp_path) as export:
        report = await export.run()
        assert report.errors == {}
        assert set(export.rows()) == set(notion.control.oracle_ids("page"))
        assert {row.state for row in export.rows().values()} == {"exported"}
        sources = {export.commits.head(key).root_id for key in export.commits.committed_scopes()}
        assert set(notion.control.oracle_ids("data_source")) <= sources
        blocks = {
            block["id"]
            for key in export.commits.committed_scopes()
            for _, document in export.state(key).pages()
            for block, _ in document.walk()
        }
        assert set(notion.control.oracle_ids("block")) <= blocks
        before = tree(tmp_path)
        again = await export.run(run_id="again")
        assert again.changed == set()
        assert tree(tmp_path) == before


async def test_a_source_that_was_never_shared_has_no_commit(notion, export):
    await export.indexer.search()
    scope = export.scope(SOURCE)
    notion.control.change("unshare", object_id=DATABASE)
    result = await export.sync(scope)
    assert (result.commit, result.changed, result.not_shared) == (None, False, True)


async def test_the_trash_of_an_empty_table_is_told_and_taken_back(start_emulator, tmp_path):
    draft = new_draft()
    draft.database("plants", "Plants", {"Plants": PLANTS})
    draft.page("top", "Top")
    notion = serve(start_emulator, draft.finish())
    async with Export(notion.url, tmp_path) as export:
        await export.run()
        key = export.scope(SOURCE).key
        for operation, trashed in (("trash", 1), ("restore", 0)):
            notion.control.change(operation, object_id=DATABASE)
            assert (await export.run()).changed == {key}
            assert export.commits.head(key).counts["container_trashed"] == trashed
            assert (await export.run()).changed == set()


async def test_a_row_that_comes_in_part_is_read_whole(export, monkeypatch):
    await export.indexer.search()
    real = export.client.query

    async def partial(*args, **options):
        answer = await real(*args, **options)
        for row in answer["results"]:
            row.pop("properties")
        return answer

    monkeypatch.setattr(export.client, "query", partial)
    await export.sync(export.scope(SOURCE))
    assert export.row(MOSS).title == "Moss"


async def test_a_part_of_a_row_that_cannot_be_read_is_accounted_for(notion, export, monkeypatch):
    await export.indexer.search()
    real = export.client.query

    async def partial(*args, **options):
        answer = await real(*args, **options)
        notion.control.change("unshare", object_id=MOSS)
        return {
            **answer,
            "results": [{k: v for k, v in row.items() if k != "properties"} for row in answer["results"]],
        }

    monkeypatch.setattr(export.client, "query", partial)
    result = await export.sync(export.scope(SOURCE))
    assert result.counts["gone"] == 1
    assert (export.row(MOSS).state, export.row(MOSS).reason) == ("gone", "not_found")


@pytest.mark.parametrize(
    ("error", "state"),
    [(UnexpectedAnswerError("x", code="odd"), "failed"), (ObjectNotFoundError("x"), "exported")],
)
async def test_a_page_of_an_old_index_that_cannot_be_read_costs_itself_only(
    notion, tmp_path, monkeypatch, error, state
):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path, clock=lambda: now) as export:
        await export.run()
        export.clock = lambda: now + dt.timedelta(hours=1)
        real, refused = export.client.page, []

        async def refuse(page_id):
            if page_id == HEAP and not refused:
                refused.append(page_id)
                raise error
            return await real(page_id)

        monkeypatch.setattr(export.client, "page", refuse)
        await export.sync(export.scope(COMPOST))
        assert export.row(HEAP).state == state
        assert export.row(HEAP).title == "Heap"
        assert export.row(COMPOST).state == "exported"


async def test_young_pages_are_read_once_more_and_then_left_alone(notion, tmp_path):
    now = dt.datetime.now(dt.UTC)
    async with Export(notion.url, tmp_path, clock=lambda: now) as export:
        notion.control.change("rename", object_id=HEAP, title="Young")
        await export.run()
        for minutes, read in ((1, 1), (5, 1), (6, 0)):
            export.clock = lambda minutes=minutes: now + dt.timedelta(minutes=minutes)
            notion.control.reset()
            report = await export.run()
            assert report.changed == set()
            assert sum(notion.control.stats()["by_route"].get("GET /v1/comments", {}).values()) == read
        notion.control.change("add_page", parent_id=COMPOST, title="Other")
        export.clock = lambda: now + dt.timedelta(minutes=20)
        await export.run()
        notion.control.reset()
        export.clock = lambda: now + dt.timedelta(minutes=40)
        await export.run()
        assert "/v1/blocks" not in str(notion.control.stats()["by_route"]).replace(HEAP, "")


async def test_the_outbox_tells_what_is_not_published(notion, export):
    await export.run()
    key = export.scope(COMPOST).key
    assert published_through(export.storage, key) == 0
    assert [commit.seq for commit in unpublished(export.storage, key)] == [1]
    mark_published(export.storage, key, 1)
    assert list(unpublished(export.storage, key)) == []
    notion.control.change("rename", object_id=COMPOST, title="Heaps")
    await export.run()
    [commit] = unpublished(export.storage, key)
    assert [(event.page_id, event.change, event.title) for event in events_of(export.storage, commit)] == [
        (COMPOST, "edited", "Heaps")
    ]


async def test_a_commit_without_events_has_no_outbox(export):
    await export.run()
    await export.run(fingerprint="other")
    commit = export.commits.head(export.scope(GARDEN).key)
    assert (commit.seq, commit.outbox) == (2, None)
    assert list(events_of(export.storage, commit)) == []


async def test_a_snapshot_stays_at_its_number(notion, export):
    await export.run()
    key = export.scope(SOURCE).key
    first = export.state(key)
    notion.control.change("rename", object_id=FERN, title="Ferns")
    await export.run()
    assert {row.title for row in first.rows()} != {row.title for row in export.state(key).rows()}
    assert "Fern" in {row.title for row in first.rows()}
    assert first.head()["data_source"]["id"] == SOURCE
    row = next(iter(first.rows()))
    with pytest.raises(ValueError, match="has no document"):
        first.document(type(row)("p", "failed", "", "workspace", "h", 1))
    assert export.state(export.scope(GARDEN).key).head() is None


async def test_homes_know_where_a_page_was(export):
    await export.run()
    homes = PageHomes()
    compost = export.scope(COMPOST).key
    assert homes.elsewhere(export.storage, export.scope(GARDEN).key, HEAP)
    assert not homes.elsewhere(export.storage, compost, HEAP)
    homes.close()
    homes.close()


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"other": 1}'])
def test_a_damaged_watermark_is_an_empty_one(tmp_path, damage):
    storage = Export("http://127.0.0.1:1", tmp_path).storage
    write_watermark(storage, "k", Watermark(2, "then", {"p": "t"}))
    assert read_watermark(storage, "k", 2).confirmed == {"p": "t"}
    assert read_watermark(storage, "k", 3) == Watermark(3, "then")
    storage.write("receipts/scopes/k.json", damage)
    assert read_watermark(storage, "k", 2) == Watermark(2)

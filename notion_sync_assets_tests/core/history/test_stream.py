"""Reading the stream: by scope from a version, by page, since a time, page by page; conflicts name both runs."""

import pytest

from notion_sync_assets.core.history.stream import EventStream
from notion_sync_assets.core.notion.errors import CommitConflictError, ConfigurationError
from notion_sync_assets_tests.core.sync.worlds import BED, COMPOST, GARDEN, HEAP, SOURCE


async def changed(notion, export):
    await export.run(run_id="first")
    notion.control.change("rename", object_id=HEAP, title="Pile")
    await export.run(run_id="second")
    notion.control.change("rename", object_id=BED, title="First bed")
    notion.control.change("add_comment", owner_id=BED, text="Why?")
    await export.run(run_id="third")
    return EventStream(export.storage)


def brief(events):
    return [(event.object, event.change, event.title) for event in events]


async def test_a_scope_is_read_from_a_version_on(notion, export):
    stream = await changed(notion, export)
    key = export.scope(COMPOST).key
    assert brief(stream.of_scope(key, after=1)) == [("page", "edited", "Pile")]
    assert len(list(stream.of_scope(key))) == 3
    assert list(stream.of_scope(key, after=2)) == []


async def test_a_page_is_read_with_its_comments_and_the_runs_that_committed(notion, export):
    stream = await changed(notion, export)
    found = list(stream.of_page(BED))
    assert brief(event for _, event in found) == [
        ("page", "created", "Bed 1"),
        ("page", "edited", "First bed"),
        ("comment", "added", ""),
    ]
    assert [commit.run_id for commit, _ in found] == ["first", "third", "third"]


async def test_everything_since_a_time(notion, export):
    stream = await changed(notion, export)
    first = max(commit.committed_at for commit in stream.commits() if commit.run_id == "first")
    assert [title for _, _, title in brief(stream.since(first))] == ["Pile", "First bed", ""]
    second = export.commits.head(export.scope(COMPOST).key).committed_at
    assert [title for _, _, title in brief(stream.since(first, until=second))] == ["Pile"]


@pytest.mark.parametrize("limit", [1, 3, 7, 1000])
async def test_pages_of_the_stream_join_without_gap_or_repetition(notion, export, limit):
    stream = await changed(notion, export)
    whole = [
        event
        for commit in stream.commits()
        for event in stream.of_scope(commit.scope, after=commit.seq - 1)
        if event.seq == commit.seq
    ]
    found, cursor, more = [], "", True
    while more:
        page = stream.read(cursor, limit=limit)
        assert len(page.events) <= limit
        found, cursor, more = [*found, *page.events], page.cursor, page.more
    assert found == whole
    assert stream.read(cursor).events == []
    notion.control.change("add_row", data_source_id=SOURCE, title="Basil")
    await export.run()
    assert brief(stream.read(cursor).events) == [("page", "created", "Basil")]


async def test_a_cursor_of_nobody_is_refused(export):
    with pytest.raises(ConfigurationError, match="no position"):
        EventStream(export.storage).read("yesterday")


async def test_a_conflict_names_both_runs(notion, export):
    await export.run(run_id="first")
    notion.control.change("rename", object_id=BED, title="Renamed")
    scope = export.scope(GARDEN)
    await export.run(run_id="the search sees it")
    notion.control.change("rename", object_id=BED, title="Renamed again")
    head = export.commits.head(scope.key)

    def overtaken(step):
        if step == "manifest":
            export.commits.create(_next(head))

    report = await export.run(overtaken, run_id="the slow run")
    error = report.errors[scope.key]
    assert isinstance(error, CommitConflictError)
    assert (error.run, error.holder_run) == ("the slow run", "the fast run")
    assert "the slow run" in str(error)
    assert "the fast run" in str(error)


def _next(head):
    import dataclasses

    return dataclasses.replace(head, seq=head.seq + 1, base=head.seq, run_id="the fast run", outbox=None)

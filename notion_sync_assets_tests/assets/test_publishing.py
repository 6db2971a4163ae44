"""``page_versions``: each committed change of a page is one materialization, whatever is interrupted or repeated."""

from contextlib import closing

import dagster as dg
import pytest

from notion_sync_assets import failures
from notion_sync_assets.assets import publishing
from notion_sync_assets.assets.publishing import page_materialization, publish_scopes
from notion_sync_assets.assets.scope_events import OUTPUTS, data_version
from notion_sync_assets.core.notion.errors import TransientNotionError
from notion_sync_assets.core.sync import outbox
from notion_sync_assets.core.sync.events import Event
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets_tests.deployment import SMALL_WORLD, deployment

TABLE = "table-0"


def publish(deployed, key, runtime=None):
    return publish_scopes(runtime or deployed.runtime, deployed.instance, deployed.names, [key])


def identities(deployed):
    return [(event.partition, event.tags["notion_sync/seq"]) for event in deployed.events("page_versions")]


def first_row(deployed, key):
    return next(iter(deployed.runtime.snapshot(key).rows()))


def trashed_row(deployed, key):
    (row,) = [row for row in deployed.runtime.snapshot(key).rows() if row.state == "gone"]
    return row


def observed(deployed, asset):
    """How many observations there are of an asset."""
    return len(deployed.instance.fetch_observations(deployed.names.notion(asset), limit=1000).records)


def forget_publication(deployed, key, seq=0):
    """As a process leaves it that is killed between the event log and its own note."""
    outbox.mark_published(deployed.runtime.storage, key, seq)


def committed_only(deployed, key, run_id):
    """Sync a scope, as a process does that is killed before it logs anything; return the results."""
    groups = deployed.runtime.sync(deployed.runtime.known_scopes([key]), run_id)
    return [result for results in groups for result in results]


def stopping_after(monkeypatch, count, error):
    """Let the event log take a batch of ``count`` events and then fail once."""
    monkeypatch.setattr(publishing, "_CHUNK", count)
    log, batches = publishing.log_runless_events, []

    def limited(instance, events, **options):
        batches.append(len(events))
        if len(batches) == 2:
            raise error
        log(instance, events, **options)

    monkeypatch.setattr(publishing, "log_runless_events", limited)


def test_every_page_of_a_first_commit_has_one_event(dagster):
    key = dagster.key(TABLE)
    result = dagster.sync(key)
    events = dagster.events("page_versions")
    assert {event.partition for event in events} == dagster.pages_of(key)
    assert len(events) == len(dagster.pages_of(key)) == 3
    rows = {row.page_id.replace("-", ""): row for row in dagster.runtime.snapshot(key).rows()}
    for event in events:
        row = rows[event.partition]
        assert event.tags["dagster/data_version"] == row.document
        assert event.tags["notion_sync/scope"] == key[-32:]
        assert (event.tags["notion_sync/seq"], event.tags["notion_sync/change"]) == ("1", "created")
        assert event.metadata["title"].value == row.title
        assert event.metadata["notion"].url == row.url
        assert event.metadata["last_edited_time"].value == row.last_edited_time
        assert event.metadata["run"].run_id == result.run_id
        assert "previous_document" not in event.metadata
    assert set(dagster.instance.get_dynamic_partitions("notion_pages")) == dagster.pages_of(key)


def test_a_sync_that_changes_nothing_logs_nothing(dagster):
    key = dagster.key(TABLE)
    dagster.sync(key)
    dagster.sync(key)
    dagster.batch([key])
    assert len(dagster.events("page_versions")) == 3


def test_an_edit_is_one_event_with_the_new_documents_hash(dagster):
    key = dagster.key(TABLE)
    dagster.sync(key)
    before = first_row(dagster, key)
    dagster.emulator.control.change("rename", object_id=before.page_id, title="Renamed")
    dagster.sync(key)
    after = first_row(dagster, key)
    *_, event = dagster.events("page_versions")
    assert len(dagster.events("page_versions")) == 4
    assert event.partition == before.page_id.replace("-", "")
    assert (event.tags["notion_sync/seq"], event.tags["notion_sync/change"]) == ("2", "edited")
    assert event.tags["dagster/data_version"] == after.document != before.document
    assert event.metadata["previous_document"].value == before.document
    assert event.metadata["title"].value == "Renamed"


def test_the_trash_is_one_event_and_only_one(dagster):
    key = dagster.key(TABLE)
    dagster.sync(key)
    page = first_row(dagster, key).page_id
    dagster.emulator.control.change("trash", object_id=page)
    for _ in range(2):
        dagster.index()
        dagster.sync(key)
    history = dagster.events("page_versions", page.replace("-", ""))
    assert [event.tags["notion_sync/change"] for event in history] == ["created", "trashed"]
    created, trashed = (event.tags["dagster/data_version"] for event in history)
    assert created == trashed == trashed_row(dagster, key).document


def test_the_history_of_a_page_is_asked_by_its_partition(dagster):
    key = dagster.key(TABLE)
    dagster.sync(key)
    page = first_row(dagster, key).page_id
    for title in ("Second", "Third"):
        dagster.emulator.control.change("rename", object_id=page, title=title)
        dagster.sync(key)
    history = dagster.events("page_versions", page.replace("-", ""))
    assert [event.metadata["title"].value for event in history][1:] == ["Second", "Third"]
    assert len({event.tags["dagster/data_version"] for event in history}) == 3


def test_what_a_crash_left_unlogged_is_logged_by_the_next_run_and_nothing_twice(dagster, monkeypatch):
    key = dagster.key(TABLE)
    with monkeypatch.context() as patch:
        stopping_after(patch, 2, OSError("killed"))
        with pytest.raises(OSError, match="killed"):
            dagster.sync(key)
    assert len(identities(dagster)) == 2
    assert outbox.published_through(dagster.runtime.storage, key) == 0
    dagster.sync(key)
    assert sorted(identities(dagster)) == [(page, "1") for page in sorted(dagster.pages_of(key))]
    assert outbox.published_through(dagster.runtime.storage, key) == 1


def test_another_attempt_of_the_same_step_logs_nothing_twice(dagster, monkeypatch):
    """The commit is of this very run, and still some of its events are in the log."""
    monkeypatch.setattr(failures, "_FIRST_PAUSE_S", 0.0)
    stopping_after(monkeypatch, 2, TransientNotionError("the log is busy"))
    key = dagster.key(TABLE)
    assert dagster.sync(key).success
    assert sorted(identities(dagster)) == [(page, "1") for page in sorted(dagster.pages_of(key))]


def test_a_note_that_is_behind_makes_nothing_be_logged_twice(dagster):
    key = dagster.key(TABLE)
    dagster.sync(key)
    dagster.emulator.control.change("rename", object_id=first_row(dagster, key).page_id, title="Renamed")
    dagster.sync(key)
    forget_publication(dagster, key)
    assert publish(dagster, key) == 0
    assert len(identities(dagster)) == len(set(identities(dagster))) == 4
    assert outbox.published_through(dagster.runtime.storage, key) == 2


def test_the_batch_publishes_what_earlier_runs_left(dagster):
    key = dagster.key(TABLE)
    (result,) = committed_only(dagster, key, "a run that was killed")
    assert result.changed
    dagster.batch([dagster.key("table-1")])
    logged = {page for page, _ in identities(dagster)}
    assert logged == dagster.pages_of(key) | dagster.pages_of(dagster.key("table-1"))
    for asset in OUTPUTS:
        told = [event for event in dagster.events(asset) if event.partition == key]
        assert [event.tags["dagster/data_version"] for event in told] == [data_version(result.commit)]


def test_the_batch_does_not_repeat_of_a_scope_what_a_killed_run_logged(dagster):
    key = dagster.key(TABLE)
    dagster.batch([key])
    forget_publication(dagster, key)
    dagster.batch([dagster.key("table-1")])
    assert len([event for event in dagster.events("pages") if event.partition == key]) == 1
    assert outbox.published_through(dagster.runtime.storage, key) == 1


def test_many_scopes_are_published_together_each_event_once(dagster, monkeypatch):
    monkeypatch.setattr(publishing, "_CHUNK", 2)
    monkeypatch.setattr(publishing, "_SCOPES_AT_ONCE", 2)
    keys = [scope.key for scope in dagster.runtime.search().scopes]
    for key in keys:
        committed_only(dagster, key, "a run that was killed")
    pages = set().union(*(dagster.pages_of(key) for key in keys))
    count = publish_scopes(dagster.runtime, dagster.instance, dagster.names, keys)
    assert count == len(identities(dagster)) == len(pages)
    for key in keys:
        forget_publication(dagster, key)
    details = [observed(dagster, asset) for asset in ("databases", "files", "pages")]
    assert publish_scopes(dagster.runtime, dagster.instance, dagster.names, keys) == 0
    assert len(identities(dagster)) == len(pages)
    assert [observed(dagster, asset) for asset in ("databases", "files", "pages")] == details
    assert sum(details) > 0


def test_long_histories_and_many_events_are_compared_in_portions(dagster, monkeypatch):
    monkeypatch.setattr(publishing, "_CHUNK", 2)
    fetch, asked = dagster.instance.fetch_materializations, []

    def in_portions(wanted, limit, cursor=None):
        asked.append(cursor)
        return fetch(wanted, limit=1, cursor=cursor)

    key = dagster.key(TABLE)
    dagster.sync(key)
    forget_publication(dagster, key)
    monkeypatch.setattr(dagster.instance, "fetch_materializations", in_portions)
    assert publish(dagster, key) == 0
    assert len(asked) >= 3
    assert any(cursor is not None for cursor in asked)


def test_while_another_process_publishes_a_scope_it_is_left_to_it(dagster, monkeypatch):
    key = dagster.key(TABLE)
    dagster.sync(key)
    before = identities(dagster)
    dagster.emulator.control.change("rename", object_id=first_row(dagster, key).page_id, title="Renamed")
    committed_only(dagster, key, "first")
    log, meanwhile = publishing.log_runless_events, []
    with closing(ExportRuntime(dagster.runtime.settings)) as other:

        def interrupted(instance, events, **options):
            meanwhile.append(publish(dagster, key, other))
            log(instance, events, **options)

        monkeypatch.setattr(publishing, "log_runless_events", interrupted)
        assert publish(dagster, key) == 1
        assert meanwhile == [0]
        assert publish(dagster, key, other) == 0
    assert len(identities(dagster)) == len(before) + 1


def test_a_publisher_that_comes_second_sees_what_the_first_has_noted(dagster, monkeypatch):
    """It must not go on with what was unpublished before it had the lease, or the note would go back."""
    key = dagster.key(TABLE)
    committed_only(dagster, key, "first")
    take, first = dagster.runtime.leases.take, []

    def late(storage, folder, run_id):
        if not first:
            first.append(True)
            with closing(ExportRuntime(dagster.runtime.settings)) as other:
                publish(dagster, key, other)
                page = first_row(dagster, key).page_id
                dagster.emulator.control.change("rename", object_id=page, title="Renamed")
                committed_only(dagster, key, "second")
                publish(dagster, key, other)
        take(storage, folder, run_id)

    monkeypatch.setattr(dagster.runtime.leases, "take", late)
    assert publish(dagster, key) == 0
    assert outbox.published_through(dagster.runtime.storage, key) == 2
    assert len(identities(dagster)) == len(set(identities(dagster))) == 4


def test_what_is_not_known_of_a_page_is_left_out_of_its_event():
    event = Event(
        "work-" + "0" * 32, 1, "page", "1" * 32, "not_found", "Lost", "2026-06-01T00:00:00+00:00", "1" * 32
    )
    told = page_materialization(dg.AssetKey(["notion", "page_versions"]), event, "a run")
    assert set(told.metadata) == {"title", "change", "committed_at", "run"}
    assert "dagster/data_version" not in told.tags


def test_without_page_events_nothing_is_logged_and_nothing_stays_to_be_logged(start_emulator, tmp_path):
    settings = {"dagster.page_events": False}
    with deployment(start_emulator(**SMALL_WORLD), tmp_path / "export", **settings) as silent:
        silent.index()
        key = silent.key(TABLE)
        silent.sync(key)
        assert silent.events("page_versions") == []
        assert not any(outbox.unpublished(silent.runtime.storage, key))
        assert len(silent.events("pages")) == 1

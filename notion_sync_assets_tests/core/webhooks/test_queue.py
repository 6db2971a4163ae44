"""The queue: each id once, bounded, and on the disk when adding returns."""

import stat

import pytest

from notion_sync_assets.core.notion.errors import StorageError
from notion_sync_assets.core.webhooks.batches import BatchBook
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import REMEMBERED_S, Added, EventQueue
from notion_sync_assets_tests.webhook_events import event


@pytest.fixture
def database(tmp_path):
    made = WebhookDatabase(tmp_path / "webhooks")
    yield made
    made.close()


def taken(database, queue):
    """Take everything out, as the sensor does."""
    BatchBook(database).join([(each, []) for each in queue.pending(100)], 0.0)


def test_asking_whether_there_is_one_makes_none(database, tmp_path):
    assert not database.exists()
    assert list(tmp_path.iterdir()) == []


def test_events_come_out_as_they_went_in_oldest_first(database):
    queue = EventQueue(database, 10)
    first, second = event(), event("hologram.projected")
    assert queue.add([first, second], 100.0) == [Added.QUEUED, Added.QUEUED]
    assert [(each.event, each.received_at) for each in queue.pending(10)] == [(first, 100.0), (second, 100.0)]
    assert (queue.state().pending, queue.state().oldest_received_at) == (2, 100.0)


def test_an_id_is_taken_once_in_one_batch_and_across_batches(database):
    queue = EventQueue(database, 10)
    once = event()
    assert queue.add([once, once], 1.0) == [Added.QUEUED, Added.DUPLICATE]
    taken(database, queue)
    assert queue.add([once], 2.0) == [Added.DUPLICATE]
    assert queue.pending(10) == []


def test_an_id_is_forgotten_after_seven_days_and_not_before(database):
    queue = EventQueue(database, 10)
    once = event()
    queue.add([once], 0.0)
    taken(database, queue)
    assert queue.add([once], REMEMBERED_S) == [Added.DUPLICATE]
    assert queue.add([once], REMEMBERED_S + 1) == [Added.QUEUED]


def test_an_event_that_still_waits_is_not_forgotten(database):
    queue = EventQueue(database, 10)
    queue.add([event()], 0.0)
    queue.add([event()], REMEMBERED_S * 2)
    assert queue.state().pending == 2


def test_a_full_queue_takes_no_more_until_there_is_room(database):
    queue = EventQueue(database, 2)
    events = [event() for _ in range(3)]
    assert queue.add(events, 1.0) == [Added.QUEUED, Added.QUEUED, Added.FULL]
    assert queue.add([events[0], events[2]], 2.0) == [Added.DUPLICATE, Added.FULL]
    taken(database, queue)
    assert queue.add([events[2]], 3.0) == [Added.QUEUED]


def test_another_connection_sees_what_was_added_and_the_file_is_its_owners(database, tmp_path):
    EventQueue(database, 10).add([event()], 1.0)
    other = WebhookDatabase(tmp_path / "webhooks")
    assert EventQueue(other, 10).state().pending == 1
    other.close()
    with database.transaction() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "webhooks").glob("queue*")}
    assert modes == {0o600}


def test_a_file_that_is_no_database_is_an_error_of_the_storage(tmp_path):
    (tmp_path / "queue.sqlite").write_bytes(b"something else entirely, long enough to be read as a page" * 20)
    database = WebhookDatabase(tmp_path)
    with pytest.raises(StorageError, match="queue of webhooks"):
        EventQueue(database, 10).add([event()], 1.0)
    database.close()

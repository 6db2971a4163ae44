"""Batches: every event in exactly one, one run of a scope at a time, a failure tried again, then given up."""

import pytest

from notion_sync_assets.core.webhooks.batches import MAX_ATTEMPTS, BatchBook, Route
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets_tests.webhook_events import event


@pytest.fixture
def database(tmp_path):
    made = WebhookDatabase(tmp_path)
    yield made
    made.close()


@pytest.fixture
def book(database):
    return BatchBook(database)


@pytest.fixture
def come(database, book):
    """Queue one event per route and let them join."""

    def joined(*routes):
        queue = EventQueue(database, 1000)
        queue.add([event() for _ in routes], 1.0)
        book.join([(each, [route]) for each, route in zip(queue.pending(100), routes, strict=True)], 2.0)
        assert queue.state().pending == 0

    return joined


def route(scope, *objects):
    return Route(scope, frozenset(objects))


def test_what_comes_before_the_run_is_asked_for_joins_its_batch(come, book):
    come(route("a", "2"), route("a", "1"), route("b", "3"))
    come(route("a", "4"))
    requested = book.request(25, 3.0)
    assert [(each.scope, each.objects) for each in requested] == [("a", ("1", "2", "4")), ("b", ("3",))]
    assert len({each.run_key for each in requested}) == 2


def test_what_comes_after_it_waits_until_that_run_has_ended(come, book):
    come(route("a", "1"))
    (first,) = book.request(25, 3.0)
    come(route("a", "2"))
    assert book.request(25, 4.0) == []
    book.finish({first.number: True}, 5.0)
    (second,) = book.request(25, 6.0)
    assert second.objects == ("2",)


def test_no_more_are_asked_for_than_allowed_and_the_oldest_come_first(come, book):
    come(route("a", "1"), route("b", "2"), route("c", "3"))
    assert [each.scope for each in book.request(2, 3.0)] == ["a", "b"]
    assert [each.scope for each in book.request(2, 3.0)] == ["c"]
    assert [each.scope for each in book.requested()] == ["a", "b", "c"]


def test_a_failure_is_asked_for_again_under_a_new_key_and_at_last_given_up(come, book):
    come(route("a", "1"))
    (batch,) = book.request(25, 3.0)
    keys = {batch.run_key}
    for _ in range(MAX_ATTEMPTS - 1):
        (batch,) = book.finish({batch.number: False}, 4.0)
        keys.add(batch.run_key)
    assert len(keys) == MAX_ATTEMPTS
    assert book.finish({batch.number: False}, 5.0) == []
    assert (book.counts()["given_up"], book.requested()) == (1, [])


def test_a_run_that_is_told_of_twice_counts_once(come, book):
    come(route("a", "1"))
    (batch,) = book.request(25, 3.0)
    book.finish({batch.number: True}, 4.0)
    assert book.finish({batch.number: False}, 5.0) == []
    assert book.counts()["done"] == 1


def test_finished_batches_are_forgotten_after_a_week(come, book):
    come(route("a", "1"))
    (batch,) = book.request(25, 3.0)
    book.finish({batch.number: True}, 4.0)
    book.finish({}, 4.0 + 8 * 86_400)
    assert book.counts() == {"waiting": 0, "requested": 0, "done": 0, "given_up": 0}

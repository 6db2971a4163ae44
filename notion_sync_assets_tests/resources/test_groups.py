"""Results are handed on in groups: none lost, none twice, in their order, and a late one does not wait."""

import queue
import threading

import pytest

from notion_sync_assets.resources import groups
from notion_sync_assets.resources.groups import in_groups


@pytest.fixture
def arriving():
    return queue.SimpleQueue()


def put(arriving, *items):
    for item in items:
        arriving.put(item)


def test_what_is_there_is_one_group(arriving):
    put(arriving, 1, 2, 3, None)
    assert list(in_groups(arriving)) == [[1, 2, 3]]


def test_without_results_there_is_no_group(arriving):
    put(arriving, None)
    assert list(in_groups(arriving)) == []


def test_what_arrives_soon_after_a_group_waits_for_more(arriving):
    put(arriving, 1)
    found = in_groups(arriving)
    assert next(found) == [1]
    put(arriving, 2)
    later = threading.Timer(0.05, put, (arriving, 3, 4))
    later.start()
    assert next(found) == [2, 3, 4]
    later.join()
    put(arriving, 5, None)
    assert list(found) == [[5]]


def test_what_arrives_late_is_handed_on_at_once(arriving, monkeypatch):
    monkeypatch.setattr(groups, "TOGETHER_S", 0.0)
    found = in_groups(arriving)
    for item in (1, 2, 3):
        put(arriving, item)
        assert next(found) == [item]
    put(arriving, None)
    assert list(found) == []

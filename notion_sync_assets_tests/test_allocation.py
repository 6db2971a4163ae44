"""What refers to itself goes when memory is given back, once imports are frozen, and not more often than once a second."""

import gc
import weakref

import pytest

from notion_sync_assets.allocation import _Memory


class Knot:
    """An object that refers to itself, which only the collector frees."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def _no_collector_of_its_own():
    gc.disable()
    yield
    gc.enable()


def test_garbage_that_refers_to_itself_is_given_back_once_imports_are_frozen():
    memory = _Memory()
    memory.freeze_imports()
    knot = weakref.ref(Knot())
    assert knot() is not None
    memory.give_back()
    assert knot() is None


def test_a_second_call_within_a_second_does_nothing():
    memory = _Memory()
    memory.freeze_imports()
    memory.give_back()
    knot = weakref.ref(Knot())
    memory.give_back()
    assert knot() is not None


def test_without_frozen_imports_the_collector_is_not_asked():
    memory = _Memory()
    knot = weakref.ref(Knot())
    memory.give_back()
    assert knot() is not None

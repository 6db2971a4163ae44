"""The error tree: who is whose child, and what everyone can be told."""

import inspect

import pytest

from notion_sync_assets.core.notion import errors
from notion_sync_assets.core.notion.errors import (
    CommitConflictError,
    ConfigurationError,
    LeaseHeldError,
    NotionSyncError,
    NotionUnavailableError,
    ObjectNotFoundError,
    PermanentNotionError,
    StorageError,
    TransientNotionError,
)

EVERY_ERROR = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", EVERY_ERROR)
def test_every_error_belongs_to_the_tree_and_is_drawn_in_it(kind):
    assert issubclass(kind, NotionSyncError)
    assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize("kind", EVERY_ERROR)
def test_every_error_tells_the_person_what_to_do(kind):
    assert len(kind.hint) > 20


def test_a_hint_of_its_own_replaces_the_classes():
    assert ConfigurationError("x", hint="do this").hint == "do this"
    assert ConfigurationError("x").hint == ConfigurationError.hint


def test_later_and_never_are_told_apart():
    assert issubclass(NotionUnavailableError, TransientNotionError)
    assert issubclass(ObjectNotFoundError, PermanentNotionError)
    assert not issubclass(TransientNotionError, PermanentNotionError)
    assert not issubclass(StorageError, TransientNotionError | PermanentNotionError)


def test_a_held_lease_names_its_holder():
    error = LeaseHeldError("export", host="a-host", pid=7, run="r1")
    assert (error.holder, error.host, error.pid, error.run) == ("export", "a-host", 7, "r1")
    assert "a-host" in str(error)


def test_a_lost_commit_names_both_numbers_and_the_winner():
    error = CommitConflictError(4, 5, "r2")
    assert (error.expected, error.found, error.holder_run) == (4, 5, "r2")
    assert "r2" in str(error)

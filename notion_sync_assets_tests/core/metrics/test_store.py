"""Accounts of processes: added up once each, whoever is interrupted and whenever they are folded."""

import pytest

from notion_sync_assets.core.metrics.activity import Account
from notion_sync_assets.core.metrics.store import FOLDED_AFTER_S, AccountStore, AccountWriter
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.local import LocalStorage

PAGES = "pages"


@pytest.fixture
def storage(tmp_path):
    made = LocalStorage(tmp_path)
    made.prepare()
    return made


def account(at, count, **latest):
    return Account(at, {PAGES: {("new",): float(count)}}, latest, {"run_peak_memory_bytes": 5.0})


def pages(storage):
    return AccountStore(storage).total().counters.get(PAGES, {}).get(("new",), 0.0)


def names(storage):
    return storage.names(layout.RUN_METRICS)


def test_processes_are_added_and_a_process_replaces_its_own(storage):
    first, second = AccountWriter(storage), AccountWriter(storage)
    first.push(account(1.0, 3))
    first.push(account(2.0, 5))
    second.push(account(3.0, 10))
    assert pages(storage) == 15
    assert len(names(storage)) == 2


def test_what_no_longer_moves_is_folded_into_one_object_and_counted_as_before(storage):
    for at in range(5):
        AccountWriter(storage).push(account(float(at), 2, complete_ended_at=float(at)))
    AccountWriter(storage).push(account(FOLDED_AFTER_S * 2, 1))
    AccountStore(storage).fold(FOLDED_AFTER_S * 2)
    assert pages(storage) == 11
    assert [name.startswith("folded-") for name in names(storage)].count(True) == 1
    assert len(names(storage)) == 2
    assert AccountStore(storage).total().latest == {"complete_ended_at": 4.0}
    assert [each.updated_at for each in AccountStore(storage).current()] == [FOLDED_AFTER_S * 2]


def test_a_process_that_moves_again_after_it_was_folded_is_counted_once(storage):
    writer = AccountWriter(storage)
    writer.push(account(0.0, 4))
    AccountStore(storage).fold(FOLDED_AFTER_S + 1)
    writer.push(account(FOLDED_AFTER_S + 2, 7))
    assert pages(storage) == 7
    writer.push(account(FOLDED_AFTER_S + 3, 9))
    AccountStore(storage).fold(FOLDED_AFTER_S * 3)
    assert pages(storage) == 9


@pytest.mark.parametrize("deleted", [0, 1])
def test_a_fold_that_is_broken_off_counts_nothing_twice_and_is_finished_by_the_next(
    storage, monkeypatch, deleted
):
    for _ in range(3):
        AccountWriter(storage).push(account(0.0, 2))
    remaining, delete = [deleted], LocalStorage.delete

    def broken(self, path):
        if not remaining[0]:
            raise OSError("killed here")
        remaining[0] -= 1
        delete(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "delete", broken)
        with pytest.raises(OSError, match="killed here"):
            AccountStore(storage).fold(FOLDED_AFTER_S + 1)
    assert pages(storage) == 6
    AccountWriter(storage).push(account(1.0, 1))
    AccountStore(storage).fold(FOLDED_AFTER_S * 3)
    assert (pages(storage), len(names(storage))) == (7, 1)


def test_two_who_fold_at_once_fold_once(storage, monkeypatch):
    AccountWriter(storage).push(account(0.0, 2))
    create = LocalStorage.create

    def outrun(self, path, data):
        with monkeypatch.context() as patch:
            patch.setattr(LocalStorage, "create", create)
            AccountStore(storage).fold(FOLDED_AFTER_S + 1)
        return create(self, path, data)

    monkeypatch.setattr(LocalStorage, "create", outrun)
    AccountStore(storage).fold(FOLDED_AFTER_S + 1)
    assert pages(storage) == 2


def test_nothing_counted_is_nothing(storage):
    AccountStore(storage).fold(1e9)
    assert AccountStore(storage).total() == Account(0.0)
    assert names(storage) == []

import os
import socket
import subprocess
import sys
import threading

import psutil
import pytest

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion.errors import LeaseHeldError, StorageError
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.lease import Lease, LeaseKeeper, held

FOLDER = "state/scopes/x/lease"


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def acquire(storage, clock, run="run", ttl=20.0):
    return Lease.acquire(storage, FOLDER, run_id=run, ttl=ttl, clock=clock)


def write_holder(storage, **values):
    started = psutil.Process(os.getpid()).create_time()
    holder = {"token": "t", "host": socket.gethostname(), "pid": os.getpid(), "process_started": started}
    storage.write(
        f"{FOLDER}/000007.json",
        canonical_bytes({**holder, "run_id": "theirs", "expires_at": 1010.0, **values}),
    )


def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_released_lease_leaves_nothing(storage, clock):
    acquire(storage, clock).release()
    assert storage.names(FOLDER) == []
    acquire(storage, clock).release()


def test_a_lease_of_a_living_process_is_held_and_says_by_whom(storage, clock):
    acquire(storage, clock, run="first")
    with pytest.raises(LeaseHeldError, match=f"process {os.getpid()} on {socket.gethostname()}, run first"):
        acquire(storage, clock)


def test_a_lease_of_a_dead_process_is_taken_at_once(storage, clock):
    write_holder(storage, pid=dead_pid())
    assert acquire(storage, clock).holder.pid == os.getpid()
    assert storage.names(FOLDER) == ["000008.json"]


def test_a_number_given_to_another_process_since_is_a_dead_holder(storage, clock):
    write_holder(storage, process_started=1.0)
    acquire(storage, clock)


def test_a_lease_of_another_host_is_held_until_it_expires(storage, clock):
    write_holder(storage, host="elsewhere", pid=1)
    with pytest.raises(LeaseHeldError, match="on elsewhere, run theirs"):
        acquire(storage, clock)
    clock.now = 1010.0
    acquire(storage, clock)


def test_of_many_takers_one_wins(storage, clock):
    write_holder(storage, expires_at=0.0)
    start, won, lost = threading.Barrier(6), [], []

    def take(number):
        start.wait()
        try:
            won.append(acquire(storage, clock, run=str(number)))
        except LeaseHeldError:
            lost.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)
    assert storage.names(FOLDER) == ["000008.json"]


def test_a_taken_lease_is_neither_renewed_nor_released_by_its_old_holder(storage, clock):
    old = acquire(storage, clock)
    clock.now += 21
    new = acquire(storage, clock, run="new")
    assert not old.renew(clock.now + 20)
    old.release()
    assert new.renew(clock.now + 20)
    with pytest.raises(LeaseHeldError, match="run new"):
        acquire(storage, clock)


def test_a_renewal_extends_the_lease(storage, clock):
    lease = acquire(storage, clock)
    assert lease.renew(clock.now + 40)
    clock.now += 30
    assert not lease.holder.ended(clock.now)


def test_a_full_disk_does_not_end_a_lease(storage, clock, monkeypatch):
    lease = acquire(storage, clock)

    def full(*_args, **_options):
        raise StorageError("the disk is full")

    monkeypatch.setattr(storage, "write", full)
    assert lease.renew(clock.now + 40)


def test_the_keeper_renews_until_it_gives_back(storage):
    keeper = LeaseKeeper(0.1)
    keeper.take(storage, FOLDER, "run")
    first = storage.read(f"{FOLDER}/000001.json")
    waited = threading.Event()
    for _ in range(200):
        if storage.read(f"{FOLDER}/000001.json") != first:
            break
        waited.wait(0.01)
    assert storage.read(f"{FOLDER}/000001.json") != first
    keeper.give_back(FOLDER)
    keeper.give_back(FOLDER)
    assert storage.names(FOLDER) == []
    keeper.close()


def test_the_keeper_forgets_a_lease_it_lost(storage):
    keeper = LeaseKeeper(0.05)
    keeper.take(storage, FOLDER, "run")
    write_holder(storage, expires_at=2e10)
    waited = threading.Event()
    for _ in range(200):
        if not keeper._held:
            break
        waited.wait(0.01)
    keeper.close()
    assert storage.exists(f"{FOLDER}/000007.json")


def test_closing_the_keeper_releases_everything(storage):
    keeper = LeaseKeeper(20)
    keeper.take(storage, FOLDER, "run")
    keeper.close()
    assert storage.names(FOLDER) == []
    LeaseKeeper(20).close()


def test_a_winner_that_is_gone_already_has_no_name():
    assert "another process" in str(held(FOLDER, None))

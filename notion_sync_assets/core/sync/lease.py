"""The lease: who works on a scope (or on the whole export) now.

It saves work; it is not what keeps data safe, which is the exclusive creation of a commit (design §7).
A lease is a folder of numbered records. Taking it over is the exclusive creation of the next number, so of two
processes that find a dead holder exactly one wins, on a local disk and on an object store alike. Hosts compare the
time a record expires with their own clocks, so those that share a store must agree to some seconds.
"""

import contextlib
import dataclasses
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import orjson
import psutil

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion.errors import LeaseHeldError, StorageError
from notion_sync_assets.core.storage.base import Storage

_RENEWALS_PER_TTL = 4


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease. ``expires_at`` and ``process_started`` are seconds since the epoch."""

    token: str
    host: str
    pid: int
    process_started: float
    run_id: str
    expires_at: float

    def ended(self, now: float) -> bool:
        """Tell whether the lease may be taken: expired, or its process on this host has ended."""
        return now >= self.expires_at or (self.host == socket.gethostname() and not self._runs())

    def _runs(self) -> bool:
        try:
            return abs(psutil.Process(self.pid).create_time() - self.process_started) < 1
        except psutil.Error:
            return False


class Lease:
    """One lease, held from construction through :meth:`acquire` until :meth:`release`."""

    def __init__(self, storage: Storage, folder: str, holder: Holder, number: int) -> None:
        self._storage = storage
        self._folder = folder
        self._number = number
        self.holder = holder

    @classmethod
    def acquire(
        cls, storage: Storage, folder: str, *, run_id: str, ttl: float, clock: Callable[[], float] = time.time
    ) -> "Lease":
        """Take the lease in ``folder`` or raise ``LeaseHeldError`` that names the holder. ``ttl``: seconds."""
        holder = _this_process(run_id, clock() + ttl)
        number, current = _newest(storage, folder)
        if current is not None and not current.ended(clock()):
            raise held(folder, current)
        taken = f"{folder}/{number + 1:06d}.json"
        # What a power failure takes away, its holder does not outlive.
        if not storage.create(taken, canonical_bytes(dataclasses.asdict(holder)), durable=False):
            _, winner = _newest(storage, folder)
            raise held(folder, winner)
        for name in storage.names(folder):
            if name < f"{number + 1:06d}.json":
                storage.delete(f"{folder}/{name}")
        return cls(storage, folder, holder, number + 1)

    def renew(self, expires_at: float) -> bool:
        """Extend the lease; False when somebody else has taken it.

        A full disk, or a store that does not answer, delays it to the next time.
        """
        with contextlib.suppress(StorageError):
            if not self._ours():
                return False
            self.holder = dataclasses.replace(self.holder, expires_at=expires_at)
            self._storage.write(self._path, canonical_bytes(dataclasses.asdict(self.holder)), durable=False)
        return True

    def release(self) -> None:
        """End the lease if it is still ours; nothing of it stays."""
        if self._ours():
            self._storage.delete(self._path)

    @property
    def _path(self) -> str:
        return f"{self._folder}/{self._number:06d}.json"

    def _ours(self) -> bool:
        _, newest = _newest(self._storage, self._folder)
        return newest is not None and newest.token == self.holder.token


class LeaseKeeper:
    """Renews every lease of this process from one thread, so that a busy event loop loses none."""

    def __init__(self, ttl: float, clock: Callable[[], float] = time.time) -> None:
        self._ttl = ttl
        self._clock = clock
        self._held: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, storage: Storage, folder: str, run_id: str) -> None:
        """Acquire a lease and keep it until :meth:`give_back`; raises ``LeaseHeldError``."""
        lease = Lease.acquire(storage, folder, run_id=run_id, ttl=self._ttl, clock=self._clock)
        with self._lock:
            self._held[folder] = lease
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew_all, name="lease-keeper", daemon=True)
                self._thread.start()

    def give_back(self, folder: str) -> None:
        """Release a lease taken before."""
        with self._lock:
            lease = self._held.pop(folder, None)
        if lease is not None:
            lease.release()

    def holds(self, folder: str) -> bool:
        """Tell whether this process holds a lease."""
        with self._lock:
            return folder in self._held

    def close(self) -> None:
        """Release everything and end the thread."""
        for folder in list(self._held):
            self.give_back(folder)
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _renew_all(self) -> None:
        while not self._stop.wait(self._ttl / _RENEWALS_PER_TTL):
            with self._lock:
                lost = [
                    name for name, lease in self._held.items() if not lease.renew(self._clock() + self._ttl)
                ]
                for name in lost:
                    del self._held[name]


def current_holder(storage: Storage, folder: str) -> Holder | None:
    """Return who holds the lease in ``folder`` now; None when nobody does, or its holder has ended."""
    _, holder = _newest(storage, folder)
    return None if holder is None or holder.ended(time.time()) else holder


def held(folder: str, holder: Holder | None) -> LeaseHeldError:
    """Return the error that says who holds the lease in ``folder``."""
    if holder is None:
        return LeaseHeldError("another process")
    return LeaseHeldError(
        f"another run of {folder}", host=holder.host, pid=holder.pid, run=holder.run_id or "unknown"
    )


def _this_process(run_id: str, expires_at: float) -> Holder:
    pid = os.getpid()
    return Holder(uuid.uuid4().hex, socket.gethostname(), pid, _started(pid), run_id, expires_at)


@cache
def _started(own_pid: int) -> float:
    return psutil.Process(own_pid).create_time()


def _newest(storage: Storage, folder: str) -> tuple[int, Holder | None]:
    names = [name for name in storage.names(folder) if name.endswith(".json")]
    if not names:
        return 0, None
    try:
        return int(names[-1].removesuffix(".json")), Holder(
            **orjson.loads(storage.read(f"{folder}/{names[-1]}"))
        )
    except FileNotFoundError:
        return _newest(storage, folder)

"""Where the accounts of processes are kept, and how they are added up: one small object per process (docs/adr/0012).

Here: pushing, collecting, folding. Not here: what is counted (``activity``), who asks (``serve``).

A process replaces its own object, so nobody locks anything. Accounts that no longer move are folded into
``folded-<n>.json``, created exclusively: it names what it holds, so that an account is counted once whether its object
is still there or not, and whoever was interrupted.
"""

import contextlib
import uuid
from collections.abc import Iterator

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.metrics.activity import Account, added
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

FOLDED_AFTER_S = 600.0
_FOLDED = "folded-"


class AccountWriter:
    """Keeps the account of this process up to date in the store."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._name = ""
        self._before = Account(0.0)
        self._last = Account(0.0)

    def push(self, account: Account) -> None:
        """Store what this process did so far.

        A process that was silent for long may find its object folded: what follows is an account of its own.
        """
        if not self._name or not self._storage.exists(_path(self._name)):
            self._name, self._before = f"{uuid.uuid4().hex}.json", self._last
        self._storage.write(
            _path(self._name), canonical_bytes(account.less(self._before).to_json()), durable=False
        )
        self._last = account


class AccountStore:
    """All accounts of an export."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def total(self) -> Account:
        """Return the sum of everything ever counted; what is folded meanwhile is read again, and so never missed."""
        while True:
            number, names, sum_ = self._folded()
            total = added([sum_, *(account for _, account in self._single(names))])
            if self._folded()[0] == number:
                return total

    def current(self) -> list[Account]:
        """Return the accounts of single processes that still stand alone, the last active one last."""
        single = self._single(self._folded()[1])
        return sorted((account for _, account in single), key=lambda account: account.updated_at)

    def fold(self, now: float) -> None:
        """Join the accounts that have not moved for 10 minutes; two who do so at once do it once."""
        number, names, sum_ = self._folded()
        self._collect(number, names)
        silent = {
            name: account
            for name, account in self._single(names)
            if now - account.updated_at > FOLDED_AFTER_S
        }
        if not silent:
            return
        joined = added([sum_, *silent.values()]).to_json()
        content = {"names": sorted(silent), "account": joined, "writer": uuid.uuid4().hex}
        if self._storage.create(_path(f"{_FOLDED}{number + 1:08d}.json"), canonical_bytes(content)):
            self._collect(number + 1, frozenset(silent))

    def _collect(self, number: int, names: frozenset[str]) -> None:
        """Remove what fold ``number`` holds. What an interruption left is removed before the next fold forgets it."""
        for name in self._names():
            if name in names or (name.startswith(_FOLDED) and _number(name) < number):
                self._storage.delete(_path(name))

    def _folded(self) -> tuple[int, frozenset[str], Account]:
        newest = max((name for name in self._names() if name.startswith(_FOLDED)), default=None)
        if newest is None:
            return 0, frozenset(), Account(0.0)
        stored = orjson.loads(self._storage.read(_path(newest)))
        return _number(newest), frozenset(stored["names"]), Account.from_json(stored["account"])

    def _single(self, folded: frozenset[str]) -> Iterator[tuple[str, Account]]:
        for name in self._names():
            if not name.startswith(_FOLDED) and name not in folded:
                # Another server may have folded it since.
                with contextlib.suppress(FileNotFoundError):
                    yield name, Account.from_json(orjson.loads(self._storage.read(_path(name))))

    def _names(self) -> list[str]:
        return [name for name in self._storage.names(layout.RUN_METRICS) if name.endswith(".json")]


def _number(name: str) -> int:
    return int(name.removeprefix(_FOLDED).removesuffix(".json"))


def _path(name: str) -> str:
    return f"{layout.RUN_METRICS}/{name}"

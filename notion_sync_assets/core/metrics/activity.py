"""The activity of one process: what it counted itself, and what its clients counted, as one account.

Here: counting, and the account as a value. Not here: where accounts are kept (``store``).
"""

import bisect
import resource
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.metrics import catalogue
from notion_sync_assets.core.metrics.catalogue import BUCKETS_S, Metric
from notion_sync_assets.core.notion.metrics import ClientMetricsSnapshot

Series = dict[str, dict[tuple[str, ...], float]]
"""Metric name → label values → sum."""

_BUCKET, _SUM = "export_duration_bucket", "export_duration_sum"


@dataclass(frozen=True, slots=True)
class Account:
    """What a process did up to ``updated_at`` (seconds since 1970).

    ``counters`` only grow; ``latest`` are times of which the newest counts; ``gauges`` tell how it is now.
    """

    updated_at: float
    counters: Series = field(default_factory=dict)
    latest: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> Json:
        """Return the stored form: label values become lists."""
        counters = {
            name: [[*labels, value] for labels, value in sorted(series.items())]
            for name, series in sorted(self.counters.items())
        }
        return {
            "updated_at": self.updated_at,
            "counters": counters,
            "latest": self.latest,
            "gauges": self.gauges,
        }

    @classmethod
    def from_json(cls, stored: Json) -> "Account":
        """Return the account of its stored form."""
        counters = {
            name: {tuple(row[:-1]): float(row[-1]) for row in rows}
            for name, rows in stored["counters"].items()
        }
        return cls(stored["updated_at"], counters, stored["latest"], stored["gauges"])

    def less(self, earlier: "Account") -> "Account":
        """Return what was counted since an earlier account of the same process."""
        counters = {
            name: {
                labels: value - earlier.counters.get(name, {}).get(labels, 0.0)
                for labels, value in series.items()
            }
            for name, series in self.counters.items()
        }
        return Account(self.updated_at, counters, self.latest, self.gauges)


def added(accounts: Iterable[Account]) -> Account:
    """Return the sum of accounts of different processes; gauges are not added."""
    counters: Series = {}
    latest: dict[str, float] = {}
    updated_at = 0.0
    for account in accounts:
        updated_at = max(updated_at, account.updated_at)
        for name, series in account.counters.items():
            into = counters.setdefault(name, {})
            for labels, value in series.items():
                into[labels] = into.get(labels, 0.0) + value
        for name, at in account.latest.items():
            latest[name] = max(at, latest.get(name, 0.0))
    return Account(updated_at, counters, latest)


class Activity:
    """The counters of one process; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._seconds = 0.0
        self._latest: dict[str, float] = {}

    def count(self, metric: Metric, *labels: str, by: int = 1) -> None:
        """Count something by its labels."""
        with self._lock:
            self._counts[metric.name, labels] += by

    def count_export(self, status: str, began_at: float, ended_at: float) -> None:
        """Count an export that ended with a receipt of this status; times are seconds since 1970."""
        seconds = max(0.0, ended_at - began_at)
        with self._lock:
            self._counts[catalogue.EXPORTS.name, (status,)] += 1
            self._counts[_BUCKET, (str(bisect.bisect_left(BUCKETS_S, seconds)),)] += 1
            self._seconds += seconds
            if status == "complete":
                self._latest = {"complete_began_at": began_at, "complete_ended_at": ended_at}

    def account(self, clients: Sequence[ClientMetricsSnapshot], now: float) -> Account:
        """Return everything so far, with what the clients of this process counted."""
        counters: Series = {}
        with self._lock:
            for (name, labels), count in self._counts.items():
                counters.setdefault(name, {})[labels] = float(count)
            counters[_SUM] = {(): self._seconds}
            latest = dict(self._latest)
        client = added(Account(now, _client_counters(each)) for each in clients)
        return Account(now, counters | client.counters, latest, _gauges(clients))


def duration_buckets(account: Account) -> tuple[list[tuple[float, float]], float]:
    """Return the histogram of export durations: cumulative counts by upper bound (seconds), and the sum."""
    counts = account.counters.get(_BUCKET, {})
    running, buckets = 0.0, []
    for number, bound in enumerate((*BUCKETS_S, float("inf"))):
        running += counts.get((str(number),), 0.0)
        buckets.append((bound, running))
    return buckets, account.counters.get(_SUM, {}).get((), 0.0)


def _client_counters(client: ClientMetricsSnapshot) -> Series:
    by_status: Series = {
        catalogue.API_CALLS.name: {(row.endpoint, row.status): n for row, n in client.calls.items()},
        catalogue.API_REQUESTS.name: {(row.endpoint, row.status): n for row, n in client.requests.items()},
    }
    one = {
        catalogue.API_BYTES: client.received_bytes,
        catalogue.LIMITER_WAITS: client.limiter.waits,
        catalogue.LIMITER_WAIT_SECONDS: client.limiter.waits_s,
        catalogue.OUTAGES: client.outages,
        catalogue.OUTAGE_SECONDS: client.outage_seconds,
    }
    return {
        **by_status,
        catalogue.API_SECONDS.name: _single(client.call_seconds),
        catalogue.API_RETRIES.name: _single(client.retries),
        catalogue.API_REFUSALS.name: _single(client.refusals),
        **{metric.name: {(): float(value)} for metric, value in one.items()},
    }


def _single(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(name,): float(value) for name, value in values.items()}


def _gauges(clients: Sequence[ClientMetricsSnapshot]) -> dict[str, float]:
    found = {catalogue.PEAK_MEMORY.name: float(_peak_memory_bytes())}
    if clients:
        found[catalogue.CIRCUIT_OPEN.name] = float(any(each.circuit_open for each in clients))
        found[catalogue.UTILISATION.name] = clients[-1].limiter.utilisation
    return found


def _peak_memory_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

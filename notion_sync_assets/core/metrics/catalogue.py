"""Every metric by the name Prometheus knows it under (docs/monitoring.md).

Here: names, kinds, labels, help texts. Not here: counting (``activity``), adding up (``store``), the text format
(``serve.metrics_route``). Names follow Prometheus' own rules: base units, ``_total`` for counters.
"""

from dataclasses import dataclass
from typing import Literal

PREFIX = "notion_sync"
BUCKETS_S = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0)
"""Upper bounds of the histogram of export durations, in seconds."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``name`` has no prefix, and no ``_total`` for a counter.

    ``known``: values of its one label that are shown as 0 before they happen: a rate of what was never there is none.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    known: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The name on ``/metrics``; a histogram's series add ``_bucket``, ``_sum`` and ``_count``."""
        return f"{PREFIX}_{self.name}" + ("_total" if self.kind == "counter" else "")


def _counter(name: str, about: str, *labels: str, known: tuple[str, ...] = ()) -> Metric:
    return Metric(name, "counter", labels, about, known)


def _gauge(name: str, about: str, *labels: str) -> Metric:
    return Metric(name, "gauge", labels, about)


EXPORTS = _counter(
    "exports",
    "Exports that ended, by the status of their receipt",
    "status",
    known=("complete", "incomplete", "interrupted", "failed"),
)
EXPORT_SECONDS = Metric("export_duration_seconds", "histogram", (), "How long exports took")
SCOPES = _counter("scopes", "Scopes that were synced", "outcome", known=("changed", "unchanged", "failed"))
PAGES = _counter(
    "pages",
    "Pages that were looked at, by what happened to them",
    "outcome",
    known=("new", "changed", "unchanged", "failed", "gone", "resumed"),
)
API_CALLS = _counter("api_calls", "Calls to Notion, retries not counted", "endpoint", "status")
API_SECONDS = _counter("api_call_seconds", "Time calls to Notion took, waits included", "endpoint")
API_REQUESTS = _counter("api_requests", "Requests to Notion that went over the wire", "endpoint", "status")
API_RETRIES = _counter("api_retries", "Requests that were sent again", "reason")
API_REFUSALS = _counter("api_refusals", "Requests that Notion refused for the rate (429)", "reason")
API_BYTES = _counter("api_received_bytes", "Bytes of answers as they came over the wire")
LIMITER_WAITS = _counter("limiter_waits", "Requests that waited for the shared budget")
LIMITER_WAIT_SECONDS = _counter("limiter_wait_seconds", "Time requests waited for the shared budget")
OUTAGES = _counter("circuit_opened", "Times the circuit opened because Notion gave no answers")
OUTAGE_SECONDS = _counter("circuit_open_seconds", "Time the circuit was open")
FILES = _counter(
    "file_operations", "Hosted files that were asked for", "operation", known=("stored", "known", "failed")
)
FILE_BYTES = _counter("file_bytes", "Bytes of hosted files that were stored anew")

COUNTERS = (
    EXPORTS,
    SCOPES,
    PAGES,
    API_CALLS,
    API_SECONDS,
    API_REQUESTS,
    API_RETRIES,
    API_REFUSALS,
    API_BYTES,
    LIMITER_WAITS,
    LIMITER_WAIT_SECONDS,
    OUTAGES,
    OUTAGE_SECONDS,
    FILES,
    FILE_BYTES,
)
"""Counted by runs, kept when a run has ended."""

LAST_COMPLETE = _gauge("last_complete_export_timestamp_seconds", "When the last complete export ended")
FRESHNESS_LAG = _gauge("freshness_lag_seconds", "Time since the last complete export began to look")
UTILISATION = _gauge("limiter_utilisation_ratio", "Share of the budget the run of last activity used")
LIMITER_LIMIT = _gauge("limiter_limit", "Requests allowed in one window, 0 for no limit")
LIMITER_IN_WINDOW = _gauge("limiter_in_window", "Requests that count against the limit now, of all processes")
LIMITER_MODE = _gauge("limiter_mode", "1 for the way requests are let through now", "mode")
CIRCUIT_OPEN = _gauge("circuit_open", "1 while a run gets no answers from Notion")
ACTIVE_RUNS = _gauge("active_runs", "Processes that worked on the export in the last minute")
PEAK_MEMORY = _gauge("run_peak_memory_bytes", "Largest resident memory of a process of the last minutes")
WEBHOOKS = _counter(
    "webhook_requests",
    "Webhooks since the server started, by what became of them",
    "outcome",
    known=(
        "queued",
        "duplicate",
        "bad_signature",
        "malformed",
        "stale",
        "queue_full",
        "no_secret",
        "not_stored",
    ),
)
QUEUE = _gauge("webhook_queue_events", "Webhook events that wait for the sensor")
QUEUE_CAPACITY = _gauge("webhook_queue_capacity", "Webhook events that may wait")
QUEUE_AGE = _gauge("webhook_queue_oldest_seconds", "How long the oldest event has waited")
BATCHES = _gauge("webhook_batches", "Batches of webhook events of the last 7 days", "state")
HEALTH = _gauge("health_status", "2 healthy, 1 degraded, 0 unhealthy", "component")

GAUGES = (
    LAST_COMPLETE,
    FRESHNESS_LAG,
    UTILISATION,
    LIMITER_LIMIT,
    LIMITER_IN_WINDOW,
    LIMITER_MODE,
    CIRCUIT_OPEN,
    ACTIVE_RUNS,
    PEAK_MEMORY,
    QUEUE,
    QUEUE_CAPACITY,
    QUEUE_AGE,
    BATCHES,
    HEALTH,
)
METRICS = (*COUNTERS, EXPORT_SECONDS, WEBHOOKS, *GAUGES)

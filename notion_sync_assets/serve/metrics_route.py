"""``GET /metrics``: everything of ``core.metrics.catalogue`` in Prometheus' text format.

Here: which figure each metric shows. Not here: counting. Answers are made from files and the shared budget's books;
Notion is not asked.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from notion_sync_assets.core.metrics import catalogue
from notion_sync_assets.core.metrics.activity import Account, duration_buckets
from notion_sync_assets.core.metrics.catalogue import PREFIX, Metric
from notion_sync_assets.core.metrics.store import AccountStore
from notion_sync_assets.core.notion.errors import NotionSyncError
from notion_sync_assets.core.webhooks.batches import BatchBook
from notion_sync_assets.core.webhooks.database import WebhookDatabase
from notion_sync_assets.core.webhooks.queue import EventQueue
from notion_sync_assets.export_root import export_root
from notion_sync_assets.health import Health
from notion_sync_assets.resources.request_budget import budget_if_made
from notion_sync_assets.serve.health_route import HealthRoutes
from notion_sync_assets.serve.webhook_route import WebhookRoute
from notion_sync_assets.settings_model import Settings

_ACTIVE_S = 60.0
_MODES = ("unlimited", "burst", "paced", "blocked")
_log = logging.getLogger(__name__)

Values = Mapping[tuple[str, ...], float]


class MetricsRoute:
    """The endpoint."""

    def __init__(
        self, settings: Settings, database: WebhookDatabase, webhooks: WebhookRoute, health: HealthRoutes
    ) -> None:
        self._health = health
        self._figures = Figures(settings, database, webhooks)
        self._lock = threading.Lock()

    async def get(self, _request: Request) -> Response:
        """Answer one scrape."""
        text = await asyncio.to_thread(self._text, await self._health.current())
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def _text(self, health: Health) -> bytes:
        with self._lock:
            registry = CollectorRegistry()
            ProcessCollector(registry=registry)
            self._figures.health = health
            registry.register(self._figures)
            return generate_latest(registry)


class Figures(Collector):
    """The figures of this moment; a source that cannot be read leaves its metrics out and says so in the log."""

    def __init__(self, settings: Settings, database: WebhookDatabase, webhooks: WebhookRoute) -> None:
        self._settings = settings
        self._database = database
        self._webhooks = webhooks
        self.health = Health({})

    def collect(self) -> Iterator[Family]:
        """Yield every metric."""
        for source in (self._of_runs, self._of_budget, self._of_webhooks, self._of_health):
            try:
                yield from list(source())
            except (NotionSyncError, OSError) as error:
                _log.warning("metrics are incomplete: %s", type(error).__name__)

    def _of_runs(self) -> Iterator[Family]:
        store, now = AccountStore(export_root(self._settings)), time.time()
        store.fold(now)
        total, current = store.total(), store.current()
        for metric in catalogue.COUNTERS:
            yield _family(metric, total.counters.get(metric.name, {} if metric.labels else {(): 0.0}))
        buckets, seconds = duration_buckets(total)
        shown = [("+Inf" if bound == float("inf") else str(bound), count) for bound, count in buckets]
        name = f"{PREFIX}_{catalogue.EXPORT_SECONDS.name}"
        yield HistogramMetricFamily(name, catalogue.EXPORT_SECONDS.help, buckets=shown, sum_value=seconds)
        ended, began = total.latest.get("complete_ended_at"), total.latest.get("complete_began_at")
        yield _family(catalogue.LAST_COMPLETE, _one(ended))
        yield _family(catalogue.FRESHNESS_LAG, _one(None if began is None else now - began))
        yield from _of_processes(current, now)

    def _of_budget(self) -> Iterator[Family]:
        with contextlib.closing(budget_if_made(self._settings)) as budget:
            found = budget.snapshot()
        yield _family(catalogue.LIMITER_LIMIT, _one(found.limit))
        yield _family(catalogue.LIMITER_IN_WINDOW, _one(found.in_window))
        modes = [(mode, float(mode == found.mode)) for mode in _MODES]
        yield _family(catalogue.LIMITER_MODE, _by(modes))

    def _of_webhooks(self) -> Iterator[Family]:
        yield _family(catalogue.WEBHOOKS, _by(self._webhooks.outcomes.items()))
        if not self._database.exists():
            return
        state = EventQueue(self._database, self._settings.serve.queue_events).state()
        oldest = state.oldest_received_at
        yield _family(catalogue.QUEUE, _one(state.pending))
        yield _family(catalogue.QUEUE_CAPACITY, _one(state.capacity))
        yield _family(catalogue.QUEUE_AGE, _one(0.0 if oldest is None else time.time() - oldest))
        yield _family(catalogue.BATCHES, _by(BatchBook(self._database).counts().items()))

    def _of_health(self) -> Iterator[Family]:
        levels = [(name, part.level) for name, part in self.health.parts.items()]
        yield _family(catalogue.HEALTH, _by(levels))


def _of_processes(current: list[Account], now: float) -> Iterator[Family]:
    active = [each for each in current if now - each.updated_at <= _ACTIVE_S]
    is_open = max((each.gauges.get(catalogue.CIRCUIT_OPEN.name, 0.0) for each in active), default=0.0)
    memory = max((each.gauges.get(catalogue.PEAK_MEMORY.name, 0.0) for each in current), default=None)
    used = [
        each.gauges[catalogue.UTILISATION.name]
        for each in current
        if catalogue.UTILISATION.name in each.gauges
    ]
    yield _family(catalogue.ACTIVE_RUNS, _one(len(active)))
    yield _family(catalogue.CIRCUIT_OPEN, _one(is_open))
    yield _family(catalogue.PEAK_MEMORY, _one(memory))
    yield _family(catalogue.UTILISATION, _one(used[-1] if used else None))


def _one(value: float | None) -> Values:
    return {} if value is None else {(): float(value)}


def _by(values: Iterable[tuple[str, float]]) -> Values:
    return {(label,): float(value) for label, value in values}


def _family(metric: Metric, values: Values) -> Family:
    made = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = made(f"{PREFIX}_{metric.name}", metric.help, labels=metric.labels)
    shown: dict[tuple[str, ...], float] = {(each,): 0.0 for each in metric.known}
    shown.update(values)
    for labels, value in sorted(shown.items()):
        family.add_metric(list(labels), value)
    return family

"""The report on requests in receipts and metadata: what was asked of Notion, and how its limit was used.

Here: joining the snapshots of the clients of one process. Not here: counting (``core.notion.metrics``,
``core.ratelimit.tally``), wording (``cli_summary``).

``made``: wire requests, ``by_endpoint`` and ``by_status``; ``calls``: what was asked for, each made once or, after
faults, more often; ``retries`` by cause; ``rejected``: 429s, ``rejected_by_reason`` by Notion's word for whose limit
it was; ``overloaded``: 529s; ``outages``: how often the circuit breaker opened, ``outage_seconds``: how long nobody
got an answer then. With a limit: ``waits`` for it and ``waited_seconds`` in all, and ``utilisation``: accepted
requests over the budget of the windows in which any was made.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.metrics import ClientMetricsSnapshot

_OVERLOADED = "529"


def request_report(snapshots: Sequence[ClientMetricsSnapshot]) -> Json:
    """Return the account of several clients that share one budget."""
    endpoints: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for snapshot in snapshots:
        for row, count in snapshot.requests.items():
            endpoints[row.endpoint] += count
            statuses[row.status] += count
    report: Json = {
        "made": sum(endpoints.values()),
        "calls": sum(snapshot.total_calls for snapshot in snapshots),
        "by_endpoint": dict(sorted(endpoints.items())),
        "by_status": dict(sorted(statuses.items())),
        "retries": _sums([snapshot.retries for snapshot in snapshots]),
        "rejected": sum(snapshot.rejected for snapshot in snapshots),
        "rejected_by_reason": _sums([snapshot.refusals for snapshot in snapshots]),
        "overloaded": statuses[_OVERLOADED],
        "outages": sum(snapshot.outages for snapshot in snapshots),
        "outage_seconds": round(sum(snapshot.outage_seconds for snapshot in snapshots), 3),
    }
    return report | (_limit(snapshots[-1]) if snapshots else {})


def _limit(snapshot: ClientMetricsSnapshot) -> Json:
    budget = snapshot.limiter
    return {
        "waits": budget.waits,
        "waited_seconds": round(budget.waits_s, 3),
        "limit_per_window": budget.limit,
        "window_seconds": budget.window_s,
        "utilisation": round(budget.utilisation, 4),
    }


def _sums(counts: Sequence[Mapping[str, int]]) -> Json:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))

"""The report on requests in receipts and metadata: what was asked of Notion, and how its limit was used.

Here: joining the snapshots of the clients of one process. Not here: counting (``core.notion.metrics``).
"""

from collections import Counter
from collections.abc import Sequence

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.metrics import ClientMetricsSnapshot


def request_report(snapshots: Sequence[ClientMetricsSnapshot]) -> Json:
    """Return ``{"made", "by_endpoint", "by_status", "rejected", "retries", "waited_seconds", "limit", ...}``."""
    endpoints: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    retries: Counter[str] = Counter()
    for snapshot in snapshots:
        for row, count in snapshot.requests.items():
            endpoints[row.endpoint] += count
            statuses[row.status] += count
        retries.update(snapshot.retries)
    report: Json = {
        "made": sum(endpoints.values()),
        "by_endpoint": dict(sorted(endpoints.items())),
        "by_status": dict(sorted(statuses.items())),
        "rejected": sum(snapshot.rejected for snapshot in snapshots),
        "retries": dict(sorted(retries.items())),
    }
    if snapshots:
        budget = snapshots[-1].limiter
        report |= {
            "waited_seconds": round(budget.waits_s, 3),
            "limit_per_window": budget.limit,
            "window_seconds": budget.window_s,
            "utilisation": round(budget.utilisation, 4),
        }
    return report

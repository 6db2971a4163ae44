"""The order of the policies, from the call to the wire.

```
CallMetricsTransport      what the exporter asked for, with its final status
CircuitBreakerTransport   an outage makes calls wait instead of failing pages
RetryTransport            one call's own bad luck
LimiterTransport          the budget every process with this token shares
WireMetricsTransport      what really went over the network
wire                      httpx.AsyncHTTPTransport
```

Belongs here: the order alone. The limiter is inside the retries since each try is a request that Notion
counts; the breaker is outside since it judges calls, not single tries.
"""

from collections.abc import Awaitable, Callable

import httpx

from notion_sync_assets.core.notion.config import NotionClientConfig
from notion_sync_assets.core.notion.metrics import ClientMetrics
from notion_sync_assets.core.notion.transports.circuit import CircuitBreakerTransport
from notion_sync_assets.core.notion.transports.limiter import LimiterTransport
from notion_sync_assets.core.notion.transports.metrics import CallMetricsTransport, WireMetricsTransport
from notion_sync_assets.core.notion.transports.retry import RetryTransport
from notion_sync_assets.core.ratelimit.interface import RateLimiter


def policies(
    wire: httpx.AsyncBaseTransport,
    *,
    config: NotionClientConfig,
    limiter: RateLimiter,
    metrics: ClientMetrics,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> httpx.AsyncBaseTransport:
    """`wire` with every policy around it; closing the result closes the wire."""
    measured = WireMetricsTransport(wire, metrics, clock=clock)
    limited = LimiterTransport(measured, limiter, on_refusal=metrics.count_refusal, clock=clock, sleep=sleep)
    retried = RetryTransport(limited, attempts=config.attempts, on_retry=metrics.count_retry, sleep=sleep)
    guarded = CircuitBreakerTransport(
        retried,
        rules=config.outage,
        on_open=metrics.count_outage,
        on_close=metrics.count_outage_seconds,
        clock=clock,
        sleep=sleep,
    )
    return CallMetricsTransport(guarded, metrics, clock=clock)

"""What is counted at the two ends of the stack."""

import asyncio

import httpx
import pytest

from notion_sync_assets.core.notion.metrics import ClientMetrics, EndpointStatus
from notion_sync_assets.core.notion.transports.metrics import CallMetricsTransport, WireMetricsTransport
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets_tests.core.notion.transports.scripted import Scripted, error, ok, request
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual

PAGES = "GET /v1/pages/{id}"


class Slow(Scripted):
    async def handle_async_request(self, request):
        await asyncio.sleep(2)
        return await super().handle_async_request(request)


def _counted(layer, *steps):
    async def main():
        metrics = ClientMetrics()
        transport = layer(Slow(*steps), metrics, clock=clock)
        for _ in steps:
            try:
                response = await transport.handle_async_request(request())
                await response.aread()
                await response.aclose()
            except httpx.TransportError:
                continue
        return metrics.snapshot(MemoryLimiter(1, clock=clock).snapshot())

    return run_virtual(main())


STEPS = (ok(), error(429, "rate_limited"), ok(), httpx.ReadTimeout("slow"))
COUNTS = {
    EndpointStatus(PAGES, "200"): 2,
    EndpointStatus(PAGES, "429"): 1,
    EndpointStatus(PAGES, "ReadTimeout"): 1,
}


def test_wire_requests_are_counted_by_endpoint_and_status_with_time_and_bytes():
    seen = _counted(WireMetricsTransport, *STEPS)
    assert seen.requests == COUNTS
    assert (seen.total_requests, seen.rejected, seen.total_calls) == (4, 1, 0)
    assert seen.request_seconds == {PAGES: 8.0}
    assert seen.received_bytes == sum(len(step.content) for step in STEPS[:3])


def test_calls_are_counted_by_endpoint_and_final_status_with_the_time_waited():
    seen = _counted(CallMetricsTransport, *STEPS)
    assert seen.calls == COUNTS
    assert (seen.total_calls, seen.total_requests) == (4, 0)
    assert seen.call_seconds == {PAGES: 8.0}


@pytest.mark.parametrize("layer", [CallMetricsTransport, WireMetricsTransport])
def test_cancelled_requests_are_counted_as_such(layer):
    async def main():
        metrics = ClientMetrics()
        call = asyncio.create_task(layer(Slow(ok()), metrics, clock=clock).handle_async_request(request()))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return metrics.snapshot(MemoryLimiter(1, clock=clock).snapshot())

    seen = run_virtual(main())
    assert {row.status for row in [*seen.calls, *seen.requests]} == {"cancelled"}


def test_a_snapshot_does_not_change_afterwards():
    metrics = ClientMetrics()
    limiter = MemoryLimiter(1)
    metrics.count_retry("500")
    before = metrics.snapshot(limiter.snapshot())
    metrics.count_retry("500")
    assert before.retries == {"500": 1}


def test_closing_the_outermost_layer_closes_the_wire():
    inner = Scripted(ok())
    metrics = ClientMetrics()
    asyncio.run(CallMetricsTransport(WireMetricsTransport(inner, metrics), metrics).aclose())
    assert inner.closed

"""A permit per request, and refusals passed on to everyone."""

import asyncio

import httpx
import pytest

from notion_sync_assets.core.notion.transports.limiter import ENDPOINT_LIMIT, LimiterTransport
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter
from notion_sync_assets_tests.core.notion.transports.scripted import CutStream, Scripted, error, ok, request
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual


def _after(*steps, calls=1, limit=10):
    async def main():
        limiter = MemoryLimiter(limit, clock=clock)
        transport = LimiterTransport(Scripted(*steps), limiter)
        for _ in range(calls):
            try:
                await transport.handle_async_request(request())
            except httpx.TransportError:
                continue
        return limiter.snapshot(), limiter

    return run_virtual(main())[0]


@pytest.mark.parametrize("step", [ok(), error(500), httpx.ReadError("reset")])
def test_a_request_gives_its_permit_back_however_it_ends(step):
    state = _after(step, calls=3)
    assert (state.in_window, state.accepted, state.mode) == (3, 3, "burst")


def test_a_cancelled_request_gives_its_permit_back_too():
    async def main():
        limiter = MemoryLimiter(1, 1.0, clock=clock)

        class Slow(Scripted):
            async def handle_async_request(self, request):
                await asyncio.sleep(1_000)
                return await super().handle_async_request(request)

        call = asyncio.create_task(LimiterTransport(Slow(ok()), limiter).handle_async_request(request()))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        (await limiter.acquire()).done()
        return clock() - 1_000.0

    assert run_virtual(main()) < 2.1


@pytest.mark.parametrize(
    ("answer", "mode", "rejected"),
    [
        (error(429, "rate_limited", {"retry-after": "30"}), "blocked", 1),
        (error(429, "rate_limited"), "blocked", 1),
        (error(429, "rate_limited", retry_after=30), "blocked", 1),
        (error(529, "service_overload", {"retry-after": "30"}), "blocked", 0),
        (error(529, "service_overload"), "burst", 0),
        (error(503, "service_unavailable", {"retry-after": "30"}), "burst", 0),
        (error(429, "rate_limited", rate_limit_reason="public_api_request_blocked"), "burst", 1),
    ],
    ids=["429", "429 without time", "429 time in body", "529", "529 without time", "503", "blocked"],
)
def test_only_what_asks_everyone_to_wait_makes_everyone_wait(answer, mode, rejected):
    state = _after(answer)
    assert (state.mode, state.rejected) == (mode, rejected)


def test_the_limit_of_an_endpoint_holds_up_that_endpoint_and_no_other():
    refusal = error(429, "rate_limited", {"retry-after": "90"}, rate_limit_reason=ENDPOINT_LIMIT)

    async def main():
        limiter = MemoryLimiter(10, clock=clock)
        transport = LimiterTransport(Scripted(refusal, ok()), limiter, clock=clock)
        ended = {}

        async def call(name, path):
            await transport.handle_async_request(request(url=f"https://n.test/v1/{path}"))
            ended[name] = clock() - 1_000.0

        await call("refused", "pages/1")
        await asyncio.gather(call("same", "pages/2"), call("other", "blocks/1/children"))
        return ended, limiter.snapshot()

    ended, state = run_virtual(main())
    assert ended == {"refused": 0.0, "same": 90.0, "other": 0.0}
    assert (state.mode, state.rejected) == ("burst", 1)


def test_the_reasons_of_refusals_are_told_apart():
    heard = []

    async def main():
        steps = [
            error(429, "rate_limited", rate_limit_reason="public_api_request_rate_limit"),
            error(429, "rate_limited", rate_limit_reason="public_api_space_request_rate_limit"),
            error(429, "rate_limited"),
            error(529, "service_overload"),
            ok(),
        ]
        limiter = MemoryLimiter(10, clock=clock)
        transport = LimiterTransport(Scripted(*steps), limiter, on_refusal=heard.append, clock=clock)
        for _ in steps:
            await transport.handle_async_request(request())

    run_virtual(main())
    assert heard == ["public_api_request_rate_limit", "public_api_space_request_rate_limit", None]


def test_the_body_of_a_refusal_can_still_be_read_by_the_next_layer():
    async def main():
        transport = LimiterTransport(Scripted(error(429, "rate_limited")), MemoryLimiter(5, clock=clock))
        response = await transport.handle_async_request(request())
        return await response.aread()

    assert b"rate_limited" in run_virtual(main())


def test_a_refusal_whose_body_breaks_still_counts():
    async def main():
        limiter = MemoryLimiter(5, clock=clock)

        class Broken(Scripted):
            async def handle_async_request(self, request):
                response = await super().handle_async_request(request)
                response.stream = CutStream()
                return response

        await LimiterTransport(
            Broken(error(429, "rate_limited", {"retry-after": "9"})), limiter
        ).handle_async_request(request())
        return limiter.snapshot().mode

    assert run_virtual(main()) == "blocked"

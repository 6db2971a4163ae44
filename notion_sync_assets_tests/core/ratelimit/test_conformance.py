"""What every limiter must do, whichever backend keeps its budget."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notion_sync_assets_tests.core.ratelimit.backends import memory
from notion_sync_assets_tests.core.ratelimit.servers import (
    Crawl,
    FixedWindows,
    Moody,
    SlidingWindow,
    TokenBucket,
)
from notion_sync_assets_tests.core.ratelimit.virtual_time import clock, run_virtual

BACKENDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.system)]
backends = pytest.mark.parametrize("backend", BACKENDS, indirect=True)


async def _send(limiter):
    permit = await limiter.acquire()
    permit.done()
    return clock()


@backends
def test_a_whole_budget_may_be_spent_at_once(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 5)
        start = clock()
        return [await _send(limiter) - start for _ in range(6)]

    times = run_virtual(main())
    assert times[:5] == [0.0] * 5
    assert 60.0 < times[5] < 60.1


@backends
def test_a_request_counts_from_its_end_and_not_from_its_start(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 1)
        start = clock()
        permit = await limiter.acquire()
        await asyncio.sleep(10)
        permit.done()
        return await _send(limiter) - start

    assert 70.0 < run_virtual(main()) < 70.1


@backends
def test_requests_in_flight_count_too(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 2)
        permits = [await limiter.acquire() for _ in range(2)]
        third = asyncio.create_task(_send(limiter))
        await asyncio.sleep(70)
        assert not third.done()
        for permit in permits:
            permit.done()
        return await third - 1_000.0

    assert 130.0 < run_virtual(main()) < 130.2


@backends
def test_a_permit_is_given_back_once_only(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 2)
        permit = await limiter.acquire()
        permit.done()
        permit.done(accepted=False)
        return limiter.snapshot()

    state = run_virtual(main())
    assert (state.in_window, state.accepted, state.rejected) == (1, 1, 0)


@backends
def test_waiters_are_served_in_the_order_they_came(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 1, 1.0)
        order = []

        async def wait(name):
            await _send(limiter)
            order.append(name)

        await asyncio.gather(*(wait(name) for name in range(6)))
        return order

    assert run_virtual(main()) == list(range(6))


@backends
def test_a_cancelled_waiter_leaves_no_gap(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 1, 10.0)
        await _send(limiter)
        waiting = [asyncio.create_task(_send(limiter)) for _ in range(4)]
        await asyncio.sleep(1)
        waiting[0].cancel()
        waiting[2].cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        return [moment - 1_000.0 for moment in done if isinstance(moment, float)]

    first, second = run_virtual(main())
    assert 10.0 < first < 10.1
    assert 20.0 < second < 20.1


@backends
@pytest.mark.parametrize("limit", [0, None])
def test_without_a_limit_nobody_waits(backend, limit, tmp_path):
    async def main():
        limiter = backend(tmp_path, limit)
        for _ in range(300):
            await _send(limiter)
        return clock() - 1_000.0, limiter.snapshot()

    lasted, state = run_virtual(main())
    assert lasted == 0.0
    assert (state.mode, state.utilisation, state.accepted) == ("unlimited", 0.0, 300)


@backends
def test_everyone_waits_out_a_retry_after_longer_than_a_window(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 100)
        permit = await limiter.acquire()
        permit.done(accepted=False)
        limiter.penalize(400, "public_api_space_request_rate_limit", sent_at=permit.sent_at)
        assert limiter.snapshot().mode == "blocked"
        return await asyncio.gather(*(_send(limiter) for _ in range(3)))

    first, second, third = run_virtual(main())
    assert first == pytest.approx(1_400.0)
    # limit/window: one every 0.6 s, and no burst
    assert second - first == pytest.approx(0.6, rel=0.01)
    assert third - second == pytest.approx(0.6, rel=0.01)


@backends
def test_a_retry_after_without_a_limit_is_waited_out_as_well(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 0)
        limiter.penalize(30, "public_api_request_rate_limit")
        return await _send(limiter)

    assert run_virtual(main()) == pytest.approx(1_030.0)


@backends
def test_bursts_come_back_after_five_clean_windows(backend, tmp_path):
    async def main():
        limiter = backend(tmp_path, 10)
        limiter.penalize(1, "429")
        modes = []
        for _ in range(52):
            await _send(limiter)
            modes.append(limiter.snapshot().mode)
        return modes

    modes = run_virtual(main())
    assert set(modes[:49]) == {"paced"}
    assert modes[-1] == "burst"


@settings(max_examples=20)
@given(
    phase=st.floats(0, 60),
    fastest=st.floats(0.001, 0.25),
    spread=st.floats(0, 0.25),
    seed=st.integers(0, 99),
    concurrency=st.integers(1, 20),
)
def test_fixed_windows_of_any_phase_refuse_nothing_and_are_used_up(phase, fastest, spread, seed, concurrency):
    server = FixedWindows(20, 60.0, phase)

    async def main():
        limiter = memory(None, 20)
        crawl = Crawl(limiter, server, concurrency, (fastest, fastest + spread), seed)
        await crawl.run(requests=20 * 42)
        return crawl

    crawl = run_virtual(main())
    assert crawl.refused == 0
    assert server.utilisation() >= 0.97


@settings(max_examples=20)
@given(
    fastest=st.floats(0.001, 1),
    spread=st.floats(0, 5),
    seed=st.integers(0, 99),
    concurrency=st.integers(1, 30),
)
def test_a_sliding_window_refuses_nothing(fastest, spread, seed, concurrency):
    async def main():
        crawl = Crawl(
            memory(None, 20), SlidingWindow(20, 60.0), concurrency, (fastest, fastest + spread), seed
        )
        await crawl.run(requests=200)
        return crawl

    assert run_virtual(main()).refused == 0


@backends
@pytest.mark.parametrize("phase", [0.0, 13.7, 59.9])
def test_every_backend_uses_the_whole_limit_and_is_never_refused(backend, phase, tmp_path):
    server = FixedWindows(20, 60.0, phase)

    async def main():
        crawl = Crawl(backend(tmp_path, 20), server)
        await crawl.run(requests=20 * 42)
        return crawl

    assert run_virtual(main()).refused == 0
    assert server.utilisation() >= 0.97


@backends
@pytest.mark.parametrize("minutes", [4, 12])
def test_a_server_that_allows_hardly_a_burst_is_used_up_and_refuses_hardly_anything(
    backend, minutes, tmp_path
):
    async def main():
        crawl = Crawl(backend(tmp_path, 180), TokenBucket(3.0, 3), concurrency=16)
        await crawl.run(until=clock() + 60 * minutes)
        return crawl

    crawl = run_virtual(main())
    assert crawl.refused / (crawl.refused + crawl.accepted) < 0.01
    assert crawl.accepted > 0.97 * 180 * minutes


@pytest.mark.parametrize("rate", [1.0, 2.0, 2.9])
def test_a_lower_limit_than_ours_is_found_and_used_up(rate):
    async def main():
        crawl = Crawl(memory(None, 180), TokenBucket(rate, 3), concurrency=16)
        await crawl.run(until=clock() + 120)
        crawl.accepted = crawl.refused = 0
        await crawl.run(until=clock() + 900)
        return crawl

    crawl = run_virtual(main())
    assert crawl.refused / (crawl.refused + crawl.accepted) < 0.01
    assert crawl.accepted > 0.95 * rate * 900


@pytest.mark.parametrize(("odds", "at_least"), [(1 / 165, 0.93), (1 / 50, 0.45)])
@pytest.mark.parametrize("resting", [0, 20])
def test_refusals_that_have_nothing_to_do_with_the_rate_cost_little_of_it(odds, at_least, resting):
    """A server that refuses one in so many whatever is asked of it; who asks may rest between two runs."""

    async def main():
        crawl, began = Crawl(memory(None, 180), Moody(odds, seed=1), concurrency=8), clock()
        for _ in range(60):
            await crawl.run(requests=crawl.accepted + 60)
            await asyncio.sleep(resting)
        return crawl, clock() - began

    crawl, seconds = run_virtual(main())
    assert crawl.accepted >= at_least * 3.0 * (seconds - 60 * resting)


def test_a_burst_begins_with_a_few_and_grows_by_half_every_round_trip():
    async def main():
        crawl = Crawl(memory(None, 180), SlidingWindow(180, 60.0), concurrency=16, latency=(0.2, 0.2))
        start = clock()
        await crawl.run(requests=60)
        return [sum(1 for moment in crawl.sent_at if moment < start + upto) for upto in (0.1, 0.3, 0.5)]

    assert run_virtual(main()) == [4, 10, 19]


@pytest.mark.parametrize("seed", range(3))
def test_a_limit_set_far_too_high_settles_near_the_servers(seed):
    async def main():
        crawl = Crawl(memory(None, 600), TokenBucket(3.0, 5), seed=seed)
        await crawl.run(until=clock() + 300)
        crawl.accepted = crawl.refused = 0
        await crawl.run(until=clock() + 600)
        return crawl

    crawl = run_virtual(main())
    assert crawl.refused / (crawl.refused + crawl.accepted) < 0.03
    assert crawl.accepted > 0.75 * 3 * 600


@backends
def test_another_user_of_the_token_gets_a_share_instead_of_a_storm_of_refusals(backend, tmp_path):
    server = FixedWindows(60, 60.0, 20.0)

    async def main():
        strangers = backend(tmp_path / "elsewhere", 60)
        ours = Crawl(backend(tmp_path, 60), server, seed=1)
        theirs = Crawl(strangers, server, seed=2)
        end = clock() + 900
        await asyncio.gather(ours.run(until=end), theirs.run(until=end))
        return ours, theirs

    for crawl in run_virtual(main()):
        assert crawl.refused / (crawl.refused + crawl.accepted) < 0.15
        assert crawl.accepted > 0.2 * 900


def test_the_snapshot_tells_what_was_waited_and_used():
    async def main():
        limiter = memory(None, 2)
        for _ in range(4):
            await _send(limiter)
        return limiter.snapshot()

    state = run_virtual(main())
    assert (state.limit, state.window_s, state.in_window, state.mode) == (2, 60.0, 2, "burst")
    assert 60.0 < state.waits_s < 60.2
    assert state.utilisation == pytest.approx(1.0, rel=0.01)
    assert state.waits == 1

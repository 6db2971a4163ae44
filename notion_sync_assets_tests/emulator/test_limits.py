"""The budget of a token: fixed windows of unknown phase, sliding windows, `Retry-After`."""

import pytest

from notion_sync_assets.emulator.limits import RateLimiter


def limiter(mode="fixed", limit=3, window=60.0):
    made = RateLimiter(limit, window, mode, seed=1)
    made.phase = 20.0
    return made


def test_a_fixed_window_accepts_its_limit_and_then_says_when_the_next_begins():
    budget = limiter()
    assert [budget.take("a", now=0.5) for _ in range(4)] == [None, None, None, 40]
    assert budget.take("a", now=39.9) == 1
    assert budget.take("a", now=40.0) is None


def test_a_whole_budget_may_be_spent_at_once_in_every_window():
    budget = limiter()
    for begin in (40.0, 100.0, 160.0):
        assert [budget.take("a", now=begin) for _ in range(4)][:3] == [None, None, None]


def test_every_token_has_its_own_budget():
    budget = limiter(limit=1)
    assert budget.take("a", now=0.0) is None
    assert budget.take("b", now=0.0) is None
    assert budget.take("a", now=0.0) is not None


def test_a_sliding_window_frees_what_was_used_a_window_ago():
    budget = limiter("sliding", limit=2)
    assert [budget.take("a", now=t) for t in (0.0, 30.0, 31.0)] == [None, None, 29]
    assert budget.take("a", now=60.0) is None
    assert budget.take("a", now=61.0) == 29


def test_rejected_requests_cost_nothing():
    budget = limiter("sliding", limit=1)
    assert budget.take("a", now=0.0) is None
    assert all(budget.take("a", now=float(second)) for second in range(1, 60))
    assert budget.take("a", now=60.0) is None


def test_no_limit_counts_and_never_refuses():
    budget = limiter(limit=0)
    assert not any(budget.take("a", now=1.0) for _ in range(1000))
    assert budget.report(now=1.0)["windows"] == [
        {"window": 0, "accepted": 1000, "rejected": 0, "running": True}
    ]


def test_the_report_tells_accepted_and_rejected_of_each_window():
    budget = limiter(limit=1)
    for moment in (0.0, 1.0, 41.0, 170.0):
        budget.take("a", now=moment)
    shown = [(w["accepted"], w["rejected"]) for w in budget.report(now=170.0)["windows"]]
    assert shown == [(1, 1), (1, 0), (0, 0), (1, 0)]


def test_the_phase_differs_from_server_to_server():
    phases = {round(RateLimiter(1, 60.0, "fixed", seed=1).phase, 6) for _ in range(5)}
    assert len(phases) == 5


def test_a_rejected_request_says_why_and_how_long_to_wait(start, connect):
    emulator = start(limit=2, window=60)
    api = connect(emulator.url)
    answers = [api.http.get("/users/me") for _ in range(5)]
    last = answers[-1]
    assert last.status_code == 429
    body = last.json()
    assert body["code"] == "rate_limited"
    assert body["additional_data"]["rate_limit_reason"] == "public_api_request_rate_limit"
    assert 1 <= int(last.headers["retry-after"]) == body["additional_data"]["retry_after"] <= 60
    assert emulator.control.stats()["rejected"] >= 1


@pytest.mark.parametrize("mode", ["fixed", "sliding"])
def test_the_limit_can_change_while_running(start, connect, mode):
    emulator = start(limit=1, window_mode=mode)
    api = connect(emulator.url)
    assert 429 in {api.http.get("/users/me").status_code for _ in range(3)}
    emulator.control.configure(limit=0)
    assert {api.http.get("/users/me").status_code for _ in range(3)} == {200}

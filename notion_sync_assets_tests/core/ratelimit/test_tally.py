"""Utilisation: accepted requests over the budget of the windows in which any was sent."""

import pytest

from notion_sync_assets.core.ratelimit.tally import Tally


def _tally(*moments, limit=10):
    tally = Tally(limit, 60.0)
    for moment in moments:
        tally.sent(moment, 0.0)
        tally.done(accepted=True)
    return tally


def _utilisation(tally, now):
    return tally.snapshot(now, in_window=0, mode="burst").utilisation


def test_a_short_run_uses_its_share_of_one_window():
    assert _utilisation(_tally(100.0, 101.0, 102.0), 102.0) == pytest.approx(0.3)


def test_windows_without_a_request_do_not_count():
    tally = _tally(*[100.0] * 10, *[500.0] * 5)
    assert _utilisation(tally, 600.0) == pytest.approx(15 / 20)


def test_of_the_window_that_still_runs_only_what_has_passed_counts():
    tally = _tally(*[100.0] * 10, *[160.0] * 3)
    assert _utilisation(tally, 160.0) == pytest.approx(1.0)
    assert _utilisation(tally, 160.0 + 30.0) == pytest.approx(13 / 15)
    assert _utilisation(tally, 160.0 + 90.0) == pytest.approx(13 / 20)


def test_rejected_requests_use_nothing():
    tally = _tally(*[100.0] * 4)
    tally.sent(100.0, 0.0)
    tally.done(accepted=False)
    assert _utilisation(tally, 100.0) == pytest.approx(0.4)


def test_without_a_limit_or_a_request_nothing_is_used():
    assert _utilisation(_tally(100.0, limit=0), 200.0) == 0.0
    assert _utilisation(_tally(), 200.0) == 0.0


def test_only_waits_that_are_the_budgets_are_counted():
    tally = Tally(10, 60.0)
    for waited in (0.0, 0.001, 2.5):
        tally.sent(100.0, waited)
    state = tally.snapshot(100.0, in_window=3, mode="burst")
    assert (state.waits, state.waits_s) == (1, pytest.approx(2.501))

"""The state machine burst → paced → burst, without any clock."""

import pytest

from notion_sync_assets.core.ratelimit.pacing import Pace, after_refusal, after_send, mode, pause


def _refused(pace, now, seconds=10.0, sent_at=None):
    return after_refusal(pace, now, seconds, sent_at=now if sent_at is None else sent_at, window_s=60.0)


def _sent(pace, now):
    return after_send(pace, now, limit=60, window_s=60.0)


def test_the_first_refusal_paces_at_the_full_rate():
    pace = _refused(Pace(), 100.0)
    assert (pace.paced, pace.share, pause(pace, 100.0)) == (True, 1.0, 10.0)
    assert pause(_sent(pace, 110.0), 110.0) == pytest.approx(1.0)


def test_refusals_of_one_burst_slow_down_once_and_the_longest_wait_counts():
    pace = _refused(_refused(Pace(), 100.0), 200.0)
    again = _refused(pace, 200.3, seconds=30.0, sent_at=199.9)
    assert again.share == pace.share == pytest.approx(0.8)
    assert again.blocked_until == pytest.approx(230.3)


def test_a_shorter_wait_does_not_shorten_one_already_running():
    assert _refused(_refused(Pace(), 100.0, 300.0), 101.0, 1.0, sent_at=99.0).blocked_until == 400.0


def test_clean_time_gives_the_rate_back_bit_by_bit():
    slowed = _refused(_refused(Pace(), 100.0, 0.0), 200.0, 0.0)
    later = _sent(slowed, 260.0)
    assert later.share == pytest.approx(0.9)
    assert later.paced


def test_the_time_of_the_wait_itself_is_not_clean_time():
    slowed = _refused(_refused(Pace(), 100.0, 0.0), 200.0, 600.0)
    assert _sent(slowed, 800.0).share == pytest.approx(0.8)


def test_the_rate_never_falls_to_nothing():
    pace = Pace()
    for episode in range(100):
        pace = _refused(pace, 1000.0 * episode, 0.0)
        pace = after_refusal(pace, 1000.0 * episode + 1, 0.0, sent_at=1000.0 * episode + 1, window_s=60.0)
    assert pace.share >= 0.05


def test_a_burst_refused_at_once_is_tried_again_only_much_later():
    back = _sent(_refused(Pace(), 100.0, 0.0), 161.0)
    assert not back.paced
    relapsed = _refused(back, 162.0, 0.0)
    assert _sent(relapsed, 162.0 + 599.0).paced
    assert not _sent(relapsed, 162.0 + 601.0).paced


def test_a_burst_refused_long_after_counts_as_the_first_one():
    back = _sent(_refused(Pace(), 100.0, 0.0), 161.0)
    assert _refused(back, 1_000.0).hold == 1.0


@pytest.mark.parametrize(
    ("pace", "limit", "expected"),
    [
        (Pace(), 60, "burst"),
        (Pace(), 0, "unlimited"),
        (Pace(paced=True), 60, "paced"),
        (Pace(paced=True, blocked_until=200.0), 60, "blocked"),
    ],
)
def test_the_mode_says_how_requests_are_let_through(pace, limit, expected):
    assert mode(pace, 100.0, limit) == expected

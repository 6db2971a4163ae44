"""The state machine burst → paced → burst, without any clock."""

import pytest

from notion_sync_assets.core.ratelimit.pacing import Pace, after_refusal, after_send, mode, pause


def _refused(pace, now, seconds=10.0, sent_at=None, in_window=0):
    sent = now if sent_at is None else sent_at
    return after_refusal(pace, now, seconds, sent_at=sent, in_window=in_window, limit=60, window_s=60.0)


def _sent(pace, now, in_window=0):
    return after_send(pace, now, in_window=in_window, limit=60, window_s=60.0)


def _sent_evenly(pace, now, requests, in_window=0):
    """The pace and the moment after so many requests, each sent as soon as it may be."""
    for _ in range(requests):
        now = max(now, now + pause(pace, now))
        pace = _sent(pace, now, in_window)
    return pace, now


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


def test_a_server_that_asks_for_no_wait_is_given_an_interval():
    assert pause(_refused(Pace(), 100.0, 0.0), 100.0) == pytest.approx(1.0)


def test_a_further_refusal_slows_down_to_what_the_server_let_through():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 5.0), 100.0, 46)
    assert now == pytest.approx(150.0)
    assert _refused(pace, now).share == pytest.approx(45 / 50)


def test_a_refusal_slows_down_by_a_fifth_at_most_and_a_little_at_least():
    paced = _refused(Pace(), 100.0, 0.0)
    assert _refused(_sent(paced, 100.0), 101.0).share == pytest.approx(0.8)
    swift, now = _sent_evenly(paced, 100.0, 200)
    assert _refused(swift, now).share == pytest.approx(0.97)


def test_time_in_which_nobody_wanted_to_send_does_not_slow_down():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 1.0), 100.0, 40)
    pace, now = _sent_evenly(pace, now + 100.0, 40)
    busy, then = _sent_evenly(_refused(Pace(), 100.0, 1.0), 100.0, 80)
    assert _refused(pace, now).share == pytest.approx(_refused(busy, then).share) == pytest.approx(0.97)


def test_a_refusal_below_what_was_let_through_lately_is_only_waited_out():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 1.0), 100.0, 30, in_window=50)
    odd = _refused(pace, now, 2.0, in_window=48)
    assert (odd.share, odd.base, odd.sent) == (pace.share, pace.base, pace.sent)
    assert (odd.refused_at, odd.blocked_until) == (now, now + 2.0)
    assert _refused(pace, now, 2.0, in_window=49).share < pace.share


def test_what_was_let_through_long_ago_proves_nothing():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 1.0), 100.0, 30, in_window=50)
    later, now = _sent_evenly(pace, now + 181.0, 12, in_window=20)
    assert _refused(later, now, in_window=20).share < later.share


def test_it_does_not_slow_down_below_what_was_let_through_lately():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 0.0), 100.0, 12, in_window=58)
    assert _refused(pace, now, in_window=58).share == pytest.approx(0.97 * 58 / 60)


def test_refusals_in_close_succession_say_that_less_is_let_through_than_before():
    pace, now = _sent_evenly(_refused(Pace(), 100.0, 0.0), 100.0, 30, in_window=58)
    for _ in range(2):
        pace, now = _sent_evenly(_refused(pace, now, in_window=40), now, 3, in_window=40)
        assert pace.base == 1.0
    pace, now = _sent_evenly(_refused(pace, now, in_window=40), now, 3, in_window=40)
    assert _refused(pace, now, in_window=40).share == pytest.approx(0.8)


def test_the_rate_comes_back_slowly_at_first_and_then_ever_faster():
    pace, now = _sent_evenly(_refused(_refused(Pace(), 100.0, 0.0), 200.0, 0.0), 200.0, 1)
    shares = []
    for _ in range(3):
        pace, now = _sent_evenly(pace, now, 150)
        shares.append(pace.share)
    gains = [after - before for before, after in zip([0.8, *shares], shares, strict=False)]
    assert gains[0] < 0.02 < gains[1] < gains[2]


def test_a_slow_rate_is_forgotten_by_whoever_comes_back_the_next_day():
    slowed = _refused(_refused(Pace(), 100.0, 0.0), 200.0, 0.0)
    assert not _sent(slowed, 200.0 + 86_400.0).paced


def test_the_time_of_the_wait_itself_is_not_clean_time():
    slowed = _refused(_refused(Pace(), 100.0, 0.0), 200.0, 600.0)
    assert _sent(slowed, 800.0).share == pytest.approx(0.8)


def test_the_rate_never_falls_to_nothing():
    pace = Pace()
    for episode in range(100):
        pace = _refused(pace, 1000.0 * episode, 0.0)
        pace = _refused(pace, 1000.0 * episode + 1, 0.0)
    assert pace.share >= 0.05


def test_a_burst_refused_at_once_is_tried_again_only_much_later():
    back = _sent(_refused(Pace(), 100.0, 0.0), 401.0)
    assert not back.paced
    relapsed = _refused(back, 402.0, 0.0)
    assert _sent(relapsed, 402.0 + 2_999.0).paced
    assert not _sent(relapsed, 402.0 + 3_001.0).paced


def test_a_burst_refused_long_after_counts_as_the_first_one():
    first = _refused(Pace(), 100.0, 0.0)
    back = _sent(first, 401.0)
    assert _refused(back, 1_000.0).hold == first.hold


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

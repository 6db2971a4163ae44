"""How the budget adapts when the server refuses a request that our own count allowed.

Belongs here: the state machine burst → paced → burst, as a value and pure functions; every backend keeps one.
Does not belong here: counting requests (`budget`), waiting, clocks, storage.

A refusal inside the budget means that someone else uses the token, or that the server allows fewer requests or no
bursts. So: wait out the whole Retry-After, then send evenly at limit/window. What got through between two refusals
is what the server allows, so a further refusal slows down to that, by a fifth at most, and what follows goes back up
slowly at first and faster the longer nothing is refused: a lower limit is used up and met once in 150 requests or
more, a passing trouble is forgotten in minutes. Time in which nobody wanted to send tells nothing. Nor does a refusal
while fewer requests count than the server let through in one window lately: it has other reasons, such as a workspace
that others keep busy, or chance; it is waited out, and slowing down would not have prevented it. Full rate and some clean windows give bursts back; if the burst is
refused again soon, the next return takes ten times as long, or a server without bursts would refuse a few requests
every time.
"""

import json
from dataclasses import dataclass, replace

from notion_sync_assets.core.ratelimit.interface import Mode

LARGEST_CUT = 0.8
SMALLEST_CUT = 0.97
CAREFUL_REQUESTS = 150
CAREFUL_GROWTH = 0.02
BOLD_GROWTH = 0.1
IDLE_REQUESTS_PER_WINDOW = 20
LOWEST_SHARE = 0.05
REMEMBERED_WINDOWS = 3.0
SHORT_RUN = 10
SHORT_RUNS = 3
BELOW_PROVEN = 0.97
"""A refusal tells of the rate if at least this part of what was let through in a window counts at its time."""
FIRST_HOLD = 5.0
HOLD_GROWTH = 10.0
LONGEST_HOLD = 60.0
_NEVER = float("-inf")


@dataclass(frozen=True)
class Pace:
    """`share` is the paced rate as a part of limit/window; `hold` how many clean windows bring bursts back.

    Times are the backend's clock: `refused_at` the first refusal of the current episode, `blocked_until` its
    end, `next_at` the earliest next request while paced, `burst_since` when bursts came back. `base` is the share
    after the last refusal that told of the rate, which was at `slowed_at`; `sent` the requests since, `idle_s` the
    seconds since in which one might have been sent and none was. `since_refusal` counts requests since any refusal,
    `in_a_row` refusals after few of them. `proven`: the most requests that counted when one
    more was let through, seen at `proven_at` and remembered for some windows.
    """

    paced: bool = False
    share: float = 1.0
    hold: float = FIRST_HOLD
    refused_at: float = _NEVER
    blocked_until: float = _NEVER
    next_at: float = _NEVER
    base: float = 1.0
    slowed_at: float = _NEVER
    sent: int = 0
    idle_s: float = 0.0
    since_refusal: int = 0
    in_a_row: int = 0
    proven: int = 0
    proven_at: float = _NEVER
    burst_since: float = _NEVER


def pause(pace: Pace, now: float) -> float:
    """Seconds until the pace allows another request; 0 or less: now."""
    return max(pace.blocked_until, pace.next_at if pace.paced else _NEVER) - now


def after_send(pace: Pace, now: float, *, in_window: int, limit: int, window_s: float) -> Pace:
    """The pace once a request goes out at `now` beside `in_window` others: recovered a little, the next one spaced."""
    if not pace.paced:
        return pace
    moved = _recovered(pace, now, window_s)
    if not moved.paced:
        return moved
    idle = max(0.0, -pause(pace, now))
    following = now + _interval(limit, moved.share, window_s)
    moved = replace(
        moved,
        sent=moved.sent + 1,
        since_refusal=moved.since_refusal + 1,
        idle_s=moved.idle_s + idle,
        next_at=following,
    )
    outdated = now - moved.proven_at > REMEMBERED_WINDOWS * window_s
    return replace(moved, proven=in_window, proven_at=now) if outdated or in_window > moved.proven else moved


def after_refusal(
    pace: Pace, now: float, seconds: float, *, sent_at: float, in_window: int, limit: int, window_s: float
) -> Pace:
    """The pace after a refusal at `now` of a request sent at `sent_at`, to be waited out for `seconds`.

    `in_window`: how many requests count at `now`.
    """
    until = max(pace.blocked_until, now + seconds)
    if sent_at <= pace.refused_at:
        return replace(pace, blocked_until=until)
    pace = _counted(pace)
    if pace.paced and in_window < BELOW_PROVEN * pace.proven:
        following = max(until, now + _interval(limit, pace.share, window_s))
        return replace(pace, refused_at=now, blocked_until=until, next_at=following)
    share = _slowed(pace, now, limit, window_s) if pace.paced else 1.0
    hold = pace.hold if pace.paced else _next_hold(pace, now, window_s)
    # A server that asks for no wait has room for the next one only an interval later all the same.
    following = max(until, now + _interval(limit, share, window_s))
    return Pace(
        paced=True,
        share=share,
        hold=hold,
        refused_at=now,
        blocked_until=until,
        next_at=following,
        base=share,
        slowed_at=now,
        in_a_row=pace.in_a_row,
        proven=pace.proven if pace.paced else in_window,
        proven_at=pace.proven_at if pace.paced else now,
    )


def _counted(pace: Pace) -> Pace:
    """Count refusals that follow each other closely; after some of them what was proven before is no longer true."""
    in_a_row = pace.in_a_row + 1 if pace.paced and pace.since_refusal < SHORT_RUN else 0
    proven = 0 if in_a_row >= SHORT_RUNS else pace.proven
    return replace(pace, in_a_row=in_a_row, proven=proven, since_refusal=0)


def _interval(limit: int, share: float, window_s: float) -> float:
    """Seconds between two paced requests."""
    return window_s / (limit * share) if limit else 0.0


def _slowed(pace: Pace, now: float, limit: int, window_s: float) -> float:
    """What the server let through since we last slowed down, between the smallest and the largest cut."""
    allowed = limit * (now - pace.slowed_at - pace.idle_s) / window_s
    let_through = (pace.sent - 1) / allowed if allowed > 0 else 0.0
    cut = min(max(let_through, pace.share * LARGEST_CUT), pace.share * SMALLEST_CUT)
    proven = min(pace.share, BELOW_PROVEN * pace.proven / limit) if limit else 0.0
    return max(LOWEST_SHARE, cut, proven)


def _recovered(pace: Pace, now: float, window_s: float) -> Pace:
    clean_windows = max(0.0, now - pace.blocked_until) / window_s
    share = min(1.0, pace.base * _growth(max(pace.sent, IDLE_REQUESTS_PER_WINDOW * clean_windows)))
    if share >= 1.0 and clean_windows >= pace.hold:
        return replace(pace, paced=False, share=1.0, burst_since=now)
    return replace(pace, share=share)


def _growth(requests: float) -> float:
    """By what the rate has grown after so many requests without a refusal."""
    careful = min(requests, CAREFUL_REQUESTS) / CAREFUL_REQUESTS
    bold = max(0.0, requests - CAREFUL_REQUESTS) / CAREFUL_REQUESTS
    return 1 + CAREFUL_GROWTH * careful + BOLD_GROWTH * bold**2


def _next_hold(pace: Pace, now: float, window_s: float) -> float:
    relapsed = now - pace.burst_since < pace.hold * window_s
    return min(LONGEST_HOLD, pace.hold * HOLD_GROWTH) if relapsed else FIRST_HOLD


def mode(pace: Pace, now: float, limit: int) -> Mode:
    """How requests are let through at `now`."""
    if now < pace.blocked_until:
        return "blocked"
    if pace.paced:
        return "paced"
    return "burst" if limit else "unlimited"


def read_pace(text: str) -> Pace:
    """A pace that another process wrote as JSON."""
    try:
        return Pace(**json.loads(text))
    except (TypeError, ValueError):
        # Another version of this package kept other fields; the pace is only a precaution, so start afresh.
        return Pace()

"""How the budget adapts when the server refuses a request that our own count allowed.

Belongs here: the state machine burst → paced → burst, as a value and pure functions; every backend keeps one.
Does not belong here: counting requests (`budget`), waiting, clocks, storage.

A refusal inside the budget means that someone else uses the token, or that the server allows no bursts. So:
wait out the whole Retry-After, then send evenly at limit/window; each further refusal multiplies the rate by
0.8, clean time adds to it. Full rate and a clean window give bursts back; if the burst is refused again soon,
the next return takes ten times as long, or a server without bursts would refuse a few requests every minute.
"""

import json
from dataclasses import dataclass, replace

from notion_sync_assets.core.ratelimit.interface import Mode

DECREASE = 0.8
RECOVERY_PER_WINDOW = 0.1
LOWEST_SHARE = 0.05
HOLD_GROWTH = 10.0
LONGEST_HOLD = 60.0
_NEVER = float("-inf")


@dataclass(frozen=True)
class Pace:
    """`share` is the paced rate as a part of limit/window; `hold` how many clean windows bring bursts back.

    Times are the backend's clock: `refused_at` the first refusal of the current episode, `blocked_until` its
    end, `next_at` the earliest next request while paced, `moved_at` when `share` was last brought up to date,
    `burst_since` when bursts came back.
    """

    paced: bool = False
    share: float = 1.0
    hold: float = 1.0
    refused_at: float = _NEVER
    blocked_until: float = _NEVER
    next_at: float = _NEVER
    moved_at: float = _NEVER
    burst_since: float = _NEVER


def pause(pace: Pace, now: float) -> float:
    """Seconds until the pace allows another request; 0 or less: now."""
    return max(pace.blocked_until, pace.next_at if pace.paced else _NEVER) - now


def after_send(pace: Pace, now: float, *, limit: int, window_s: float) -> Pace:
    """The pace once a request goes out at `now`: recovered a little, and the next one spaced."""
    if not pace.paced:
        return pace
    moved = _recovered(pace, now, window_s)
    if not moved.paced:
        return moved
    interval = window_s / (limit * moved.share) if limit else 0.0
    return replace(moved, next_at=now + interval)


def after_refusal(pace: Pace, now: float, seconds: float, *, sent_at: float, window_s: float) -> Pace:
    """The pace after a refusal at `now` of a request sent at `sent_at`, to be waited out for `seconds`."""
    until = max(pace.blocked_until, now + seconds)
    if sent_at <= pace.refused_at:
        return replace(pace, blocked_until=until, moved_at=until)
    share = max(LOWEST_SHARE, pace.share * DECREASE) if pace.paced else 1.0
    hold = pace.hold if pace.paced else _next_hold(pace, now, window_s)
    return Pace(
        paced=True, share=share, hold=hold, refused_at=now, blocked_until=until, next_at=until, moved_at=until
    )


def _recovered(pace: Pace, now: float, window_s: float) -> Pace:
    clean = max(0.0, now - pace.moved_at)
    share = min(1.0, pace.share + RECOVERY_PER_WINDOW * clean / window_s)
    if share >= 1.0 and now - pace.blocked_until >= pace.hold * window_s:
        return replace(pace, paced=False, share=1.0, burst_since=now)
    return replace(pace, share=share, moved_at=max(now, pace.moved_at))


def _next_hold(pace: Pace, now: float, window_s: float) -> float:
    relapsed = now - pace.burst_since < pace.hold * window_s
    return min(LONGEST_HOLD, pace.hold * HOLD_GROWTH) if relapsed else 1.0


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

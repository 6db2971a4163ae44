"""What one process's use of a budget came to.

Belongs here: the counts behind a snapshot, the same for every backend. Does not belong here: the budget.

Utilisation is accepted requests over the budget of the busy windows: time is cut into windows from the first
request on, and a window in which this process sent nothing does not count, since it did not want more. Of the
window still running only the part that has passed counts. What others with the same token used is theirs.
"""

from dataclasses import dataclass

from notion_sync_assets.core.ratelimit.interface import LimiterSnapshot, Mode

SHORTEST_NOTED_WAIT_S = 0.01
"""Shorter waits are the event loop's, not the budget's; they count in the sum only."""


@dataclass
class Tally:
    """Answers and waits since the limiter was made; times are the backend's clock. `limit` 0: no limit."""

    limit: int
    window_s: float
    waits_s: float = 0.0
    waits: int = 0
    accepted: int = 0
    rejected: int = 0
    _first_sent_at: float | None = None
    _window: int = 0
    _accepted_in_window: int = 0
    _busy_windows: int = 0

    def sent(self, now: float, waited_s: float) -> None:
        """A request goes out after so long a wait."""
        self.waits_s += waited_s
        self.waits += waited_s >= SHORTEST_NOTED_WAIT_S
        self._first_sent_at = now if self._first_sent_at is None else self._first_sent_at
        number = self._number(now)
        if number != self._window:
            self._busy_windows += 1
            self._window, self._accepted_in_window = number, 0

    def done(self, *, accepted: bool) -> None:
        """A request ended."""
        self.accepted += accepted
        self._accepted_in_window += accepted
        self.rejected += not accepted

    def snapshot(self, now: float, *, in_window: int, mode: Mode) -> LimiterSnapshot:
        """The tally at `now` with the budget's own state beside it."""
        return LimiterSnapshot(
            limit=self.limit,
            window_s=self.window_s,
            in_window=in_window,
            waits=self.waits,
            waits_s=self.waits_s,
            accepted=self.accepted,
            rejected=self.rejected,
            utilisation=self._utilisation(now),
            mode=mode,
        )

    def _number(self, now: float) -> int:
        return int((now - (self._first_sent_at or 0.0)) // self.window_s)

    def _utilisation(self, now: float) -> float:
        if not self.limit or self._first_sent_at is None:
            return 0.0
        return self.accepted / (self.limit * self._busy_windows + self._budget_of_last(now))

    def _budget_of_last(self, now: float) -> float:
        """What the window of the last request allowed: all of it, or as much as has passed if it still runs.

        The first window always counts whole: a run of ten requests used little of it.
        """
        passed = (now - (self._first_sent_at or 0.0)) / self.window_s - self._window
        if self._window == 0 or passed >= 1:
            return self.limit
        return max(self.limit * passed, self._accepted_in_window)

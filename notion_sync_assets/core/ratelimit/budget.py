"""The exact log of one process's requests: which of them may still count in the server's window.

Belongs here: in-flight and ended requests, and when the next one fits. Does not belong here: waiting, pacing,
or sharing between processes (`sqlite` keeps the same log in a file).

Why ends and not starts: the server counts a request somewhere between our sending it and our getting its
answer. Once the end lies a whole window back, the server has forgotten it whatever its phase.
"""

from collections import deque

FORGOTTEN_AFTER_S = 86_400.0
"""Age at which requests of budgets that nobody uses any more are deleted from where budgets are shared."""


def span_of(window_s: float) -> float:
    """How long an ended request counts: the window and a 1,200th of it, for clocks of different speeds."""
    return window_s * (1 + 1 / 1200)


class RequestLog:
    """Requests in flight, and the ends of those that ended within the last window. `limit` 0: no limit."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._span = span_of(window_s)
        self._ends: deque[float] = deque()
        self._in_flight = 0

    def pause(self, now: float) -> float:
        """Seconds until one more request fits; infinite when only the end of one in flight can make room."""
        if not self._limit:
            return 0.0
        excess = self.in_window(now) - self._limit
        if excess < 0:
            return 0.0
        return self._ends[excess] + self._span - now if excess < len(self._ends) else float("inf")

    def in_window(self, now: float) -> int:
        """How many requests count at `now`."""
        while self._ends and self._ends[0] <= now - self._span:
            self._ends.popleft()
        return self._in_flight + len(self._ends)

    def start(self) -> None:
        """A request goes out."""
        self._in_flight += 1

    def end(self, now: float) -> None:
        """A request ended at `now`."""
        self._in_flight -= 1
        if self._limit:
            self._ends.append(now)

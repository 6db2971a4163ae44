"""When an outage is declared, and when it is over.

Belongs here: the state of a circuit as counts and times. Does not belong here: requests, waiting, probing
(`circuit`). Times are seconds of the caller's clock.
"""

from collections import deque

from notion_sync_assets.core.notion.config import OutageRules


class Breaker:
    """Opens after so many failures in a short time, by default 5 in 60 s; half-open 30 s later; closes on a success."""

    def __init__(self, rules: OutageRules) -> None:
        self._rules = rules
        self._failures: deque[float] = deque()
        self._opened_at: float | None = None
        self._last_success = float("-inf")
        self._trouble_since: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls have to wait."""
        return self._opened_at is not None

    def until_half_open(self, now: float) -> float:
        """Seconds until one probe may go; 0 or less: now."""
        return 0.0 if self._opened_at is None else self._opened_at + self._rules.reset_s - now

    def trouble_s(self, now: float) -> float:
        """For how long nobody has had an answer, counted from the first failure."""
        return 0.0 if self._trouble_since is None else now - self._trouble_since

    def succeeded_since(self, moment: float) -> bool:
        """Whether anyone has had an answer after `moment`."""
        return self._last_success > moment

    def success(self, now: float) -> None:
        """Someone got an answer."""
        if self._opened_at is not None:
            self._failures.clear()
        self._opened_at = self._trouble_since = None
        self._last_success = now

    def failure(self, now: float) -> None:
        """A call, or a probe, got none."""
        self._trouble_since = now if self._trouble_since is None else self._trouble_since
        self._failures.append(now)
        while self._failures[0] <= now - self._rules.within_s:
            self._failures.popleft()
        if self.is_open or len(self._failures) >= self._rules.failures:
            self._opened_at = now

"""What one process's use of a budget came to.

Belongs here: the counts behind a snapshot, the same for every backend. Does not belong here: the budget.
"""

from dataclasses import dataclass

from notion_sync_assets.core.ratelimit.interface import LimiterSnapshot, Mode


@dataclass
class Tally:
    """Answers and waits since the limiter was made; times are the backend's clock."""

    waits_s: float = 0.0
    accepted: int = 0
    rejected: int = 0
    first_sent_at: float | None = None
    last_done_at: float = 0.0

    def sent(self, now: float, waited_s: float) -> None:
        """A request goes out after so long a wait."""
        self.waits_s += waited_s
        if self.first_sent_at is None:
            self.first_sent_at = now

    def done(self, now: float, *, accepted: bool) -> None:
        """A request ended."""
        self.accepted += accepted
        self.rejected += not accepted
        self.last_done_at = now

    def snapshot(self, *, limit: int, window_s: float, in_window: int, mode: Mode) -> LimiterSnapshot:
        """The tally with the budget's own state beside it."""
        return LimiterSnapshot(
            limit=limit,
            window_s=window_s,
            in_window=in_window,
            waits_s=self.waits_s,
            accepted=self.accepted,
            rejected=self.rejected,
            utilisation=self._utilisation(limit, window_s),
            mode=mode,
        )

    def _utilisation(self, limit: int, window_s: float) -> float:
        if not limit or self.first_sent_at is None:
            return 0.0
        windows = max(1.0, (self.last_done_at - self.first_sent_at) / window_s)
        return self.accepted / (limit * windows)

"""The request budget of a token (reference §11): windows whose start the client cannot know, or a sliding one."""

import math
import random
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from notion_sync_assets.emulator.config import WindowMode
from notion_sync_assets.emulator.json_types import Json


@dataclass
class Budget:
    """What one token has used: counts by window number, and the accepted moments of a sliding window."""

    accepted: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rejected: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    moments: deque[float] = field(default_factory=deque)


class RateLimiter:
    """Accepts `limit` requests per window and token; time is monotonic, never the emulator's own clock."""

    def __init__(self, limit: int, window: float, mode: WindowMode, seed: int) -> None:
        self.limit = limit
        self.window = window
        self.mode = mode
        self.phase = random.Random(f"phase-{seed}-{time.time_ns()}").uniform(0, window)
        self.budgets: dict[str, Budget] = defaultdict(Budget)

    def take(self, token: str, now: float | None = None) -> int | None:
        """Count one request: None when it is accepted, else the whole seconds to wait."""
        moment = time.monotonic() if now is None else now
        budget = self.budgets[token]
        number = self.window_number(moment)
        wait = self._wait(budget, moment, number) if self.limit else 0.0
        if wait > 0:
            budget.rejected[number] += 1
            return max(1, math.ceil(wait))
        budget.accepted[number] += 1
        if self.limit and self.mode == "sliding":
            budget.moments.append(moment)
        return None

    def window_number(self, moment: float) -> int:
        """Which window a moment falls into."""
        return math.floor((moment + self.phase) / self.window)

    def report(self, now: float | None = None) -> Json:
        """Accepted and rejected requests by window, oldest first, over all tokens; the last may still run."""
        current = self.window_number(time.monotonic() if now is None else now)
        numbers = sorted({n for b in self.budgets.values() for n in (*b.accepted, *b.rejected)})
        span = range(numbers[0], numbers[-1] + 1) if numbers else range(0)
        windows = [
            {
                "window": number - span.start,
                "accepted": sum(b.accepted.get(number, 0) for b in self.budgets.values()),
                "rejected": sum(b.rejected.get(number, 0) for b in self.budgets.values()),
                "running": number == current,
            }
            for number in span
        ]
        return {"limit": self.limit, "seconds": self.window, "mode": self.mode, "windows": windows}

    def forget(self) -> None:
        """Drop the counts of finished windows; the running budgets stay."""
        current = self.window_number(time.monotonic())
        for budget in self.budgets.values():
            for counts in (budget.accepted, budget.rejected):
                for number in [n for n in counts if n != current]:
                    del counts[number]

    def _wait(self, budget: Budget, moment: float, number: int) -> float:
        if self.mode == "fixed":
            full = budget.accepted.get(number, 0) >= self.limit
            return (number + 1) * self.window - self.phase - moment if full else 0.0
        while budget.moments and budget.moments[0] <= moment - self.window:
            budget.moments.popleft()
        full = len(budget.moments) >= self.limit
        return budget.moments[0] + self.window - moment if full else 0.0

"""The emulator's clock: real time plus an offset the control API can move. Worlds bring their own past times."""

import time


class Clock:
    """Seconds since 1970 as the emulated Notion sees them; stamps, search lag, cursors and file links use it."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, when negative)."""
        self.offset += seconds

    def set_to(self, moment: float) -> None:
        """Make `now()` start from `moment`, seconds since 1970."""
        self.offset = moment - time.time()

"""The emulator's clock: real time plus an offset the control API can move. Worlds bring their own past times."""

import time

MINUTE = 60


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


def floor_minute(seconds: float) -> int:
    """Notion floors the times of pages, blocks, data sources and comments to the minute (reference §11)."""
    return int(seconds // MINUTE) * MINUTE

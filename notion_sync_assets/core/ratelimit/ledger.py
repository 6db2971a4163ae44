"""What a backend has to keep: the requests that count, and the pace.

Belongs here: the interface between `limiter` and its backends, and the name of a budget. Does not belong here:
either of them.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from notion_sync_assets.core.ratelimit.interface import Mode


def budget_name(token: str, origin: str) -> str:
    """The name of a token's budget at one address; neither can be read from it."""
    return sha256(f"{origin}\n{token}".encode()).hexdigest()


@dataclass(frozen=True)
class Admission:
    """The answer to one who wants to send: a `ticket` to go with, or None and how long to wait.

    `wait_s` is infinite when only the end of a request of this process can make room.
    """

    ticket: int | None
    wait_s: float


class Ledger(Protocol):
    """The budget's books. Times are the limiter's clock, in seconds; no method waits."""

    limit: int
    window_s: float

    def admit(self, now: float) -> Admission:
        """Enter one more request as sent at `now`, if it fits."""

    def end(self, ticket: int, now: float) -> None:
        """The request with this ticket ended."""

    def refuse(self, now: float, seconds: float, sent_at: float) -> bool:
        """A request sent at `sent_at` was refused for `seconds`; whether that begins a new episode."""

    def in_window(self, now: float) -> int:
        """How many requests count at `now`."""

    def mode(self, now: float) -> Mode:
        """How requests are let through at `now`."""

    def close(self) -> None:
        """Close the file or connection the books are in; the next use opens it again."""

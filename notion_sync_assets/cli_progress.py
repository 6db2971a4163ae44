"""Live progress of an export on standard error: pages, requests against the limit, time left.

Here: one line that updates on a terminal, plain lines every few seconds elsewhere. Not here: the numbers
(``core.sync.context.Progress``, the client's metrics).
"""

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from notion_sync_assets.resources.export_runtime import ExportRuntime

_PLAIN_EVERY_S = 5.0
_LIVE_EVERY_S = 0.25


class ProgressDisplay:
    """Shows how far an export is while its ``with`` block runs; ``quiet`` shows nothing."""

    def __init__(self, runtime: ExportRuntime, *, quiet: bool) -> None:
        self._runtime = runtime
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._phase = "starting"
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def phase(self, name: str) -> None:
        """Begin a step of the export."""
        self._phase = name
        if not self._quiet and not self._console.is_terminal:
            self._console.print(self.line(), markup=False)

    def __enter__(self) -> Self:
        """Start showing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""
        self._stop.set()
        self._thread.join()

    def line(self) -> str:
        """Return the progress as one line of text."""
        progress, requests = self._runtime.progress, self._runtime.request_rate()
        parts = [f"{self._phase:8}"]
        if self._phase == "render" and progress.renders_total:
            parts.append(f"tables and trees {progress.renders_done}/{progress.renders_total}")
        elif progress.pages_listed:
            parts.append(f"pages {progress.pages_done}/{progress.pages_listed}")
            parts.append(f"scopes {progress.scopes_done}/{progress.scopes_total}")
        parts.append(requests)
        left = self._seconds_left()
        if left is not None:
            parts.append(f"about {_duration(left)} left")
        return "  ".join(parts)

    def _seconds_left(self) -> float | None:
        progress = self._runtime.progress
        if self._phase != "sync" or not progress.pages_done:
            return None
        share = progress.pages_done / max(1, progress.pages_listed)
        return (time.monotonic() - self._began) * (1 - share) / share

    def _show(self) -> None:
        if self._quiet:
            return
        if self._console.is_terminal:
            with self._console.status("") as status:
                while not self._stop.wait(_LIVE_EVERY_S):
                    self._update(status)
        else:
            while not self._stop.wait(_PLAIN_EVERY_S):
                self._console.print(self.line(), markup=False)

    def _update(self, status: Status) -> None:
        from rich.text import Text

        status.update(Text(self.line()))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m" if hours else f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"

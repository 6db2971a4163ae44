"""`python -m benchmarks.webhooks [--seconds 30] [--rate 200] [--burst 1000]`: webhook events queued without loss.

`notion-sync serve` as a process of its own, on the machine that also sends. A burst: all events at once on 100
connections. A stream: one event every 5 ms for half a minute, sent whether or not earlier ones were answered. Then the
queue is read: what was answered with 200 has to be in it, and nothing twice.

Here: the measurement. Not here: the server (``serve``), tests of refusals (``notion_sync_assets_tests/serve``).
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from benchmarks.results import keep
from notion_sync_assets_tests.processes.server import ServeProcess, send, serving, settings_of
from notion_sync_assets_tests.webhook_events import body, opened_queue


def main() -> None:
    """Measure, print the result as JSON, and keep it beside this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=200, help="events a second")
    parser.add_argument("--burst", type=int, default=1000, help="events at once")
    asked = parser.parse_args()
    measured = {
        "burst": measure(asked.burst, each_s=0.0),
        "stream": {"rate": asked.rate, **measure(asked.rate * asked.seconds, each_s=1 / asked.rate)},
    }
    keep("webhooks", measured)
    raise SystemExit(0 if not any(each["lost"] or each["unanswered"] for each in measured.values()) else 1)


def measure(events: int, *, each_s: float) -> dict[str, Any]:
    """Send that many events to a new server, and return what became of them."""
    bodies = [body() for _ in range(events)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "export"
        with serving(folder) as server:
            before, began = _used(server), time.monotonic()
            statuses = asyncio.run(send(server.url, bodies, each_s=each_s))
            took, after = time.monotonic() - began, _used(server)
        return {
            "events": events,
            "seconds": round(took, 1),
            **became(folder, bodies, statuses),
            "server_cpu_seconds": round(after[0] - before[0], 1),
            "server_memory_mb": round(after[1] / 1e6, 1),
        }


def became(folder: Path, bodies: Sequence[bytes], statuses: Sequence[int]) -> dict[str, Any]:
    """Return answers by status, and the events that were answered with 200 and are not in the queue, or twice."""
    with opened_queue(settings_of(folder)) as (queue, _):
        queued = Counter(each.event.id for each in queue.pending(len(bodies) * 2))
    sent = [json.loads(each)["id"] for each in bodies]
    taken = {identifier for identifier, status in zip(sent, statuses, strict=True) if status == 200}
    return {
        "answers": {str(status): count for status, count in sorted(Counter(statuses).items())},
        "unanswered": statuses.count(0),
        "queued": len(queued),
        "lost": len(taken - queued.keys()),
        "doubled": sum(count > 1 for count in queued.values()),
    }


def _used(server: ServeProcess) -> tuple[float, int]:
    """Return CPU seconds and resident memory of the server."""
    process = psutil.Process(server.process.pid)
    times = process.cpu_times()
    return times.user + times.system, process.memory_info().rss


if __name__ == "__main__":
    main()

"""`python -m benchmarks.paces [--windows 3] [--latency 0 80 300] [--limit 180 600 0]`: the limit and a slow network.

A first export of a workspace that takes so many minutes at each limit, with every answer late by each latency: requests
made, needed, made twice, rejected; how much of the limit's full windows was used; the time beside the least possible.
Runs with a limit are at the same time, since waiting is most of them; without one they follow each other. What is
needed comes from the emulator's oracle, everything else from the server's own count. Not here: increments (``frugality``).
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.local_notion import LocalNotion, local_notion
from benchmarks.peers.worlds import needed
from benchmarks.results import keep
from notion_sync_assets.emulator.config import EmulatorConfig

Json = dict[str, Any]
_REQUESTS_A_PAGE = 2.4
_PAGES_WITHOUT_LIMIT = 600
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Pace:
    """One combination: requests a minute (0: no limit), milliseconds until an answer, pages of the workspace."""

    limit: int
    latency_ms: float
    pages: int


def main() -> None:
    """Measure every combination, print the results, and keep them."""
    chosen = _arguments()
    paces = [
        Pace(limit, latency, round(limit * chosen.windows / _REQUESTS_A_PAGE) or chosen.pages)
        for limit in chosen.limit
        for latency in chosen.latency
    ]
    keep("paces", {"windows": chosen.windows, "runs": measure(paces)})


def measure(paces: Sequence[Pace]) -> list[Json]:
    """Return one row per combination, in their order."""
    with ThreadPoolExecutor(max(1, len(paces))) as pool:
        waiting = {pace: pool.submit(one, pace) for pace in paces if pace.limit}
        found = {pace: result.result() for pace, result in waiting.items()}
    found |= {pace: one(pace) for pace in paces if not pace.limit}
    return [found[pace] for pace in paces]


def one(pace: Pace) -> Json:
    """Export once at a pace; return what the server counted."""
    rows = pace.pages * 2 // 3
    config = EmulatorConfig(
        world="generated",
        pages=pace.pages - rows,
        rows=rows,
        limit=pace.limit,
        latency_ms=pace.latency_ms,
        search_lag=0,
    )
    with tempfile.TemporaryDirectory() as folder, local_notion(config) as notion:
        seconds = _export(notion, Path(folder), pace.limit)
        return {
            "limit": pace.limit,
            "latency_ms": pace.latency_ms,
            "pages": pace.pages,
            **_counted(notion, pace.limit),
            "seconds": round(seconds, 1),
        }


def _counted(notion: LocalNotion, limit: int) -> Json:
    asked, least = notion.asked, needed(notion.engine, ["everything"])
    full = notion.engine.limiter.report()["windows"][1:-1]
    accepted = sum(window["accepted"] for window in full)
    return {
        "needed": least,
        "requests": asked.requests,
        "made_over_needed": round(asked.requests / least, 4),
        "duplicates": asked.duplicates,
        "rejected": asked.rejected,
        "utilisation": round(accepted / (limit * len(full)), 4) if limit and full else None,
        # The first minute's requests may go out at once, and so may the last minute's.
        "least_seconds": round(max(0, math.ceil(least / limit) - 1) * _MINUTE_S, 1) if limit else None,
    }


def _export(notion: LocalNotion, folder: Path, limit: int) -> float:
    variables = {
        "NOTION_TOKEN": "secret_bench",
        "NOTION_BASE_URL": notion.url,
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": str(limit),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    command = [
        sys.executable,
        "-m",
        "notion_sync_assets",
        "export",
        "--quiet",
        "--output",
        str(folder / "export"),
    ]
    began = time.monotonic()
    subprocess.run(command, env={**os.environ, **variables}, check=True, capture_output=True)
    return time.monotonic() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--windows", type=float, default=3, help="minutes that the least requests fill")
    parser.add_argument(
        "--limit", type=int, nargs="+", default=[180, 600, 0], help="requests a minute, 0: none"
    )
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 80, 300], help="milliseconds")
    parser.add_argument(
        "--pages", type=int, default=_PAGES_WITHOUT_LIMIT, help="pages where there is no limit"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()

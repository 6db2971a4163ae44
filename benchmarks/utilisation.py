"""`python -m benchmarks.utilisation [--minutes 7] [--limit 180] [--processes 1] [--rows-each 0]`: how much of Notion's
limit is used.

Whole exports against an emulated Notion that counts in 60-second windows of a phase nobody tells, or in a sliding
one. They run for the given minutes on a workspace that is too large to be finished, and are then interrupted as
with Ctrl-C. What is reported is the server's own count: accepted requests of its full windows (the first and the
last do not count) over what the limit allows in them, and the share of all requests that it rejected.
With `--processes 3` three exports into three folders use one token, and so one budget. With `--rows-each 10` the
workspace is data sources of ten rows instead of pages: scopes are committed all the time.

Here: the measurement. Not here: the limiter (`core.ratelimit`), the server's windows (`emulator.limits`).
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.results import keep
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator

TOKEN = "secret_bench"
WORST_INTERRUPTION_S = 60.0


def main() -> None:
    """Measure, print the result as JSON, and keep it beside this module."""
    arguments = _arguments()
    measured = measure(arguments)
    of = f"-rows-{arguments.rows_each}" if arguments.rows_each else ""
    keep(f"utilisation-{arguments.window_mode}-{arguments.limit}-x{arguments.processes}{of}", measured)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings, the server's windows and what they come to."""
    pages = int(arguments.limit * (arguments.minutes + 2))
    scopes = pages // arguments.rows_each if arguments.rows_each else 0
    config = EmulatorConfig(
        world="generated",
        pages=1 if scopes else pages,
        rows=scopes * arguments.rows_each,
        databases=scopes,
        limit=arguments.limit,
        window_mode=arguments.window_mode,
        latency_ms=arguments.latency_ms,
    )
    with running_emulator(config) as notion, tempfile.TemporaryDirectory() as folder:
        codes = _export_for(arguments, notion, Path(folder))
        stats = notion.control.stats()
    return {
        "settings": vars(arguments),
        "scopes": scopes,
        "exit_codes": codes,
        **account(stats, arguments.limit),
    }


def account(stats: dict[str, Any], limit: int) -> dict[str, Any]:
    """Return utilisation and rejected share of the emulator's counters."""
    windows = stats["budget"]["windows"]
    full = windows[1:-1]
    accepted = sum(window["accepted"] for window in full)
    return {
        "utilisation": round(accepted / (limit * max(1, len(full))), 4),
        "rejected_share": round(stats["rejected"] / max(1, stats["requests"]), 4),
        "accepted": stats["accepted"],
        "rejected": stats["rejected"],
        "full_windows": len(full),
        "windows": [[window["accepted"], window["rejected"]] for window in windows],
    }


def _export_for(arguments: argparse.Namespace, notion: RunningEmulator, folder: Path) -> list[int]:
    """Run the exports for the given minutes; return their exit codes: 130, or they were done too early."""
    started = [_started(arguments, notion.url, folder, number) for number in range(arguments.processes)]
    time.sleep(arguments.minutes * 60)
    for process in started:
        process.send_signal(signal.SIGINT)
    return [process.wait(WORST_INTERRUPTION_S) for process in started]


def _started(arguments: argparse.Namespace, url: str, folder: Path, number: int) -> "subprocess.Popen[bytes]":
    variables = {
        "NOTION_TOKEN": TOKEN,
        "NOTION_BASE_URL": url,
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": str(arguments.limit),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    output = str(folder / f"export-{number}")
    command = [sys.executable, "-m", "notion_sync_assets", "export", "--quiet", "--output", output]
    with (folder / f"export-{number}.log").open("wb") as log:
        return subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=7)
    parser.add_argument("--limit", type=int, default=180, help="requests a minute, of server and export")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--rows-each", type=int, default=0, help="rows of each data source; 0: pages alone")
    parser.add_argument("--window-mode", choices=("fixed", "sliding"), default="fixed")
    parser.add_argument("--latency-ms", type=float, default=150)
    return parser.parse_args()


if __name__ == "__main__":
    main()

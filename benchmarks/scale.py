"""`python -m benchmarks.scale --pages 10000`: time, memory, requests and bytes of an export of that many pages.

A first export, then one with 0, 1 and 10 % of the pages changed. The local Notion is a process of its own and has no
limit. Memory is the resident set of the exporting process and its children together, sampled 20 times a second, above
what it was when everything was imported.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.memory import tree_megabytes
from benchmarks.results import keep
from notion_sync_assets.emulator.server import Control

Json = dict[str, Any]
_SAMPLE_S = 0.05
_MEGABYTE = 1024 * 1024


@contextmanager
def notion(pages: int, rows: int, databases: int) -> Iterator[str]:
    """Start a local Notion without a limit as a process; yield its address."""
    numbers = {"pages": pages, "rows": rows, "databases": databases, "limit": 0, "port": 0}
    command = [
        sys.executable,
        "-m",
        "notion_sync_assets.emulator",
        "--world",
        "generated",
        "--exit-with-parent",
    ]
    for name, number in numbers.items():
        command += [f"--{name}", str(number)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


class Watched:
    """A process whose memory is sampled; peaks are kept by phase."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._phase = "importing"
        self.peaks: dict[str, float] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def phases(self) -> Iterator[Json]:
        """Yield each phase as it begins, until the process ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            self._phase = told["phase"]
            self.peaks[self._phase] = tree_megabytes(self._process.pid)
            yield told
        self._process.wait()
        self._thread.join()

    def _watch(self) -> None:
        while self._process.poll() is None:
            phase = self._phase
            self.peaks[phase] = max(self.peaks.get(phase, 0.0), tree_megabytes(self._process.pid))
            time.sleep(_SAMPLE_S)


def export(url: str, root: Path, events: bool) -> Json:
    """Run one export; return requests and by phase seconds, CPU seconds and megabytes above the imports."""
    control = Control(url)
    control.reset()
    variables = {
        "NOTION_TOKEN": "secret_scale",
        "NOTION_BASE_URL": url,
        "NOTION_SYNC_OUTPUT__PATH": str(root),
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
        "NOTION_SYNC_DAGSTER__PAGE_EVENTS": str(events).lower(),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scale_export"],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        watched = Watched(process)
        told = list(watched.phases())
    if process.returncode:
        raise RuntimeError(f"the export ended with {process.returncode}: its figures are of something else")
    return {
        "requests": control.stats()["requests"],
        "phases": _by_phase(told, watched.peaks),
        "seconds": told[-1]["seconds"],
        "cpu_seconds": told[-1]["cpu_seconds"],
        "import_megabytes": round(watched.peaks["imported"], 1),
        "peak_above_imports_without_catalog": _above(watched.peaks, without="catalog"),
        "peak_above_imports": _above(watched.peaks),
    }


def _by_phase(told: list[Json], peaks: dict[str, float]) -> Json:
    found = {}
    for this, following in itertools.pairwise(told):
        found[this["phase"]] = {
            "seconds": round(following["seconds"] - this["seconds"], 2),
            "cpu_seconds": round(following["cpu_seconds"] - this["cpu_seconds"], 2),
            "megabytes_above_imports": round(peaks[this["phase"]] - peaks["imported"], 1),
        }
    return found


def _above(peaks: dict[str, float], without: str = "") -> float:
    counted = [peak for phase, peak in peaks.items() if phase not in ("importing", "end", without)]
    return round(max(counted) - peaks["imported"], 1)


def change(url: str, share: float) -> int:
    """Edit one property of a share of the pages; return how many."""
    control = Control(url)
    pages = sorted(control.oracle_ids("page"))
    chosen = random.Random(share).sample(pages, int(len(pages) * share))
    for number, page in enumerate(chosen):
        control.change("rename", object_id=page, title=f"Renamed {share} {number}")
    # Search knows of a change only after a while.
    control.clock(advance=300.0)
    return len(chosen)


def sizes(root: Path) -> Json:
    """Megabytes by first folder."""
    found: Json = {}
    for path in root.rglob("*"):
        if path.is_file():
            part = path.relative_to(root).parts[0]
            found[part] = found.get(part, 0) + path.stat().st_size
    return {name: round(size / _MEGABYTE, 1) for name, size in sorted(found.items())}


def measure(pages: int, databases: int, shares: list[float], events: bool) -> Json:
    """Export a workspace of that many pages, two thirds of them rows, then again after each share has changed."""
    folder = Path(tempfile.mkdtemp(prefix="scale-"))
    root = folder / "export"
    rows = pages * 2 // 3
    try:
        with notion(pages - rows, rows, databases) as url:
            result: Json = {"pages": pages, "databases": databases, "page_events": events}
            result["first"] = export(url, root, events)
            result["megabytes"] = sizes(root)
            for share in shares:
                changed = change(url, share)
                result[f"changed {share:.0%}"] = {"pages": changed, **export(url, root, events)}
            return result
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--databases", type=int, default=10)
    parser.add_argument("--changed", type=float, nargs="*", default=[0.0, 0.01, 0.1])
    parser.add_argument("--no-events", action="store_true", help="without page events in Dagster's log")
    chosen = parser.parse_args()
    result = measure(chosen.pages, chosen.databases, chosen.changed, not chosen.no_events)
    keep(f"scale-{chosen.pages}{'-no-events' if chosen.no_events else ''}", result)


if __name__ == "__main__":
    main()

"""`python -m benchmarks.throughput [--pages N]`: speed without a limit, against a bare crawl of the same workspace.

Both are processes of their own against a local Notion that is a third one: an export up to its commits (index and sync), and
the official client reading the same objects and keeping nothing, then the same number of events logged bare. Once with
page events in Dagster's log and once without. Absolute times belong to the machine; the ratios can be compared.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.results import keep
from benchmarks.scale import Json, export, notion

_UP_TO_COMMIT = ("index", "sync")


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--databases", type=int, default=10)
    chosen = parser.parse_args()
    with notion(chosen.pages - chosen.pages * 2 // 3, chosen.pages * 2 // 3, chosen.databases) as url:
        pairs = {name: compared(url, events) for name, events in (("events", True), ("no_events", False))}
    keep(f"throughput-{chosen.pages}", {"pages": chosen.pages, "databases": chosen.databases, **pairs})


def compared(url: str, events: bool) -> Json:
    """Return what both took, and the ratios of their times."""
    with tempfile.TemporaryDirectory() as folder:
        made = export(url, Path(folder) / "export", events)
    ours = {
        "requests": made["requests"],
        "seconds": _sum(made, "seconds"),
        "cpu_seconds": _sum(made, "cpu_seconds"),
        "phases": made["phases"],
    }
    bare = bare_crawl(url, events)
    return {
        "export": ours,
        "bare": bare,
        "seconds_over_bare": round(ours["seconds"] / bare["seconds"], 2),
        "cpu_over_bare": round(ours["cpu_seconds"] / bare["cpu_seconds"], 2),
        "cpu_ms_per_request": round(1000 * ours["cpu_seconds"] / ours["requests"], 2),
    }


def bare_crawl(url: str, events: bool) -> Json:
    """Run the bare crawl as a process; return what it says of itself."""
    command = [sys.executable, "-m", "benchmarks.bare", url, "events" if events else "none"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: Json = json.loads(answer.stdout)
    return told


def _sum(made: Json, kind: str) -> float:
    return round(sum(made["phases"][name][kind] for name in _UP_TO_COMMIT), 2)


if __name__ == "__main__":
    main()

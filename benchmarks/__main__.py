"""`python -m benchmarks [small|large] [--fresh]`: a whole series of measurements, then the page and its plots.

`small` takes less than 15 minutes on two cores, `large` hours. A series that was interrupted goes on with the step it was
in: what is done stands in a file that is deleted at the end. Each step is a process and keeps its own result.

Here: which measurements belong to a series. Not here: any measurement; peers, which need npm (``benchmarks.peers``).
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import write_page

_PROJECT = Path(__file__).parents[1]
SERIES: dict[str, Sequence[str]] = {
    "small": (
        "frugality --pages 1000",
        "paces",
        "throughput --pages 1000",
        "events",
        "scale --pages 1000",
        "scale --pages 3000",
        "scopes --pages 500",
        "rendering --pages 2000",
    ),
    "large": (
        "frugality --pages 10000",
        "paces --windows 6 --pages 3000",
        "utilisation",
        "utilisation --processes 3",
        "utilisation --window-mode sliding",
        "utilisation --limit 600 --rows-each 10 --minutes 5",
        "throughput --pages 10000",
        "events",
        "rendering --pages 10000",
        "webhooks",
        "scale --pages 1000 --no-events",
        "scale --pages 1000",
        "scale --pages 10000 --no-events",
        "scale --pages 10000",
        "scopes --pages 10000",
        "scale --pages 100000 --no-events",
        "scale --pages 100000",
    ),
}


def main() -> int:
    """Run what is left of a series; return the code of the first step that failed, or 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("series", choices=SERIES, nargs="?", default="small")
    parser.add_argument("--fresh", action="store_true", help="begin anew, also after an interruption")
    chosen = parser.parse_args()
    left = Remaining(_PROJECT / f".bench-{chosen.series}.json", SERIES[chosen.series], fresh=chosen.fresh)
    began = time.monotonic()
    for step in left.steps():
        code = _run(step)
        if code:
            return code
        left.done(step)
    left.forget()
    write_page()
    print(f"benchmarks: {chosen.series} done, {(time.monotonic() - began) / 60:.1f} minutes", file=sys.stderr)
    return 0


class Remaining:
    """The steps of a series that are not done, remembered in a file."""

    def __init__(self, path: Path, steps: Sequence[str], *, fresh: bool) -> None:
        self._path = path
        self._all = steps
        known = path.exists() and not fresh
        self._done: list[str] = json.loads(path.read_text(encoding="utf-8")) if known else []

    def steps(self) -> list[str]:
        """Return what is left, in order."""
        return [step for step in self._all if step not in self._done]

    def done(self, step: str) -> None:
        """Remember a step."""
        self._done.append(step)
        self._path.write_text(json.dumps(self._done, indent=2), encoding="utf-8")

    def forget(self) -> None:
        """Let the next series begin at its beginning."""
        self._path.unlink(missing_ok=True)


def _run(step: str) -> int:
    name, *options = step.split()
    print(f"benchmarks: {step}", file=sys.stderr)
    began = time.monotonic()
    code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False).returncode
    print(f"benchmarks: {step}: code {code}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

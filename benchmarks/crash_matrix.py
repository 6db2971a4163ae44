"""`python -m benchmarks.crash_matrix`: kill an export at many points, run it again, compare with an uninterrupted one.

Three matrices. `engine`: the engine in its own process, ended by SIGKILL at every named step of the commit protocol, at
counted operations on files, and from outside at counted requests. `cli`: the whole command line, from outside at
counted requests and counted files. `dagster`: the process of a run under a real daemon, at the same points, where the
second run is the one that Dagster starts by itself (``crash_daemon``). Each case is one line of a JSONL file, so a run that is stopped goes on where it
was, and parts can be run by `--part 2/5`.

A case holds when the second run ends well, leaves the same bytes and the same committed pages as an uninterrupted
export, fetched no content again beyond what was in flight (at most 64 requests), and nothing of the first run lives.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from benchmarks import crash_engine
from benchmarks.crash_engine import Point
from benchmarks.evidence import committed_pages, rendered
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator

IN_FLIGHT = 64
RESULTS = Path(__file__).parent / "results"
STEPS = ("lease", "listing", "page", "work", "outbox", "tables", "manifest", "commit")
_CONTENT = ("/children", "/comments", "/properties/")
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["benchmarks.crash_engine"])


@dataclass(frozen=True)
class Case:
    """One kill. ``kind``: ``step``, ``files`` (by the process itself), ``requests``, ``folder`` (from outside)."""

    mode: str
    kind: str
    name: str
    number: int

    @property
    def key(self) -> str:
        """A name that finds the case in the results."""
        return f"{self.mode}:{self.kind}:{self.name}:{self.number}"


@dataclass(frozen=True)
class Uninterrupted:
    """An export that nobody ended: its bytes, its pages, how much content it fetched, and its points."""

    files: dict[str, str]
    pages: dict[str, object]
    content: int
    requests: int
    steps: dict[str, int]
    operations: int


@dataclass(frozen=True)
class Outcome:
    """What a case came to. ``first_request_s``: from the start of the second process to its first request.

    ``noticed_s``: from the end of the first process to the start of the second, where Dagster starts it.
    """

    killed: bool
    exit_code: int
    same_files: bool
    same_pages: bool
    fetched_again: int
    left_running: int
    first_request_s: float
    noticed_s: float | None = None

    @property
    def held(self) -> bool:
        """Whether everything is as promised."""
        good = self.exit_code == 0 and self.same_files and self.same_pages
        return good and self.fetched_again <= IN_FLIGHT and self.left_running == 0


class Matrix:
    """Cases against one local Notion and one uninterrupted export of it."""

    def __init__(self, notion: RunningEmulator, folder: Path, mode: str) -> None:
        self._notion = notion
        self._folder = folder
        self._start = _engine if mode == "engine" else _command_line
        self._mode = mode
        self.uninterrupted = self._uninterrupted()

    def cases(self, number: int, seed: int) -> list[Case]:
        """Return that many cases, spread over all kinds of points, the same for the same seed."""
        chance = random.Random(seed)
        known = self.uninterrupted
        if self._mode != "engine":
            outside = [("requests", known.requests), ("folder", len(known.files))]
            return [_random_case(self._mode, *outside[at % 2], chance) for at in range(number)]
        named = [
            Case("engine", "step", step, chance.randint(1, known.steps[step]))
            for at, step in zip(range(number // 3), STEPS * number, strict=False)
        ]
        kinds = [("files", known.operations), ("requests", known.requests)]
        rest = [_random_case("engine", *kinds[at % 2], chance) for at in range(number - len(named))]
        return [*named, *rest]

    def run(self, case: Case) -> Outcome:
        """Kill an export at the point of the case, run it again, and look."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            root = Path(place) / "export"
            self._notion.control.reset()
            killed, left = self._kill(case, root)
            before = self._made()
            began = time.monotonic()
            process = self._start(self._notion.url, root, Point("never"))
            while self._made() == before and process.alive():
                time.sleep(0.005)
            waited = time.monotonic() - began
            code = process.wait()
            return self._compared(root, killed=killed, exit_code=code, left_running=left, waited=waited)

    def _compared(
        self, root: Path, *, killed: bool, exit_code: int, left_running: int, waited: float
    ) -> Outcome:
        return Outcome(
            killed=killed,
            exit_code=exit_code,
            same_files=rendered(root) == self.uninterrupted.files,
            same_pages=committed_pages(root) == self.uninterrupted.pages,
            fetched_again=self._content() - self.uninterrupted.content,
            left_running=left_running,
            first_request_s=round(waited, 3),
        )

    def _kill(self, case: Case, root: Path) -> tuple[bool, int]:
        inside = case.kind in ("step", "files")
        process = self._start(
            self._notion.url, root, Point(case.kind, case.name, case.number) if inside else Point("never")
        )
        reached: dict[str, Callable[[], bool]] = {
            "requests": lambda: self._made() >= case.number,
            "folder": lambda: entries(root) >= case.number,
        }
        condition = reached.get(case.kind, lambda: False)
        family: set[psutil.Process] = set()
        while process.alive() and not condition():
            family |= set(process.children())
            time.sleep(0.003)
        killed = process.kill()
        _gone, alive = psutil.wait_procs(family, timeout=5)
        return killed, len(alive)

    def _uninterrupted(self) -> Uninterrupted:
        root = self._folder / "uninterrupted"
        steps, operations = _points(self._notion.url, self._folder / "counted")
        self._notion.control.reset()
        code = self._start(self._notion.url, root, Point("never")).wait()
        if code:
            raise RuntimeError(f"the uninterrupted export ended with {code}")
        return Uninterrupted(
            rendered(root), committed_pages(root), self._content(), self._made(), steps, operations
        )

    def _made(self) -> int:
        return sum(self._notion.engine.stats.by_route.copy().values())

    def _content(self) -> int:
        routes = self._notion.engine.stats.by_route.copy()
        return sum(count for (route, _), count in routes.items() if any(each in route for each in _CONTENT))


class _Process:
    """An export in a process of its own: forked ready to run, or started as a person would."""

    def __init__(self, process: "BaseProcess | subprocess.Popen[bytes]") -> None:
        self._process = process

    def alive(self) -> bool:
        if isinstance(self._process, subprocess.Popen):
            return self._process.poll() is None
        return self._process.is_alive()

    def children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> bool:
        """Send SIGKILL; tell whether the process was ended by that signal, from here or by itself."""
        self._process.kill()
        return self.wait() == -9

    def wait(self) -> int:
        if isinstance(self._process, subprocess.Popen):
            return self._process.wait()
        self._process.join()
        return int(self._process.exitcode or 0)


def _engine(url: str, root: Path, point: Point) -> _Process:
    process = _FORKS.Process(target=crash_engine.export, args=(url, str(root), point), daemon=True)
    process.start()
    return _Process(process)


def entries(folder: Path) -> int:
    """Return how many files and folders are below one, while others come and go."""
    return sum(len(folders) + len(files) for _, folders, files in os.walk(folder))


def _command_line(url: str, root: Path, _point: Point) -> _Process:
    variables = {
        "NOTION_TOKEN": "secret_crash",
        "NOTION_BASE_URL": url,
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
    }
    command = [sys.executable, "-m", "notion_sync_assets", "export", "--quiet", "--output", str(root)]
    return _Process(
        subprocess.Popen(
            command,
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )


def _points(url: str, root: Path) -> tuple[dict[str, int], int]:
    pool = _FORKS.Pool(1)
    try:
        return pool.apply(crash_engine.count_points, (url, str(root)))
    finally:
        # Not terminated: a process begun by a shell that ignores signals would wait for ever.
        pool.close()
        pool.join()


def _random_case(mode: str, kind: str, most: int, chance: random.Random) -> Case:
    return Case(mode, kind, "", chance.randint(1, most))


def _part_of(cases: list[Case], part: str) -> Iterator[Case]:
    which, parts = (int(each) for each in part.split("/"))
    return (case for at, case in enumerate(cases) if at % parts == which - 1)


def _matrix(notion: RunningEmulator, folder: Path, mode: str) -> Matrix:
    if mode != "dagster":
        return Matrix(notion, folder, mode)
    from benchmarks.crash_daemon import DaemonMatrix

    return DaemonMatrix(notion, folder, mode)


def main() -> int:
    """Run the cases that are not in the results yet; exit code 1 when one of them did not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mode", choices=["engine", "cli", "dagster"], default="engine")
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="only every n-th case, e.g. 2/5")
    chosen = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    results = RESULTS / f"crash-{chosen.mode}.jsonl"
    done = (
        {json.loads(line)["case"] for line in results.read_text().splitlines()} if results.exists() else set()
    )
    rows = chosen.pages * 2 // 3
    config = EmulatorConfig(
        world="generated", pages=chosen.pages - rows, rows=rows, databases=4, limit=0, latency_ms=1, seed=7
    )
    broken = 0
    with running_emulator(config) as notion, tempfile.TemporaryDirectory() as folder:
        matrix = _matrix(notion, Path(folder), chosen.mode)
        for case in _part_of(matrix.cases(chosen.number, chosen.seed), chosen.part):
            if case.key in done:
                continue
            outcome = matrix.run(case)
            broken += not outcome.held
            line = json.dumps({"case": case.key, "held": outcome.held, **asdict(outcome)})
            print(line, flush=True)
            with results.open("a") as out:
                out.write(line + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

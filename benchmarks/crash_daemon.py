"""Run workers killed under a real daemon: Dagster notices, starts the run again, and the export has to be the same.

Here: a daemon of its own for each case, launching `export_job`, finding the process of its run, waiting for the run
that Dagster starts after it. Not here: cases and what is compared (``crash_matrix``).
"""

import os
import re
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path

import dagster as dg
import psutil

from benchmarks.crash_matrix import Case, Matrix, Outcome, entries

_PROJECT = Path(__file__).parents[1]
_STARTED_S = 90.0
_ENDED_S = 300.0
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
_PID = re.compile(r"Started process for run \(pid: (\d+)\)")


class DaemonMatrix(Matrix):
    """Cases in which the process of a run is killed, and nobody but Dagster starts another."""

    def run(self, case: Case) -> Outcome:
        """Kill the run at the point of the case, wait for what Dagster makes of it, and look."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            root = Path(place) / "export"
            self._notion.control.reset()
            with running_daemon(self._notion.url, root, Path(place) / "home") as daemon:
                run_id = daemon.launch()
                worker = daemon.worker_of(run_id)
                _wait(lambda: self._reached(case, root) or not worker.is_running(), _ENDED_S)
                killed = worker.is_running()
                worker.kill()
                ended = time.time()
                before = self._settled()
                _wait(lambda: self._made() > before or daemon.last_ended(run_id), _ENDED_S)
                first = time.time()
                started = daemon.started_again(run_id)
                _wait(lambda: daemon.last_ended(run_id), _ENDED_S)
                code = 0 if daemon.succeeded(run_id) else 1
                family = daemon.family()
            _gone, alive = psutil.wait_procs(family, timeout=30)
            outcome = self._compared(
                root, killed=killed, exit_code=code, left_running=len(alive), waited=first - started
            )
            return replace(outcome, noticed_s=round(started - ended, 3))

    def _settled(self) -> int:
        """Count the requests once those that the killed worker had just sent have all been counted."""
        made = -1
        while made != (made := self._made()):
            time.sleep(0.5)
        return made

    def _reached(self, case: Case, root: Path) -> bool:
        made = self._made() if case.kind == "requests" else entries(root)
        return made >= case.number


class Daemon:
    """A running daemon with its code server, on an instance of its own."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", instance: dg.DagsterInstance, variables: dict[str, str]
    ) -> None:
        self._process = process
        self._instance = instance
        self._variables = variables

    def launch(self) -> str:
        """Queue a run of `export_job`; return its id."""
        subprocess.run(
            [_program("dagster"), "job", "launch", "-w", "workspace.yaml", "-j", "export_job"],
            cwd=_PROJECT,
            env=self._variables,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        (run,) = self._instance.get_runs(limit=1)
        return run.run_id

    def worker_of(self, run_id: str) -> psutil.Process:
        """Wait for the process of a run."""
        found: list[int] = []

        def started() -> bool:
            messages = (entry.message for entry in self._instance.all_logs(run_id))
            found.extend(int(match[1]) for match in map(_PID.search, messages) if match)
            return bool(found)

        _wait(started, _STARTED_S)
        return psutil.Process(found[0])

    def started_again(self, run_id: str) -> float:
        """Return when the process of the newest run that came of a run was started, in seconds since 1970."""
        entries = self._instance.all_logs(self._attempts(run_id)[-1].run_id)
        return next(entry.timestamp for entry in entries if _PID.search(entry.message))

    def last_ended(self, run_id: str) -> bool:
        """Tell whether the newest run that came of a run has ended, and is not to be tried again."""
        last = self._attempts(run_id)[-1]
        again = last.tags.get("dagster/will_retry") == "true" or last.run_id == run_id
        return last.status in _ENDED and (last.status is dg.DagsterRunStatus.SUCCESS or not again)

    def succeeded(self, run_id: str) -> bool:
        """Tell whether the newest run that came of a run did."""
        return self._attempts(run_id)[-1].status is dg.DagsterRunStatus.SUCCESS

    def family(self) -> list[psutil.Process]:
        """Every process that the daemon started, and those."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def _attempts(self, run_id: str) -> list[dg.DagsterRun]:
        first = self._instance.get_run_by_id(run_id)
        assert first is not None
        again = self._instance.get_runs(dg.RunsFilter(tags={"dagster/root_run_id": run_id}))
        return [first, *reversed(again)]


@contextmanager
def running_daemon(url: str, root: Path, home: Path) -> Iterator[Daemon]:
    """A daemon with the packaged configuration, ended at the end of the block as a service manager would."""
    home.mkdir(parents=True)
    packaged = resources.files("notion_sync_assets") / "dagster.yaml"
    (home / "dagster.yaml").write_bytes(packaged.read_bytes())
    variables = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "NOTION_TOKEN": "secret_crash",
        "NOTION_BASE_URL": url,
        "NOTION_SYNC_OUTPUT__PATH": str(root),
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
    }
    with (home / "daemon.log").open("w") as log, dg.DagsterInstance.from_config(str(home)) as instance:
        process = subprocess.Popen(
            [_program("dagster-daemon"), "run", "-w", "workspace.yaml"],
            cwd=_PROJECT,
            env=variables,
            stdout=log,
            stderr=log,
        )
        try:
            yield Daemon(process, instance, variables)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _program(name: str) -> str:
    return f"{sysconfig.get_path('scripts')}/{name}"


def _wait(condition: Callable[[], bool], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.02)

"""The command line on one folder as a person uses it: in this process, or as a process that can be killed.

Here: starting, ending, what it printed. Not here: what an export left behind (``evidence``).

Processes that are killed by the dozen are forked from one that has imported everything once; what they run is the
same command line.
"""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import orjson
from click.testing import CliRunner

from notion_sync_assets.cli import cli

TOKEN = "ntn_2718281828459045"
LAUNCHED_S = 60.0
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "notion_sync_assets.cli_progress",
        "notion_sync_assets.export_run",
        "notion_sync_assets_tests.processes.exporter",
    ]
)


@dataclass(frozen=True)
class Finished:
    """How a command ended: exit code (negative: the signal that killed it), standard output and error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        """The one object that ``--json`` prints on standard output."""
        (line,) = self.out.splitlines()
        return orjson.loads(line)


@dataclass
class Exporter:
    """Commands with one folder, one address and one token; ``settings`` are variables without their prefix."""

    folder: Path
    url: str
    token: str = TOKEN
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        """What the command line reads from the environment; by default no limit, and a journal of a few pages."""
        chosen = {"NOTION__REQUESTS_PER_MINUTE": 0, "OUTPUT__PATH": self.folder, **self.settings}
        found = {f"NOTION_SYNC_{name}": str(value) for name, value in chosen.items()}
        return {"NOTION_TOKEN": self.token, "NOTION_BASE_URL": self.url, **found}

    def call(self, *arguments: str) -> Finished:
        """Run a command inside this process."""
        answer = CliRunner().invoke(cli, arguments, env=self.variables)
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return Finished(answer.exit_code, answer.stdout, answer.stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "notion_sync_assets", *arguments],
            env={**os.environ, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Finished:
        """Run a command as a process of its own to its end."""
        return ended(self.start(*arguments))

    def fork(self, *arguments: str) -> "Fork":
        """Start a command as a forked process."""
        return Fork(self, arguments)

    @property
    def receipts(self) -> list[dict]:
        """All receipts, oldest first."""
        return [orjson.loads(path.read_bytes()) for path in sorted((self.folder / "receipts").glob("*.json"))]

    @property
    def receipt(self) -> dict:
        """The receipt of the last run."""
        return self.receipts[-1]


class Fork:
    """A command in a process that was forked ready to run."""

    def __init__(self, exporter: Exporter, arguments: tuple[str, ...]) -> None:
        self._output = exporter.folder.parent / f"fork-{time.monotonic_ns()}"
        self.process: ForkServerProcess = _FORKS.Process(
            target=_run_command, args=(arguments, exporter.variables, str(self._output)), daemon=True
        )
        self.process.start()

    def kill_when(self, condition: Callable[[], bool]) -> bool:
        """Send SIGKILL as soon as a condition holds; False when the command ended before that."""
        wait_until(lambda: condition() or not self.process.is_alive())
        alive = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return alive

    def finish(self) -> Finished:
        """Wait for the end."""
        self.process.join()
        texts = [self._output.with_suffix(end).read_text() for end in (".out", ".err")]
        return Finished(int(self.process.exitcode or 0), *texts)


def ended(process: "subprocess.Popen[str]") -> Finished:
    """Wait for a process."""
    out, err = process.communicate(timeout=LAUNCHED_S * 2)
    return Finished(process.returncode, out, err)


def wait_until(condition: Callable[[], bool], timeout: float = LAUNCHED_S, pause: float = 0.003) -> None:
    """Wait for a condition in turns of ``pause`` seconds; fails after ``timeout`` seconds.

    What asks a server takes a longer pause, or it is the asking that keeps the machine busy.
    """
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(pause)


def _run_command(arguments: tuple[str, ...], variables: dict[str, str], output: str) -> None:
    os.environ.update(variables)
    for stream, end in ((sys.stdout, ".out"), (sys.stderr, ".err")):
        target = os.open(output + end, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(target, stream.fileno())
    cli(arguments, prog_name="notion-sync")

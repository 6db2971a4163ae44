"""The processes of a soak: daemon, webserver and `notion-sync serve` on one instance, and how much memory each holds.

Here: starting, killing, measuring. Not here: what is done to them, and what has to hold in the end (``soak``).
"""

import os
import subprocess
import sys
import sysconfig
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psutil

PROJECT = Path(__file__).parents[1]
_EVERY_S = 5.0
_MEGABYTE = 1 << 20
_GROWN_MB, _GROWN_SHARE = 12.0, 0.06
"""What a process may hold more in the last quarter of its life than in the second one and still count as flat."""


class Services:
    """The long-running programs of a deployment, by name; a program that is started again keeps its name."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **variables}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> Path:
        """Start a program; return the file its output is appended to."""
        path = self._folder / f"{name}.log"
        with path.open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=PROJECT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        return path

    def daemon(self) -> None:
        """Start Dagster's daemon."""
        self.start("daemon", program("dagster-daemon"), "run", "-w", "workspace.yaml")

    def webserver(self, port: int) -> None:
        """Start Dagster's webserver."""
        address = ("-h", "127.0.0.1", "-p", str(port))
        self.start("webserver", program("dagster-webserver"), *address, "-w", "workspace.yaml")

    def serve(self) -> Path:
        """Start the server of webhooks, which waits for its handshake; return its log."""
        command = (sys.executable, "-m", "notion_sync_assets", "serve", "--port", "0", "--json")
        return self.start("serve", *command, "--await-verification")

    def run(self, *command: str) -> None:
        """Run a program to its end; it has to end well."""
        done = subprocess.run(
            command, cwd=PROJECT, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[-1]} ended with {done.returncode}: {done.stderr[-2000:]}")

    def kill(self, name: str) -> None:
        """End a program as a power failure would."""
        self.running[name].kill()
        self.running[name].wait()

    def stop(self) -> None:
        """End everything in order, the programs that these started included."""
        children = [child for each in self.running.values() for child in _children(each.pid)]
        for each in self.running.values():
            each.terminate()
        for each in self.running.values():
            each.wait(60)
        for each in psutil.wait_procs(children, timeout=30)[1]:
            each.kill()


class MemoryLog(threading.Thread):
    """Resident memory of each service and of its code server, sampled until ``end``."""

    def __init__(self, services: Services) -> None:
        super().__init__(daemon=True)
        self._services = services
        self._over = threading.Event()
        self._samples: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.run_peak_mb = 0.0

    def run(self) -> None:
        """Sample until told to end."""
        while not self._over.wait(_EVERY_S):
            for name, process in list(self._services.running.items()):
                with suppress(psutil.Error):
                    self._sample(name, psutil.Process(process.pid))

    def end(self) -> dict[str, Any]:
        """End, and return what each process held, by name; of several of one name the one that lived longest."""
        self._over.set()
        self.join()
        longest: dict[str, list[float]] = {}
        for (name, _), samples in self._samples.items():
            longest[name] = max(longest.get(name, []), samples, key=len)
        return {name: account(samples) for name, samples in sorted(longest.items())}

    def _sample(self, name: str, process: psutil.Process) -> None:
        self._samples[name, process.pid].append(_resident(process))
        for child in process.children(recursive=True):
            with suppress(psutil.Error):
                self._sample_child(name, child, child.cmdline())

    def _sample_child(self, name: str, child: psutil.Process, command: Sequence[str]) -> None:
        if "grpc" in command:
            self._samples[f"code server of {name}", child.pid].append(_resident(child))
        elif any("execute_run" in each or "multiprocessing" in each for each in command):
            self.run_peak_mb = max(self.run_peak_mb, _resident(child))


def account(samples: Sequence[float]) -> dict[str, Any]:
    """Return how memory (in megabytes) went, and whether it is flat: the last quarter against the second one."""
    quarter = max(1, len(samples) // 4)
    early, late = median(samples[quarter : 2 * quarter] or samples), median(samples[-quarter:])
    return {
        "samples": len(samples),
        "first_mb": round(samples[0], 1),
        "second_quarter_mb": round(early, 1),
        "last_quarter_mb": round(late, 1),
        "largest_mb": round(max(samples), 1),
        "flat": late - early <= max(_GROWN_MB, early * _GROWN_SHARE),
    }


@contextmanager
def running_services(folder: Path, variables: Mapping[str, str]) -> Iterator[Services]:
    """Services on a new instance with the packaged configuration, all ended with the block."""
    home = Path(variables["DAGSTER_HOME"])
    home.mkdir(parents=True)
    packaged = resources.files("notion_sync_assets") / "dagster.yaml"
    (home / "dagster.yaml").write_bytes(packaged.read_bytes())
    services = Services(folder, variables)
    try:
        yield services
    finally:
        services.stop()


def program(name: str) -> str:
    """Return the path of a program that was installed with this Python."""
    return f"{sysconfig.get_path('scripts')}/{name}"


def said(log: Path, number: int, patience_s: float = 90.0) -> dict[str, str]:
    """Wait for the JSON object of that number (from 0) in a log."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        lines = [line for line in log.read_bytes().splitlines() if line.startswith(b"{")]
        if len(lines) > number:
            found: dict[str, str] = orjson.loads(lines[number])
            return found
        time.sleep(0.1)
    raise TimeoutError(log.read_text(errors="replace")[-2000:])


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / _MEGABYTE


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []

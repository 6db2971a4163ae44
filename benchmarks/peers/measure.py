"""One run of one peer as a process: seconds, CPU seconds, the peak of its memory, how it ended.

Memory is the resident set of the process and its children together, sampled 20 times a second. A peer sees only
the variables named here, so that nothing of the machine decides. Not here: what it asked (``local_notion``).
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.memory import tree_megabytes
from benchmarks.peers.catalogue import DRIVERS, Peer
from benchmarks.peers.environments import Environment
from benchmarks.peers.local_notion import LocalNotion
from benchmarks.peers.worlds import needed, targets

_SAMPLE_S = 0.05
_ERROR = re.compile(r"[\w.]+(Error|Exception)\b")


@dataclass(frozen=True)
class Ran:
    """How a process went; ``exit_code`` None: it was stopped because it took too long."""

    exit_code: int | None
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    complaint: str


def run(
    peer: Peer,
    at: Environment,
    notion: LocalNotion,
    folder: Path,
    patience_s: float,
    settings: Mapping[str, str],
) -> dict[str, Any]:
    """Let a peer export a workspace into ``folder/output``; return what it took and what it asked.

    ``settings`` are variables of ours that have a counterpart in no peer, such as the limit to keep to.
    """
    told, output = folder / "targets.json", folder / "output"
    told.write_text(json.dumps(targets(notion.engine)), encoding="utf-8")
    output.mkdir()
    ran = _process(
        [*at.command, str(told), str(output)],
        {**_variables(peer, notion.url, folder), **settings},
        folder,
        patience_s,
    )
    asked = notion.asked
    return {
        **asdict(ran),
        "requests": asked.requests,
        "needed": needed(notion.engine, peer.reads),
        "duplicates": asked.duplicates,
        "rejected": asked.rejected,
        "failed": asked.failed,
    }


def _variables(peer: Peer, url: str, folder: Path) -> Mapping[str, str]:
    home = folder / "home"
    home.mkdir()
    token = "secret_peer_of_the_benchmark"  # the emulator takes any
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "NOTION_TOKEN": token,
        "NOTION_API_KEY": token,
        "NOTION_BASE_URL": url,
        "PEER_NOTION_URL": url,
        "PEER_WIRE": peer.wire,
        "PYTHONPATH": str(DRIVERS / "redirect"),
        **dict(peer.variables),
    }


def _process(command: list[str], variables: Mapping[str, str], folder: Path, patience_s: float) -> Ran:
    log = folder / "log"
    with log.open("wb") as heard:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=heard, stderr=heard, start_new_session=True
        )
        peak, ended = 0.0, None
        while ended is None and time.monotonic() - began < patience_s:
            peak = max(peak, tree_megabytes(process.pid))
            time.sleep(_SAMPLE_S)
            ended = _ended(process)
        seconds = time.monotonic() - began
        if ended is None:
            os.killpg(process.pid, signal.SIGKILL)
            _, usage = os.wait4(process.pid, 0)[1:]
            code = None
        else:
            code, usage = ended
        process.returncode = code if code is not None else -signal.SIGKILL
    cpu = usage.ru_utime + usage.ru_stime
    complaint = "" if code == 0 else _complaint(log, patience_s if code is None else None)
    return Ran(code, round(seconds, 2), round(cpu, 2), round(peak, 1), complaint)


def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, Any] | None:
    pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    return (os.waitstatus_to_exitcode(status), usage) if pid else None


def _complaint(log: Path, stopped_after_s: float | None) -> str:
    """The first line a driver reports of a failure, else the last error, else what was said last."""
    if stopped_after_s is not None:
        return f"stopped after {stopped_after_s:g} s"
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    failures = [line for line in lines if line.startswith("failed: ")]
    errors = [line for line in lines if _ERROR.match(line)]
    return (failures or errors[-1:] or lines[-1:] or ["no message"])[0][:200]

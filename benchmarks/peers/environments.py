"""An environment of its own for every peer: a virtual environment or a folder of node modules, made once and kept.

Here: installing by name from PyPI and npm, and what came of it. Not here: what is installed (``catalogue``).
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.catalogue import DRIVERS, Peer

FOLDER = Path(__file__).parents[2] / ".venv-peers"
_INSTALL_S = 900


class NotInstalledError(Exception):
    """A peer cannot be installed; the text is the first line of the reason."""


@dataclass(frozen=True)
class Environment:
    """What runs a peer: the beginning of its command line, its own version, the official client's, and remarks."""

    command: tuple[str, ...]
    version: str
    remark: str = ""


def environment(peer: Peer) -> Environment:
    """Return a peer's environment, made when it is not there yet."""
    driver = str(DRIVERS / peer.driver)
    if peer.registry == "this repository":
        return Environment((sys.executable, driver), "this commit")
    folder = FOLDER / peer.name
    done = folder / "installed.json"
    wanted = list(peer.requirements)
    if not done.exists() or json.loads(done.read_text(encoding="utf-8")) != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _install(peer, folder)
        done.write_text(json.dumps(wanted), encoding="utf-8")
    if peer.registry == "npm":
        return Environment((_node(), driver, str(folder)), _npm_version(peer, folder))
    return Environment((str(folder / "bin" / "python"), driver), _pypi_version(peer, folder), _remark(peer))


def _install(peer: Peer, folder: Path) -> None:
    if peer.registry == "npm":
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *peer.requirements], folder)
        return
    venv.create(folder, with_pip=True)
    too_old = ["--ignore-requires-python"] if _remark(peer) else []
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *too_old, *peer.requirements], folder)


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        made = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(str(error).splitlines()[0]) from error
    if made.returncode:
        reasons = [line for line in made.stderr.splitlines() if "error" in line.lower()]
        raise NotInstalledError((reasons or made.stderr.splitlines() or ["no reason given"])[0][:200])


def _remark(peer: Peer) -> str:
    if sys.version_info >= peer.python:
        return ""
    asked, ours = (".".join(map(str, version)) for version in (peer.python, sys.version_info[:2]))
    return f"asks for Python {asked}, installed under {ours} all the same"


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        raise NotInstalledError("node is not on this machine")
    return found


def _npm_version(peer: Peer, folder: Path) -> str:
    about = json.loads((folder / "node_modules" / peer.name / "package.json").read_text(encoding="utf-8"))
    return str(about["version"])


def _pypi_version(peer: Peer, folder: Path) -> str:
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (found,) = Path(packages).glob(f"{peer.name.replace('-', '_')}-*.dist-info")
    return found.name.removesuffix(".dist-info").rpartition("-")[2]

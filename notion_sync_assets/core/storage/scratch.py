"""The folder for unfinished files: one for each process, so that what an ended one left can be told and removed.

Here: whose folder is whose. Not here: what is put there, or where a finished file goes (``local``, ``objects``).
"""

import os
import shutil
import socket
from pathlib import Path

import psutil


class ScratchFolder:
    """The folders of all processes below ``root``; 0700."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self) -> Path:
        """Return this process's folder, made when it is not there."""
        place = self._root / f"{socket.gethostname()}-{os.getpid()}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def clear(self) -> None:
        """Remove what this process, and ended processes of this host, left half-written."""
        here = f"{socket.gethostname()}-"
        for place in self._root.glob("*"):
            owner = place.name.removeprefix(here)
            if owner.isdigit() and (int(owner) == os.getpid() or not psutil.pid_exists(int(owner))):
                shutil.rmtree(place, ignore_errors=True)

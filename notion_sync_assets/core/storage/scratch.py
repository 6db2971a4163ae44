"""The folder for unfinished files: one for each process, so that what an ended one left can be told and removed.

Here: whose folder is whose. Not here: what is put there, or where a finished file goes (``local``, ``objects``).
"""

import itertools
import os
import shutil
import socket
from pathlib import Path

import psutil

_HOST = socket.gethostname()
_NUMBERS = itertools.count()


class ScratchFolder:
    """The folders of all processes below ``root``; 0700."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self) -> Path:
        """Return this process's folder, made when it is not there."""
        place = self._root / f"{_HOST}-{os.getpid()}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def new_file(self, name: str) -> tuple[int, str]:
        """Return the descriptor and path of a new file on its way to a name, open for writing; 0600."""
        folder = f"{self._root}/{_HOST}-{os.getpid()}"
        while True:
            path = f"{folder}/{name[:40]}-{next(_NUMBERS)}"
            try:
                return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), path
            except FileNotFoundError:
                self.place()
            except FileExistsError:
                continue  # of an ended process that had the same number

    def clear(self) -> None:
        """Remove what this process, and ended processes of this host, left half-written."""
        here = f"{_HOST}-"
        for place in self._root.glob("*"):
            owner = place.name.removeprefix(here)
            if owner.isdigit() and (int(owner) == os.getpid() or not psutil.pid_exists(int(owner))):
                shutil.rmtree(place, ignore_errors=True)

"""A PostgreSQL of its own for tests: from Debian's packages, in a folder of its own, on a unix socket, or on loopback.

Here: finding, starting and ending the server. Not here: whether its absence may be skipped (``system/conftest``).
"""

import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

STARTED_S = 30.0
_UNPRIVILEGED = "nobody"
_SETTINGS = {"listen_addresses": "", "fsync": "off", "log_min_messages": "fatal", "max_connections": "40"}


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest of Debian's or the one in the path; None without any."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    in_path = shutil.which("initdb")
    found = debian[-1] if debian else Path(in_path).resolve() if in_path else None
    return found.parent if found else None


class PostgresServer:
    """A running server; ``dsn`` is the address of its only database. ``port``: where it listens on loopback as well."""

    def __init__(self, programs: Path, folder: Path, port: int | None = None) -> None:
        self.port = port
        self._programs = programs
        self._folder = folder
        # PostgreSQL refuses to run as root.
        self._user = _UNPRIVILEGED if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self.user = self._user or getpass.getuser()
        self.dsn = f"host={folder} dbname=postgres user={self.user}" + (f" port={port}" if port else "")
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the files of the database."""
        command = [
            self._programs / "initdb",
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "-D",
            self._data,
        ]
        subprocess.run(command, user=self._user, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        listening = {"listen_addresses": "127.0.0.1", "port": self.port} if self.port else {}
        settings = [f"-c{name}={value}" for name, value in {**_SETTINGS, **listening}.items()]
        command = [self._programs / "postgres", "-D", self._data, "-k", self._folder, *settings]
        self._process = subprocess.Popen(
            command, user=self._user, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + STARTED_S
        while not self._answers():
            assert self._process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once; whoever is connected loses the connection."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STARTED_S)
            self._process = None

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_postgres(programs: Path, port: int | None = None) -> Iterator[PostgresServer]:
    """A server for the length of a ``with`` block."""
    # Not below pytest's own folder: another user has to get in.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = PostgresServer(programs, Path(folder), port)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()

"""Progress: plain lines where standard error is a file, one live line where it is a terminal."""

import os
import pty
import subprocess
import sys

import pytest

from notion_sync_assets_tests.processes.exporter import Exporter

pytestmark = pytest.mark.system


@pytest.fixture
def exporter(tmp_path, start_emulator):
    emulator = start_emulator(world="generated", pages=4, rows=2, databases=1, latency_ms=40)
    return Exporter(tmp_path / "export", emulator.url)


def test_without_a_terminal_every_step_is_a_plain_line(exporter):
    done = exporter.call("export")
    assert done.code == 0
    assert "\x1b" not in done.err
    steps = [line.split()[0] for line in done.err.splitlines() if line]
    assert [name for name in ("index", "sync", "links", "render", "catalog") if name not in steps] == []
    assert "requests" in done.err


def test_quiet_shows_the_outcome_only(exporter):
    done = exporter.call("export", "--quiet")
    assert done.err.splitlines()[0].endswith(f"export complete (run {exporter.receipt['run_id']})")


def test_on_a_terminal_one_line_is_rewritten(exporter):
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "notion_sync_assets", "export"],
        env={**os.environ, **exporter.variables, "TERM": "xterm-256color"},
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        shown = read_all(screen)
    assert process.returncode == 0
    assert b"\x1b[2K" in shown
    assert b"sync" in shown
    assert b"requests" in shown


def read_all(descriptor: int) -> bytes:
    """Read until the other side has ended, which Linux tells as an error."""
    found = b""
    with os.fdopen(descriptor, "rb", buffering=0) as screen:
        while True:
            try:
                part = screen.read(65536)
            except OSError:
                return found
            if not part:
                return found
            found += part

"""What drivers share: the targets they are given, and a loop that outlives a page that fails.

A driver is run as ``driver TARGETS OUTPUT``; TARGETS is a JSON file with ``roots``, ``databases`` (those at the top of
the workspace) and ``pages`` (all of them). It ends with code 1 when anything failed, and says what on stderr.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path


def given() -> tuple[dict[str, list[str]], Path]:
    """Return the targets and the folder for the output."""
    targets, output = map(Path, sys.argv[-2:])
    return json.loads(targets.read_text(encoding="utf-8")), output


def one_by_one(identifiers: list[str], export: Callable[[str], object]) -> int:
    """Export one after the other; report what fails and return the exit code."""
    failed = 0
    for identifier in identifiers:
        try:
            export(identifier)
        except Exception as error:  # noqa: BLE001 - whatever a peer does, the next page is tried
            failed += 1
            print(
                f"failed: {type(error).__name__}: {next(iter(str(error).splitlines()), '')}", file=sys.stderr
            )
    return min(failed, 1)

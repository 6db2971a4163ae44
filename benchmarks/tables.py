"""Headings and tables of the page of benchmarks, in Markdown.

Here: how a result is laid out. Not here: which results there are, and what they mean (``report``, ``report_peers``).
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]
# Two cores: a benchmark and the emulator it asks.
_QUIET = 3.0


def read(results: Path, pattern: str) -> list[Json]:
    """Return the kept results whose names match."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob(pattern))]


def heading(title: str, command: str, measured: Json) -> Iterator[str]:
    """Yield a heading, and under which circumstances something was measured."""
    yield f"## {title}"
    yield ""
    machine = measured.get("machine", {})
    yield (
        f"`{command}`, {measured.get('date', 'undated')}, {machine.get('cores')} cores"
        f" ({machine.get('processor') or 'unnamed'}), Python {machine.get('python')}."
    )
    load = max(machine.get("load_when_kept", [0.0]))
    if load > _QUIET:
        yield ""
        yield f"**The machine was busy with other work** (load up to {load:g}): counts hold, times only beside each other."
    yield ""


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: object) -> str:
    return f"{int(value):,}" if str(value).isdigit() else str(value).replace("|", "\\|")

"""The figures of three exports of one generated workspace: a first one, one without change, one with few changes.

Here: what is counted and where. Not here: what is expected (`expected.json`), how close it has to be
(``test_figures``). Both processes, export and local Notion, are those of the benchmarks.
"""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.scale import Json, change, export, notion
from notion_sync_assets.emulator.server import Control

EXPECTED = Path(__file__).with_name("expected.json")
SIZE = {"pages": 20, "rows": 30, "databases": 3}
CHANGED = 0.06
_FOR_PEOPLE = ("json", "markdown", "html", "csv", "parquet", "files")
_INDEX = "index.db"
# How many parts a journal has depends on the time a sync takes.
_JOURNAL = "journal"


def figures() -> dict[str, Json]:
    """Return the figures of each export, by its name."""
    with tempfile.TemporaryDirectory() as folder, notion(**SIZE) as url:
        return dict(_exports(url, Path(folder) / "export"))


def _exports(url: str, root: Path) -> Iterator[tuple[str, Json]]:
    before: Files = {}
    events: Counter[str] = Counter()
    for name in ("first", "unchanged", "few changed"):
        if name == "few changed":
            change(url, CHANGED)
        ran = export(url, root, events=True)
        after, told = written(root), logged(root)
        yield (
            name,
            {
                "requests": _by_route(url),
                "events": dict(sorted((told - events).items())),
                "files": _new(before, after),
                "megabytes_above_imports": ran["peak_above_imports_without_catalog"],
                "megabytes_above_imports_catalog": ran["peak_above_imports"],
            },
        )
        before, events = after, told


def _by_route(url: str) -> dict[str, int]:
    """Answered requests to the API by route."""
    routes: dict[str, dict[str, int]] = Control(url).stats()["by_route"]
    return {route: sum(statuses.values()) for route, statuses in routes.items() if "/v1/" in route}


Files = dict[str, tuple[int, int]]


def written(root: Path) -> Files:
    """Size and time of writing of every file that people open or the event store holds, by its path."""
    return {
        str(path.relative_to(root)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
        and path.relative_to(root).parts[0] in (*_FOR_PEOPLE, "state")
        and _JOURNAL not in path.relative_to(root).parts
    }


def _new(before: Files, after: Files) -> dict[str, dict[str, int]]:
    """Number and bytes of the files that were written, by first folder."""
    found: dict[str, dict[str, int]] = {}
    for path, (size, moment) in sorted(after.items()):
        if before.get(path) != (size, moment):
            sums = found.setdefault(path.split("/", 1)[0], {"number": 0, "bytes": 0})
            sums["number"] += 1
            sums["bytes"] += size
    return found


def logged(root: Path) -> Counter[str]:
    """Events in Dagster's log by type, each counted once: in its run's part of the log, or among those of no run."""
    found: Counter[str] = Counter()
    for path in (root / ".dagster").rglob("*.db"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as part:
            tables = {name for (name,) in part.execute("SELECT name FROM sqlite_master")}
            if path.name != _INDEX and "event_logs" in tables:
                found.update(
                    dict(part.execute("SELECT dagster_event_type, count(*) FROM event_logs GROUP BY 1"))
                )
    return found


def text(made: dict[str, Json]) -> str:
    """Return figures as they are committed."""
    return json.dumps(made, indent=2) + "\n"

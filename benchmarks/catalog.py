"""`python -m benchmarks.catalog --pages 100000 --blocks 30`: the catalog of a large workspace, built, replaced and asked.

Builds run in processes of their own with the default settings: seconds of wall clock and CPU, peak of the resident set with
the imports in it. While one scope is committed again and brought in, and the whole is made anew, four processes open the
catalog and ask it in a loop; every error counts. The recipes of docs/recipes.md are timed with nothing else running, opening
the file and all rows included, best of three. The workspace is written by SQL (``catalog_corpus``), without any request.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.catalog_corpus import commit_again, people, write_state
from benchmarks.results import keep
from notion_sync_assets.core.catalog.builder import build_catalog
from notion_sync_assets.core.catalog.queries import run_query
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.settings_model import CatalogSettings
from notion_sync_assets_tests.recipes import queries

_READERS = 4
_STOP = "stop"
_PAUSE = 0.5
_LAST_ROUND = 5  # seconds, so that the newest catalog is asked, too
_ASKED = (
    "SELECT count(*) FROM blocks",
    "SELECT state, count(*), sum(hours) FROM tasks GROUP BY ALL",
    "SELECT count(*) FROM search_blocks('garden')",
    "SELECT max(seq) FROM scopes",
)
Json = dict[str, Any]


def main() -> None:
    """Measure and write down, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--blocks", type=int, default=30, help="a page")
    parser.add_argument("--role", choices=("write", "build", "commit", "rebuild", "read"))
    parser.add_argument("--root", type=Path)
    chosen = parser.parse_args()
    if chosen.role:
        print(json.dumps(_ROLES[chosen.role](chosen)))
        return
    with tempfile.TemporaryDirectory() as folder:
        chosen.root = Path(folder) / "export"
        keep("catalog", measure(chosen))


def measure(chosen: argparse.Namespace) -> Json:
    """Return everything that was measured on one workspace."""
    written = _run(chosen, "write")
    built = _run(chosen, "build")
    recipes = {heading: _best_of_three(chosen.root, sql) for heading, sql in queries().items()}
    settings = CatalogSettings()
    return {
        "pages": chosen.pages,
        "rows": built.pop("rows"),
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "state_mb": _megabytes(chosen.root / "state"),
        "catalog_mb": _megabytes(chosen.root / "notion.duckdb"),
        "writing_the_workspace": written,
        "build": built,
        "recipes": recipes,
        **_while_read(chosen),
    }


def _while_read(chosen: argparse.Namespace) -> Json:
    stop = chosen.root.parent / _STOP
    readers = [_process(chosen, "read") for _ in range(_READERS)]
    _run(chosen, "commit")
    increment, rebuild = _run(chosen, "build"), _run(chosen, "rebuild")
    time.sleep(_LAST_ROUND)
    stop.touch()
    for each in (increment, rebuild):
        del each["rows"]
    answers = [json.loads(reader.communicate()[0]) for reader in readers]
    return {
        "increment_of_one_scope": increment,
        "rebuild_while_read": rebuild,
        "readers": {
            "processes": _READERS,
            "queries": sum(each["queries"] for each in answers),
            "errors": [error for each in answers for error in each["errors"]],
            "catalogs_seen_by_each": min(each["catalogs"] for each in answers),
        },
    }


def _process(chosen: argparse.Namespace, role: str) -> "subprocess.Popen[str]":
    size = ["--pages", str(chosen.pages), "--blocks", str(chosen.blocks)]
    command = [sys.executable, "-m", "benchmarks.catalog", "--role", role, "--root", str(chosen.root), *size]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _run(chosen: argparse.Namespace, role: str) -> Json:
    process = _process(chosen, role)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{role} failed")
    found: Json = json.loads(out)
    return found


def _write(chosen: argparse.Namespace) -> Json:
    began = time.monotonic()
    write_state(chosen.root, chosen.pages, chosen.blocks)
    return {"seconds": round(time.monotonic() - began, 1)}


def _commit(chosen: argparse.Namespace) -> Json:
    commit_again(chosen.root, chosen.pages, chosen.blocks, "Wiki 1", 2)
    return {}


def _build(chosen: argparse.Namespace) -> Json:
    settings = CatalogSettings()
    before, began = _used(), time.monotonic()
    result = build_catalog(
        LocalStorage(chosen.root),
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        workspace={"name": "Generated"},
        users=people(),
        anew=chosen.role == "rebuild",
    )
    after = _used()
    return {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_rss_mb": round(after.ru_maxrss / 1024),
        "imports_mb": round(before.ru_maxrss / 1024),
        "scopes_replaced": len(result.replaced),
        "rows": result.rows,
    }


def _used() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_SELF)


def _read(chosen: argparse.Namespace) -> Json:
    path, stop = chosen.root / "notion.duckdb", chosen.root.parent / _STOP
    queries_asked, errors, seen = 0, [], set()
    while not stop.exists():
        try:
            with duckdb.connect(
                path, read_only=True, config={"threads": 1, "memory_limit": "300MB"}
            ) as catalog:
                seen.add(path.stat().st_ino)
                for sql in _ASKED:
                    catalog.execute(sql).fetchall()
                    queries_asked += 1
        except (duckdb.Error, OSError) as error:
            errors.append(f"{type(error).__name__}: {error}")
        time.sleep(_PAUSE)
    return {"queries": queries_asked, "errors": errors, "catalogs": len(seen)}


def _best_of_three(root: Path, sql: str) -> Json:
    took = []
    for _ in range(3):
        began, worked = time.monotonic(), time.process_time()
        run_query(root / "notion.duckdb", sql)
        took.append((round(time.monotonic() - began, 3), round(time.process_time() - worked, 3)))
    seconds, cpu_seconds = min(took)
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}


def _megabytes(place: Path) -> float:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return round(sum(path.stat().st_size for path in files) / 2**20, 1)


_ROLES = {"write": _write, "build": _build, "commit": _commit, "rebuild": _build, "read": _read}

if __name__ == "__main__":
    main()

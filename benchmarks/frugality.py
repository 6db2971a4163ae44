"""`python -m benchmarks.frugality [--pages N]…`: requests made against requests needed, by kind of run.

Rows: a first export; a delta and a complete run when nothing changed; the same when 1 % of the pages did. What is
needed comes from the emulator's oracle. Rolling verification is off: what it spends is a setting, not a need.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.results import keep
from notion_sync_assets.emulator.config import EmulatorConfig
from notion_sync_assets.emulator.oracle import Oracle
from notion_sync_assets.emulator.server import RunningEmulator, running_emulator

_ROWS_SHARE = 0.7
_SEARCH = 100
_LISTED_ANEW = ("search", "queries", "schemas", "views_lists", "views", "templates_lists", "databases")
# Edits lie a little back, or the runs would have to read pages that may still change in the same minute.
_BACK_S = -300


def main() -> None:
    """Measure every kind of run at each size, print the results, fail when one is above 1.02."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, action="append")
    sizes = parser.parse_args().pages or [1_000, 10_000]
    results = {size: list(measure(size)) for size in sizes}
    for size, rows in results.items():
        keep(f"frugality-{size}", {"pages": size, "runs": rows})
    worst = max(row["made_over_needed"] for rows in results.values() for row in rows)
    sys.exit(worst > 1.02)


def measure(pages: int) -> Iterator[dict[str, float]]:
    """Yield one row per kind of run on a generated workspace of so many pages and rows."""
    rows = round(pages * _ROWS_SHARE)
    config = EmulatorConfig(limit=0, world="generated", pages=pages - rows, rows=rows, search_lag=0)
    with running_emulator(config) as notion, tempfile.TemporaryDirectory() as folder:
        notion.control.clock(advance=_BACK_S)
        oracle = notion.control.oracle()
        first = oracle["total"] + oracle["comments"] + oracle["probes"] + len(oracle["unlisted_users"])
        yield _row("first export", first, export(notion, folder))
        yield _row("delta, nothing changed", _delta(oracle, 0), export(notion, folder, "--delta"))
        yield _row("reconcile, nothing changed", _reconcile(oracle), export(notion, folder))
        content = change(notion, pages // 100, 0)
        needed = _delta(oracle, pages // 100) + content
        yield _row("delta, 1 % changed", needed, export(notion, folder, "--delta"))
        content = change(notion, pages // 100, 1)
        yield _row("reconcile, 1 % changed", _reconcile(oracle) + content, export(notion, folder))


def change(notion: RunningEmulator, count: int, turn: int) -> int:
    """Add a block to so many pages, others at each turn; return the requests that reading them takes."""
    engine = notion.engine
    listed = [
        page for page in notion.control.oracle_ids("page") if not engine.listings.omitted_by_search(page)
    ]
    chosen = listed[turn :: len(listed) // count][:count]
    for page in chosen:
        notion.control.change("add_block", parent_id=page, text="More")
    return sum(Oracle(engine).of_page(page) for page in chosen)


def export(notion: RunningEmulator, folder: str, *options: str) -> int:
    """Run the command line once; return the requests that reached the server."""
    notion.control.reset()
    variables = {
        "NOTION_TOKEN": "secret_bench",
        "NOTION_BASE_URL": notion.url,
        "NOTION_SYNC_NOTION__REQUESTS_PER_MINUTE": "0",
        "NOTION_SYNC_SYNC__VERIFY_REQUESTS": "0",
    }
    command = [sys.executable, "-m", "notion_sync_assets", "export", "--quiet", "--json", "--format", "json"]
    command += ["--output", f"{folder}/export", *options]
    subprocess.run(command, env={**os.environ, **variables}, check=True, capture_output=True)
    return int(notion.control.stats()["requests"])


def _delta(oracle: dict, changed: int) -> int:
    parts = oracle["requests"]
    return parts["me"] + parts["users"] + changed // _SEARCH + 1 + oracle["counts"]["data_source"]


def _reconcile(oracle: dict) -> int:
    parts = oracle["requests"]
    listed = sum(parts[name] for name in _LISTED_ANEW)
    return int(parts["me"] + parts["users"] + listed + parts["unlisted_pages"])


def _row(kind: str, needed: int, made: int) -> dict[str, float]:
    return {"run": kind, "needed": needed, "made": made, "made_over_needed": round(made / needed, 4)}


if __name__ == "__main__":
    main()

"""`python -m benchmarks.scopes [--pages 10000] [--rows-each 10]`: the same rows as one scope and as very many.

Both times a first export and one without change, as a process of its own against a local Notion that is another. The
difference over the number of scopes is what a scope costs: its requests (schema, container, query, views, templates),
its commit, its events, its renders. Not here: how an export grows with its pages (``scale``).
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.results import keep
from benchmarks.scale import Json, export, notion

_RUNS = ("first", "unchanged")


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=10_000, help="rows, spread over the scopes")
    parser.add_argument("--rows-each", type=int, default=10, help="rows of each of the many scopes")
    chosen = parser.parse_args()
    keep(f"scopes-{chosen.pages}", measure(chosen.pages, chosen.rows_each))


def measure(rows: int, each: int) -> Json:
    """Return both exports with their increments, and what one further scope costs."""
    many = rows // each
    # Both are deleted at the end: for minutes after a large deletion an ext4 without journal makes files very slowly.
    with tempfile.TemporaryDirectory(prefix="scopes-") as folder:
        held = {
            name: exported(rows, databases, Path(folder) / name)
            for name, databases in (("one", 1), ("many", many))
        }
    return {"rows": rows, "scopes": {"one": 1, "many": many}, **held, "per_scope": per_scope(held, many - 1)}


def exported(rows: int, databases: int, root: Path) -> Json:
    """Export so many rows of so many databases below one page, twice."""
    with notion(1, rows, databases) as url:
        return {name: export(url, root, events=True) for name in _RUNS}


def per_scope(held: Json, further: int) -> Json:
    """Return what each further scope adds to a run: seconds, CPU seconds, requests."""
    return {
        name: {
            what: round((held["many"][name][what] - held["one"][name][what]) / further, 4)
            for what in ("seconds", "cpu_seconds", "requests")
        }
        for name in _RUNS
    }


if __name__ == "__main__":
    main()

"""The part of the page of benchmarks about the catalog.

Here: builds, readers and recipes of `results/catalog.json`, as tables. Not here: any measurement.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.tables import heading, read, table

_BUILDS = {
    "build": "from zero",
    "increment_of_one_scope": "one scope moved, four readers",
    "rebuild_while_read": "from zero, four readers",
}


def catalog(results: Path) -> Iterator[str]:
    """Yield the section, or nothing without results."""
    for measured in read(results, "catalog.json"):
        yield from heading("The catalog", "python -m benchmarks.catalog", measured)
        readers = measured["readers"]
        yield (
            f"{measured['rows']['pages']:,} pages, {measured['rows']['blocks']:,} blocks: {measured['catalog_mb']:,} MB from"
            f" {measured['state_mb']:,} MB of state, `memory_limit` {measured['memory_limit']}. Peak memory with the imports in it."
            " The readers share the cores with the builds."
        )
        yield ""
        rows = [
            (
                name,
                *(
                    measured[build][key]
                    for key in ("scopes_replaced", "seconds", "cpu_seconds", "peak_rss_mb")
                ),
            )
            for build, name in _BUILDS.items()
        ]
        yield from table(("build", "scopes", "seconds", "CPU seconds", "peak MB"), rows)
        yield ""
        yield (
            f"{readers['processes']} processes opened and asked it {readers['queries']:,} times meanwhile, each met at least"
            f" {readers['catalogs_seen_by_each']} catalogs; errors: {len(readers['errors'])}. The recipes of"
            " [recipes.md](recipes.md), opening the file included:"
        )
        yield ""
        recipes = [(name, took["seconds"], took["cpu_seconds"]) for name, took in measured["recipes"].items()]
        yield from table(("recipe", "seconds", "CPU seconds"), recipes)

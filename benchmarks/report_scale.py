"""The part of the page of benchmarks about size: how everything grows with pages, and with scopes.

Here: tables and fitted exponents from `results/scale-*.json` and `results/scopes-*.json`. Not here: any measurement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.fit import exponent
from benchmarks.tables import Json, heading, read, table

_AFTER_THE_CRAWL = ("links", "render", "catalog")
_PHASES = ("index", "sync", *_AFTER_THE_CRAWL)
_LOG = ".dagster"
_LIMITS = (180, 600)
# What has to grow with the pages and no faster; the name, and where it stands in a result.
_GROWING: Mapping[str, Callable[[Json], float]] = {
    "requests": lambda each: each["first"]["requests"],
    "CPU of a first export": lambda each: each["first"]["cpu_seconds"],
    **{
        f"CPU of {phase}": lambda each, phase=phase: each["first"]["phases"][phase]["cpu_seconds"]
        for phase in _PHASES
    },
    "bytes on disk": lambda each: sum(each["megabytes"].values()),
    "bytes of Dagster's log": lambda each: each["megabytes"].get(_LOG, 0),
}


def scale(results: Path) -> Iterator[str]:
    """Yield the section about pages, or nothing without results."""
    found = sorted(read(results, "scale-*.json"), key=lambda each: (each["page_events"], each["pages"]))
    if not found:
        return
    yield from heading("Scale", "python -m benchmarks.scale", found[0])
    yield "Memory is that of the whole process tree above the imports of the same run; that of the catalog build is bounded"
    yield "apart. Times in seconds of CPU, by phase."
    yield ""
    names = ("pages", "page events", "run", "requests", *_PHASES, "all s", "MB above imports", "MB catalog")
    yield from table(names, [row for each in found for row in _runs(each)])
    yield ""
    yield from _on_disk(found)
    for events in (False, True):
        sizes = [each for each in found if each["page_events"] is events]
        if len({each["pages"] for each in sizes}) > 1:
            yield ""
            yield from _exponents(sizes, events=events)
            if not events:
                yield ""
                yield "![Seconds of CPU and memory by pages](images/bench-scale.svg)"


def _runs(measured: Json) -> Iterator[Sequence[object]]:
    for name, run in measured.items():
        if not isinstance(run, dict) or "phases" not in run:
            continue
        phases = run["phases"]
        yield (
            measured["pages"],
            _with(measured["page_events"]),
            name,
            run["requests"],
            *(phases.get(phase, {}).get("cpu_seconds", "") for phase in _PHASES),
            run["seconds"],
            run["peak_above_imports_without_catalog"],
            phases["catalog"]["megabytes_above_imports"],
        )


def _on_disk(found: Sequence[Json]) -> Iterator[str]:
    folders = sorted({name for each in found for name in each["megabytes"]})
    yield "Megabytes on disk after the first export, by folder:"
    yield ""
    rows = [
        (
            each["pages"],
            _with(each["page_events"]),
            *(each["megabytes"].get(name, "") for name in folders),
        )
        for each in found
    ]
    yield from table(("pages", "page events", *(f"`{name}`" for name in folders)), rows)


def _exponents(sizes: Sequence[Json], *, events: bool) -> Iterator[str]:
    span = f"{sizes[0]['pages']:,} to {sizes[-1]['pages']:,}"
    yield f"Growth from {span} pages, {_with(events)} page events: the fitted exponent, 1 is in proportion."
    yield ""
    rows = []
    for name, value in _GROWING.items():
        points = [(each["pages"], value(each)) for each in sizes]
        if all(held > 0 for _, held in points):
            rows.append((name, f"{exponent(points):.2f}"))
    yield from table(("what", "exponent"), rows)


def floor(results: Path) -> Iterator[str]:
    """Yield the section about the least time that Notion's limit allows, or nothing without results."""
    # Where a run was measured with page events and without, the one with them counts: it is the slower.
    found = sorted(read(results, "scale-*.json"), key=lambda each: (each["pages"], each["page_events"]))
    if not found:
        return
    runs = {
        (each["pages"], name): run
        for each in found
        for name, run in each.items()
        if isinstance(run, dict) and "phases" in run
    }
    yield from heading("The floor", "python -m benchmarks.scale", found[0])
    yield "What the requests of a run take at Notion's limit, whoever makes them, beside all that an export took without one,"
    yield "start and end included ([what this means](limits-of-speed.md))."
    yield ""
    columns = (*(f"minutes at {limit} a minute" for limit in _LIMITS), "minutes without a limit")
    rows = [
        (pages, name, run["requests"], *map(_minutes, (*_least_seconds(run), run["seconds"])))
        for (pages, name), run in runs.items()
    ]
    yield from table(("pages", "run", "requests", *columns), rows)


def _least_seconds(run: Json) -> Iterator[float]:
    return (60 * run["requests"] / limit for limit in _LIMITS)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"


def scopes(results: Path) -> Iterator[str]:
    """Yield the section about scopes, or nothing without results."""
    found = sorted(read(results, "scopes-*.json"), key=lambda each: int(each["rows"]))
    if not found:
        return
    yield from heading("Many small scopes", "python -m benchmarks.scopes", found[0])
    yield "The same rows as one data source and as many. What each further scope adds, its own requests"
    yield "included, stands from *s a scope* on; the last columns are the phases of that. With a limit, the sync is done while"
    yield "requests wait (*how much of Notion's limit is used*): what a scope then adds to a run, beside the time in which the"
    yield "limit lets its requests pass, comes *after the crawl*."
    yield ""
    names = (
        "rows",
        "scopes",
        "run",
        "s as one",
        "s as many",
        "s a scope",
        "CPU s a scope",
        "requests a scope",
        "s after the crawl",
        *(f"{phase} s" for phase in _PHASES),
    )
    rows = [
        (
            each["rows"],
            each["scopes"]["many"],
            run,
            each["one"][run]["seconds"],
            each["many"][run]["seconds"],
            *(f"{each['per_scope'][run][what]:.2f}" for what in ("seconds", "cpu_seconds", "requests")),
            f"{sum(_further(each, run, phase) for phase in _AFTER_THE_CRAWL):.2f}",
            *(f"{_further(each, run, phase):.3f}" for phase in _PHASES),
        )
        for each in found
        for run in each["per_scope"]
    ]
    yield from table(names, rows)


def _further(result: Json, run: str, phase: str) -> float:
    """Return the seconds that one more scope adds to a phase."""
    one, many = (result[name][run]["phases"][phase]["seconds"] for name in ("one", "many"))
    return float(many - one) / (result["scopes"]["many"] - 1)


def _with(events: bool) -> str:
    return "with" if events else "without"

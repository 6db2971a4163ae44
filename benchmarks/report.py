"""`python -m benchmarks.report > docs/benchmarks.md`: every kept result as a page for readers.

Here: tables and the fitted exponents. Not here: any measurement; a number that is not in ``results`` is on no page.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.report_peers import peers
from benchmarks.results import RESULTS
from benchmarks.tables import Json, heading, read, table

_MODES = {
    "engine": "the engine, in its own process",
    "cli": "the command line",
    "dagster": "a Dagster run worker under a daemon",
}
_PHASES = ("index", "sync", "links", "render", "catalog")


def main() -> None:
    """Print the page."""
    print("\n".join(page(RESULTS)))


def page(results: Path) -> Iterator[str]:
    """Yield the lines of the page; a section without results is left out."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `python -m benchmarks.report` from `benchmarks/results`; how each is measured stands in its module's"
    yield "first lines. Absolute times belong to the machine that is named; ratios and counts can be compared."
    for section in (_frugality, _utilisation, peers, _throughput, _events, _scale, _rendering, _crashes):
        lines = list(section(results))
        if lines:
            yield ""
            yield from lines


def _frugality(results: Path) -> Iterator[str]:
    found = read(results, "frugality.json")
    if not found:
        return
    yield from heading("Requests made and needed", "python -m benchmarks.frugality", found[0])
    rows = [
        (size, row["run"], row["needed"], row["made"], f"{row['made_over_needed']:.3f}")
        for size, measured in found[0]["sizes"].items()
        for row in measured
    ]
    yield from table(("pages", "run", "needed", "made", "made/needed"), rows)


def _utilisation(results: Path) -> Iterator[str]:
    found = read(results, "utilisation-*.json")
    if not found:
        return
    yield from heading("How much of Notion's limit is used", "python -m benchmarks.utilisation", found[0])
    rows = [
        (
            each["settings"]["limit"],
            each["settings"]["window_mode"],
            each["settings"]["processes"],
            f"{each['settings']['minutes']:g}",
            f"{each['utilisation']:.2%}",
            f"{each['rejected_share']:.2%}",
        )
        for each in found
    ]
    yield from table(("limit a minute", "windows", "processes", "minutes", "used", "rejected"), rows)


def _events(results: Path) -> Iterator[str]:
    found = read(results, "events.json")
    if not found:
        return
    yield from heading(
        "What an event costs Dagster's log on SQLite", "python -m benchmarks.events", found[0]
    )
    ways = (("reported singly", "singly"), ("logged in batches", "in_batches"))
    yield from table(
        ("", "CPU ms an event"), [(name, found[0][f"cpu_ms_per_event_{way}"]) for name, way in ways]
    )
    yield ""
    yield f"Ratio: {found[0]['ratio']}. An export logs in batches; the log tells the same."


def _throughput(results: Path) -> Iterator[str]:
    found = read(results, "throughput-*.json")
    if not found:
        return
    yield from heading("Without a limit, against a bare crawl", "python -m benchmarks.throughput", found[0])
    yield "Index and sync of an export, against the official client reading the same objects and keeping nothing, and the"
    yield "same number of events logged bare."
    yield ""
    rows = [
        (
            each["pages"],
            "with" if kind == "events" else "without",
            each[kind]["export"]["seconds"],
            each[kind]["bare"]["seconds"],
            each[kind]["seconds_over_bare"],
            each[kind]["cpu_over_bare"],
            each[kind]["cpu_ms_per_request"],
        )
        for each in sorted(found, key=lambda each: int(each["pages"]))
        for kind in ("events", "no_events")
    ]
    names = ("pages", "page events", "export s", "bare s", "ratio", "CPU ratio", "CPU ms a request")
    yield from table(names, rows)


def _scale(results: Path) -> Iterator[str]:
    found = sorted(read(results, "scale-*.json"), key=lambda each: (each["page_events"], each["pages"]))
    if not found:
        return
    yield from heading("Scale", "python -m benchmarks.scale", found[0])
    yield "Memory is that of the whole process tree above the imports of the same run; that of the catalog build is bounded"
    yield "apart. Times in seconds of CPU, by phase."
    yield ""
    names = ("pages", "page events", "run", "requests", *_PHASES, "all s", "MB above imports", "MB catalog")
    rows = [row for each in found for row in _scale_rows(each)]
    yield from table(names, rows)
    for events in (True, False):
        first = [each for each in found if each["page_events"] is events]
        if len(first) > 1:
            exponent = _exponent([(each["pages"], each["first"]["cpu_seconds"]) for each in first])
            kind = "with" if events else "without"
            yield ""
            yield f"CPU time of a first export grows with the {exponent:.2f}th power of the pages ({kind} page events)."


def _scale_rows(measured: Json) -> Iterator[Sequence[object]]:
    for name, run in measured.items():
        if not isinstance(run, dict) or "phases" not in run:
            continue
        phases = run["phases"]
        yield (
            measured["pages"],
            "with" if measured["page_events"] else "without",
            name,
            run["requests"],
            *(phases.get(phase, {}).get("cpu_seconds", "") for phase in _PHASES),
            run["seconds"],
            run["peak_above_imports_without_catalog"],
            phases["catalog"]["megabytes_above_imports"],
        )


def _rendering(results: Path) -> Iterator[str]:
    for measured in read(results, "rendering.json"):
        yield from heading("Rendering again", "python -m benchmarks.rendering", measured)
        took = measured["cpu_ms_per_page"]
        yield (
            f"{measured['pages']:,} pages of 30 blocks from stored documents, no request: milliseconds of CPU a page. "
            f"All five formats: {measured['cpu_ms_per_page_five_formats']}; memory at most "
            f"{measured['peak_mib_above_start']} MB above the start."
        )
        yield ""
        yield from table([name.replace("_", " ") for name in took], [list(took.values())])


def _crashes(results: Path) -> Iterator[str]:
    found = {
        mode: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for mode in _MODES
        if (path := results / f"crash-{mode}.jsonl").exists()
    }
    if not found:
        return
    yield "## Killed and run again"
    yield ""
    yield "`python -m benchmarks.crash_matrix`. A case holds when the second run leaves the bytes and the committed pages of an"
    yield "uninterrupted one, asked for no more than 64 answers again, and nothing of the killed run was left running."
    yield ""
    rows = [
        (
            _MODES[mode],
            len(cases),
            sum(case["held"] for case in cases),
            _most(cases, "fetched_again"),
            _most(cases, "first_request_s"),
        )
        for mode, cases in found.items()
    ]
    yield from table(
        ("what was killed", "cases", "held", "most asked again", "latest first request, s"), rows
    )


def _most(cases: list[Json], name: str) -> float:
    return max(case[name] for case in cases)


def _exponent(points: list[tuple[float, float]]) -> float:
    """Return the slope of a line through the logarithms."""
    logs = [(math.log(size), math.log(value)) for size, value in points]
    mean: Callable[[int], float] = lambda at: sum(pair[at] for pair in logs) / len(logs)  # noqa: E731
    middle, height = mean(0), mean(1)
    return sum((x - middle) * (y - height) for x, y in logs) / sum((x - middle) ** 2 for x, _ in logs)


if __name__ == "__main__":
    main()

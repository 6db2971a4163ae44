"""`python -m benchmarks.report > docs/benchmarks.md`: every kept result as a page for readers.

Here: tables and the fitted exponents. Not here: any measurement; a number that is not in ``results`` is on no page.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import RESULTS

Json = dict[str, Any]
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
    sections = (
        _frugality,
        _utilisation,
        _throughput,
        _events,
        _scale,
        _rendering,
        _webhooks,
        _crashes,
        _soak,
    )
    for section in sections:
        lines = list(section(results))
        if lines:
            yield ""
            yield from lines


def _frugality(results: Path) -> Iterator[str]:
    found = _read(results, "frugality.json")
    if not found:
        return
    yield from _heading("Requests made and needed", "python -m benchmarks.frugality", found[0])
    rows = [
        (size, row["run"], row["needed"], row["made"], f"{row['made_over_needed']:.3f}")
        for size, measured in found[0]["sizes"].items()
        for row in measured
    ]
    yield from _table(("pages", "run", "needed", "made", "made/needed"), rows)


def _utilisation(results: Path) -> Iterator[str]:
    found = _read(results, "utilisation-*.json")
    if not found:
        return
    yield from _heading("How much of Notion's limit is used", "python -m benchmarks.utilisation", found[0])
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
    yield from _table(("limit a minute", "windows", "processes", "minutes", "used", "rejected"), rows)


def _events(results: Path) -> Iterator[str]:
    found = _read(results, "events.json")
    if not found:
        return
    yield from _heading(
        "What an event costs Dagster's log on SQLite", "python -m benchmarks.events", found[0]
    )
    ways = (("reported singly", "singly"), ("logged in batches", "in_batches"))
    yield from _table(
        ("", "CPU ms an event"), [(name, found[0][f"cpu_ms_per_event_{way}"]) for name, way in ways]
    )
    yield ""
    yield f"Ratio: {found[0]['ratio']}. An export logs in batches; the log tells the same."


def _throughput(results: Path) -> Iterator[str]:
    found = _read(results, "throughput-*.json")
    if not found:
        return
    yield from _heading("Without a limit, against a bare crawl", "python -m benchmarks.throughput", found[0])
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
    yield from _table(names, rows)


def _scale(results: Path) -> Iterator[str]:
    found = sorted(_read(results, "scale-*.json"), key=lambda each: (each["page_events"], each["pages"]))
    if not found:
        return
    yield from _heading("Scale", "python -m benchmarks.scale", found[0])
    yield "Memory is that of the whole process tree above the imports of the same run; that of the catalog build is bounded"
    yield "apart. Times in seconds of CPU, by phase."
    yield ""
    names = ("pages", "page events", "run", "requests", *_PHASES, "all s", "MB above imports", "MB catalog")
    rows = [row for each in found for row in _scale_rows(each)]
    yield from _table(names, rows)
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
    for measured in _read(results, "rendering.json"):
        yield from _heading("Rendering again", "python -m benchmarks.rendering", measured)
        took = measured["cpu_ms_per_page"]
        yield (
            f"{measured['pages']:,} pages of 30 blocks from stored documents, no request: milliseconds of CPU a page. "
            f"All five formats: {measured['cpu_ms_per_page_five_formats']}; memory at most "
            f"{measured['peak_mib_above_start']} MB above the start."
        )
        yield ""
        yield from _table([name.replace("_", " ") for name in took], [list(took.values())])


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
    yield from _table(
        ("what was killed", "cases", "held", "most asked again", "latest first request, s"), rows
    )


def _webhooks(results: Path) -> Iterator[str]:
    for measured in _read(results, "webhooks.json"):
        yield from _heading("Webhooks", "python -m benchmarks.webhooks", measured)
        yield "Events sent to `notion-sync serve`, at once on 100 connections and as a stream; the sender runs on the same"
        yield "machine. Lost: answered with 200 and not in the queue."
        yield ""
        names = ("events", "seconds", "answered 200", "queued", "lost", "twice", "CPU s of the server")
        keys = ("events", "seconds", "", "queued", "lost", "doubled", "server_cpu_seconds")
        rows = [
            [each["answers"].get("200", 0) if key == "" else each[key] for key in keys]
            for each in (measured["burst"], measured["stream"])
        ]
        yield from _table(names, rows)


def _soak(results: Path) -> Iterator[str]:
    for each in _read(results, "soak-*.json"):
        yield from _heading("Half an hour of everything at once", "python -m benchmarks.soak", each)
        changes, runs, events = sum(each["changes"].values()), each["runs"], each["events"]
        yield (
            f"{each['minutes']:g} minutes, three scopes, {changes} changes, {events['sent']} webhook events,"
            f" {sum(runs['by_job_and_end'].values())} runs. The emulated Notion failed one request in twenty and restarted"
            " twice, the daemon was killed once."
        )
        yield ""
        rows = [
            (
                "files that differ from a fresh export, by webhooks alone",
                len(each["by_webhooks"]["differing"]),
            ),
            ("the same after a reconcile", len(each["after_a_reconcile"]["differing"])),
            (
                "pages, and pages of the oracle",
                f"{each['after_a_reconcile']['pages']}, {each['after_a_reconcile']['pages_of_the_oracle']}",
            ),
            ("events sent, taken", f"{events['sent']}, {events['known']}"),
            (
                "batches of events done, given up",
                f"{events['batches']['done']}, {events['batches']['given_up']}",
            ),
            ("runs asked for twice, unfinished", f"{len(runs['doubled'])}, {runs['unfinished']}"),
            ("runs that ended badly, made good by later ones", _ended_badly(runs["by_job_and_end"])),
            (
                "page events committed, missing, twice",
                ", ".join(str(each["page_events"][name]) for name in ("committed", "missing", "twice")),
            ),
        ]
        yield from _table(("what", "seen"), rows)
        yield ""
        yield "Megabytes of each process, early (second quarter of its life) and late (last quarter):"
        yield ""
        memory = [
            (name, found["second_quarter_mb"], found["last_quarter_mb"])
            for name, found in each["memory"].items()
        ]
        yield from _table(("process", "early", "late"), memory)


def _ended_badly(by_job_and_end: Json) -> str:
    bad = [
        f"{count} {name.split()[0]}" for name, count in by_job_and_end.items() if not name.endswith("SUCCESS")
    ]
    return ", ".join(bad) or "0"


def _most(cases: list[Json], name: str) -> float:
    return max(case[name] for case in cases)


def _exponent(points: list[tuple[float, float]]) -> float:
    """Return the slope of a line through the logarithms."""
    logs = [(math.log(size), math.log(value)) for size, value in points]
    mean: Callable[[int], float] = lambda at: sum(pair[at] for pair in logs) / len(logs)  # noqa: E731
    middle, height = mean(0), mean(1)
    return sum((x - middle) * (y - height) for x, y in logs) / sum((x - middle) ** 2 for x, _ in logs)


def _heading(title: str, command: str, measured: Json) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    machine = measured.get("machine", {})
    yield (
        f"`{command}`, {measured.get('date', 'undated')}, {machine.get('cores')} cores"
        f" ({machine.get('processor') or 'unnamed'}), Python {machine.get('python')}."
    )
    yield ""


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: object) -> str:
    return f"{int(value):,}" if str(value).isdigit() else str(value)


def _read(results: Path, pattern: str) -> list[Json]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob(pattern))]


if __name__ == "__main__":
    main()

"""`python -m benchmarks.report > docs/benchmarks.md`: every kept result as a page for readers.

Here: the page and its smaller sections. Not here: any measurement; a number that is not in ``results`` is on no page.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report_catalog import catalog
from benchmarks.report_peers import peers
from benchmarks.report_scale import floor, scale, scopes
from benchmarks.results import RESULTS
from benchmarks.tables import Json, heading, read, table

_MODES = {
    "engine": "the engine, in its own process",
    "cli": "the command line",
    "dagster": "a Dagster run worker under a daemon",
}


def main() -> None:
    """Print the page."""
    print("\n".join(page(RESULTS)))


def write_page() -> None:
    """Write the page and its pictures where the docs have them."""
    from benchmarks.plots import IMAGES, draw

    draw(RESULTS, IMAGES)
    text = "\n".join(page(RESULTS))
    (IMAGES.parent / "benchmarks.md").write_text(f"{text}\n", encoding="utf-8")


def page(results: Path) -> Iterator[str]:
    """Yield the lines of the page; a section without results is left out."""
    yield "# Benchmarks"
    yield ""
    yield "Made by `python -m benchmarks.report` from `benchmarks/results`; how each is measured stands in its module's"
    yield "first lines. Absolute times belong to the machine that is named; ratios and counts can be compared."
    for section in _SECTIONS:
        lines = list(section(results))
        if lines:
            yield ""
            yield from lines


def _frugality(results: Path) -> Iterator[str]:
    found = sorted(read(results, "frugality-*.json"), key=lambda each: int(each["pages"]))
    if not found:
        return
    yield from heading("Requests made and needed", "python -m benchmarks.frugality", found[0])
    rows = [
        (each["pages"], row["run"], row["needed"], row["made"], f"{row['made_over_needed']:.3f}")
        for each in found
        for row in each["runs"]
    ]
    yield from table(("pages", "run", "needed", "made", "made/needed"), rows)


def _paces(results: Path) -> Iterator[str]:
    for measured in read(results, "paces.json"):
        yield from heading("The limit and a slow network", "python -m benchmarks.paces", measured)
        yield "First exports. *Least s*: what the limit alone takes when the first minute's requests go out at once; start,"
        yield "rendering and catalog come on top."
        yield ""
        names = (
            "limit a minute",
            "latency ms",
            "pages",
            "needed",
            "made",
            "made/needed",
            "twice",
            "rejected",
        )
        rows = [
            (
                run["limit"] or "none",
                f"{run['latency_ms']:g}",
                *(run[name] for name in ("pages", "needed", "requests")),
                f"{run['made_over_needed']:.3f}",
                *(run[name] for name in ("duplicates", "rejected")),
                "" if run["utilisation"] is None else f"{run['utilisation']:.1%}",
                run["least_seconds"] or "",
                run["seconds"],
            )
            for run in measured["runs"]
        ]
        yield from table((*names, "used", "least s", "s"), rows)


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
            _read(each),
            f"{each['settings']['minutes']:g}",
            f"{each['utilisation']:.2%}",
            f"{each['rejected_share']:.2%}",
        )
        for each in found
    ]
    names = ("limit a minute", "windows", "processes", "what is read", "minutes", "used", "rejected")
    yield from table(names, rows)


def _read(utilised: Json) -> str:
    scopes = utilised.get("scopes")
    return f"data sources of {utilised['settings']['rows_each']} rows" if scopes else "pages"


def _events(results: Path) -> Iterator[str]:
    found = read(results, "events.json")
    if not found:
        return
    yield from heading("What an event costs Dagster's log on SQLite", "python -m benchmarks.events", found[0])
    ways = (
        ("reported singly", "singly"),
        ("reported singly, files kept open", "kept_open"),
        ("logged in batches", "in_batches"),
    )
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
    for each in found:
        yield ""
        yield (
            f"One event in Dagster's log costs {_event_ms(each, 'export'):.1f} ms of CPU in an export of {each['pages']:,} "
            f"pages, {_event_ms(each, 'bare'):.1f} ms when it is logged bare."
        )


def _event_ms(measured: Json, whose: str) -> float:
    """Milliseconds of CPU between a run with page events and one without, by event."""
    with_events, without = measured["events"], measured["no_events"]
    spent = float(with_events[whose]["cpu_seconds"] - without[whose]["cpu_seconds"])
    return 1000 * spent / int(with_events["bare"]["events"])


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
            max((case["noticed_s"] for case in cases if case.get("noticed_s")), default=""),
        )
        for mode, cases in found.items()
    ]
    yield from table(
        (
            "what was killed",
            "cases",
            "held",
            "most asked again",
            "latest first request after the start, s",
            "latest start by Dagster after the kill, s",
        ),
        rows,
    )


def _webhooks(results: Path) -> Iterator[str]:
    for measured in read(results, "webhooks.json"):
        yield from heading("Webhooks", "python -m benchmarks.webhooks", measured)
        yield "Events sent to `notion-sync serve`, at once on 100 connections and as a stream; the sender runs on the same"
        yield "machine. Lost: answered with 200 and not in the queue."
        yield ""
        names = ("events", "seconds", "answered 200", "queued", "lost", "twice", "CPU s of the server")
        keys = ("events", "seconds", "", "queued", "lost", "doubled", "server_cpu_seconds")
        rows = [
            [each["answers"].get("200", 0) if key == "" else each[key] for key in keys]
            for each in (measured["burst"], measured["stream"])
        ]
        yield from table(names, rows)


def _soak(results: Path) -> Iterator[str]:
    for each in read(results, "soak-*.json"):
        yield from heading("Half an hour of everything at once", "python -m benchmarks.soak", each)
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
        yield from table(("what", "seen"), rows)
        yield ""
        yield "Megabytes of each process, early (second quarter of its life) and late (last quarter):"
        yield ""
        memory = [
            (name, found["second_quarter_mb"], found["last_quarter_mb"])
            for name, found in each["memory"].items()
        ]
        yield from table(("process", "early", "late"), memory)


def _ended_badly(by_job_and_end: Json) -> str:
    bad = [
        f"{count} {name.split()[0]}" for name, count in by_job_and_end.items() if not name.endswith("SUCCESS")
    ]
    return ", ".join(bad) or "0"


def _most(cases: list[Json], name: str) -> float:
    return max(case[name] for case in cases)


_SECTIONS = (
    _frugality,
    _paces,
    _utilisation,
    floor,
    peers,
    _throughput,
    _events,
    scale,
    scopes,
    _rendering,
    catalog,
    _webhooks,
    _crashes,
    _soak,
)

if __name__ == "__main__":
    main()

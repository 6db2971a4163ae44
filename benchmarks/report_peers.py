"""The part of the page of benchmarks that compares us with others.

Here: tables from `results/peers.json`. Not here: any measurement (``benchmarks.peers``).
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.tables import Json, heading, read, table

_SHORT = 90
_NOTES = (
    "- †: it said itself that something failed; what it said first is in the last column.",
    "- Made/needed below 1: it ended without an error and had not read all that it claims to read. *Useful* are the requests",
    "  made, less those made twice and those rejected, and never more than are needed.",
    "- notion-exporter gives nothing back when one page fails; it is then asked again page by page, which costs requests.",
    "- With the limit, a run waits for one or two windows to pass, and when they begin differs from run to run.",
    "- Several keep to three requests a second whatever the limit is. Ours renders five formats, a site and a catalog, and",
    "  keeps the history; the others write one format. So ours is there a second time with one format alone.",
)


def peers(results: Path) -> Iterator[str]:
    """Yield the section, or nothing when no comparison was kept."""
    for measured in read(results, "peers.json"):
        settings = measured["settings"]
        yield from heading("Beside other exporters", "make bench-peers", measured)
        yield "Each in an environment of its own, installed by name, on an emulated workspace of its own, in the same run. A"
        yield "peer is measured against what its documentation claims: *needed* are the requests for that and no more. Times"
        yield f"are medians of {settings['rounds']} rounds, each of which runs every peer once. Nothing is hidden from search,"
        yield "no list comes short, nothing fails. The emulator also answers API version 2022-06-28, which half of them speak."
        yield ""
        yield from table(
            ("peer", "version", "does", "how it was pointed at the emulator"), list(_who(measured))
        )
        yield ""
        yield from _content(measured)
        yield from _speed(
            measured, "unlimited", f"{settings['pages']} pages without a limit, one peer after the other:"
        )
        yield from _speed(
            measured,
            "limited",
            f"{settings['pages']} pages with {settings['limit']} requests a minute, all peers at the same time, each with a "
            "budget of its own:",
        )
        if settings.get("large"):
            minutes = round(settings["patience"] / 60)
            yield from _speed(
                measured,
                "large",
                f"{settings['large']:,} pages without a limit, once; a peer that would take more than {minutes} minutes, "
                "going by the first of these tables, is left out:",
            )
        yield "![Requests made over needed, and the share of content that comes out](images/bench-peers.svg)"
        yield ""
        yield from _NOTES


def _who(measured: Json) -> Iterator[tuple[str, ...]]:
    for name, peer in measured["peers"].items():
        version = peer.get("version") or f"not installed: {peer['not_installed']}"
        remark = f"; {peer['remark']}" if peer.get("remark") else ""
        yield name, f"{version} ({peer['registry']})", peer["does"], f"{peer['pointed']}{remark}"


def _content(measured: Json) -> Iterator[str]:
    held = {name: peer["content"] for name, peer in measured["peers"].items() if "content" in peer}
    planted = max((content["planted"] for content in held.values()), default=0)
    yield f"How much of a workspace with {planted} planted markers comes out, each kind of block on a page of its own (a marker"
    yield "counts when it stands anywhere in the files):"
    yield ""
    rows = [
        (
            name,
            content["judged"],
            content["found"],
            f"{content['found'] / content['judged']:.0%}",
            _short(content["complaint"]),
        )
        for name, content in held.items()
    ]
    yield from table(("peer", "markers it is judged on", "found", "share", "first complaint"), rows)
    yield ""


def _speed(measured: Json, which: str, title: str) -> Iterator[str]:
    held = {name: peer[which] for name, peer in measured["peers"].items() if which in peer}
    if not held:
        return
    yield title
    yield ""
    rows = [
        (
            f"{name}{' †' if any(code != 0 for code in one['exit_codes']) else ''}",
            *(round(one[key]) for key in ("requests", "needed")),
            f"{one['made_over_needed']:.2f}",
            *(round(one[key]) for key in ("duplicates", "rejected")),
            f"{one['seconds']:.1f}",
            f"{_useful(one) / one['seconds']:.1f}",
            f"{one['cpu_seconds']:.1f}",
            round(one["peak_megabytes"]),
            _short(one["complaint"]),
        )
        for name, one in held.items()
    ]
    names = ("peer", "made", "needed", "made/needed", "duplicates", "rejected", "s", "useful a second")
    yield from table((*names, "CPU s", "MB", "complaint"), rows)
    yield ""


def _useful(one: Json) -> float:
    made = one["requests"] - one["duplicates"] - one["rejected"]
    return float(min(made, one["needed"]))


def _short(complaint: str) -> str:
    plain = complaint.removeprefix("failed: ").replace("`", "'")
    return plain if len(plain) <= _SHORT else f"{plain[:_SHORT]}…"

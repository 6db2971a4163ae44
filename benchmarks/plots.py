"""`python -m benchmarks.plots`: the kept results as pictures in `docs/images`, in SVG and always the same bytes.

Here: one picture per question a reader has. Not here: tables (``report``), any measurement.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.fit import exponent
from benchmarks.results import RESULTS
from benchmarks.tables import Json, read

IMAGES = Path(__file__).parents[1] / "docs" / "images"
_STYLE = {"svg.hashsalt": "notion-sync-assets", "svg.fonttype": "none", "font.size": 9.0}
_OURS, _OTHERS = "#2f6f4f", "#9aa5b1"


def draw(results: Path, images: Path) -> list[str]:
    """Draw every picture for which there are results; return the names of the files."""
    with mpl.rc_context(_STYLE):
        made = dict(_pictures(results))
        for name, figure in made.items():
            figure.savefig(images / name, format="svg", metadata={"Date": None, "Creator": None})
            _without_trailing_blanks(images / name)
    return list(made)


def _pictures(results: Path) -> Iterator[tuple[str, Figure]]:
    sizes = [each for each in read(results, "scale-*.json") if not each["page_events"]]
    if len(sizes) > 1:
        yield "bench-scale.svg", _scale(sorted(sizes, key=lambda each: int(each["pages"])))
    for measured in read(results, "peers.json"):
        peers = measured["peers"]
        yield "bench-peers.svg", _peers(peers)


def _scale(sizes: Sequence[Json]) -> Figure:
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    pages = [each["pages"] for each in sizes]
    for name, label in (
        ("first", "first export"),
        ("changed 1%", "1 % changed"),
        ("changed 0%", "unchanged"),
    ):
        held = [(each["pages"], each[name]["cpu_seconds"]) for each in sizes if name in each]
        if len(held) > 1:
            power = f"{label}, grows with n^{exponent(held):.2f}"
            left.loglog(*zip(*held, strict=True), marker="o", label=power)
    left.set(xlabel="pages", ylabel="seconds of CPU")
    left.legend(frameon=False)
    peaks = [each["first"]["peak_above_imports_without_catalog"] for each in sizes]
    right.semilogx(pages, peaks, marker="o", color=_OURS)
    right.axhline(100, color=_OTHERS, linestyle="--")
    right.set(xlabel="pages", ylabel="megabytes above the imports", ylim=(0, None))
    return figure


def _peers(peers: Mapping[str, Json]) -> Figure:
    figure = Figure(figsize=(7, 2.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    held = {name: peer for name, peer in peers.items() if "unlimited" in peer}
    made = {name: peer["unlimited"]["made_over_needed"] for name, peer in held.items()}
    shares = {name: 100 * peer["content"]["found"] / peer["content"]["judged"] for name, peer in held.items()}
    _bars(left, made, "requests made / needed")
    _bars(right, shares, "% of the content it claims to show")
    left.invert_yaxis()  # shared: the first peer is the uppermost in both
    return figure


def _bars(axes: Axes, values: Mapping[str, float], label: str) -> None:
    colours = [_OURS if name.startswith("notion-sync-assets") else _OTHERS for name in values]
    bars = axes.barh(list(values), list(values.values()), color=colours)
    axes.bar_label(bars, fmt="%.3g", padding=2)
    axes.margins(x=0.15)
    axes.set_xlabel(label)


def _without_trailing_blanks(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    print("\n".join(draw(RESULTS, IMAGES)))

"""Results become tables, fitted exponents and pictures; a series that is interrupted goes on."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as series
from benchmarks.fit import exponent
from benchmarks.plots import IMAGES, draw
from benchmarks.report import page
from benchmarks.results import RESULTS
from benchmarks.tables import heading, table

PHASES = ("index", "sync", "links", "render", "catalog")


def scale_result(pages, events, power):
    cpu = 0.01 * pages**power
    run = {
        "requests": 2 * pages,
        "seconds": cpu,
        "cpu_seconds": cpu,
        "peak_above_imports_without_catalog": 80.0,
        "phases": {phase: {"cpu_seconds": cpu / 5, "megabytes_above_imports": 70.0} for phase in PHASES},
    }
    return {
        "pages": pages,
        "page_events": events,
        "megabytes": {".dagster": pages / 100, "json": pages / 50},
        "first": run,
        "changed 0%": run,
    }


def peer_result(requests, found, code=0):
    ran = {
        "seconds": 10.0,
        "cpu_seconds": 1.0,
        "peak_megabytes": 50.0,
        "requests": requests,
        "duplicates": 1,
        "rejected": 0,
        "needed": 100,
        "made_over_needed": requests / 100,
        "exit_codes": [0, code],
        "complaint": "failed: KeyError: a | b" if code else "",
    }
    content = {"judged": 200, "found": found, "planted": 300, "complaint": ""}
    about = {"registry": "PyPI", "does": "pages", "pointed": "baseUrl", "version": "1.0", "remark": ""}
    return {**about, "content": content, "unlimited": ran, "limited": ran}


@pytest.fixture
def results(tmp_path):
    for pages in (1000, 10000, 100000):
        text = json.dumps(scale_result(pages, False, 1.25))
        (tmp_path / f"scale-{pages}-no-events.json").write_text(text, encoding="utf-8")
    peers = {
        "notion-sync-assets": peer_result(100, 200),
        "other": peer_result(250, 100, code=1),
        "gone": {"registry": "npm", "does": "pages", "pointed": "nowhere", "not_installed": "E404 not found"},
    }
    peers["notion-sync-assets"]["large"] = {**peers["notion-sync-assets"]["unlimited"], "seconds": 40.0}
    settings = {"rounds": 3, "pages": 180, "limit": 180, "large": 3000, "patience": 600}
    text = json.dumps({"settings": settings, "peers": peers})
    (tmp_path / "peers.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_exponent_is_the_power_that_made_the_values():
    assert exponent([(size, 3 * size**1.25) for size in (10, 100, 5000)]) == pytest.approx(1.25)
    assert exponent([(10, 4.0), (1000, 4.0)]) == pytest.approx(0)


def test_growth_is_told_as_an_exponent_for_each_quantity(results):
    lines = list(page(results))
    assert "| CPU of a first export | 1.25 |" in lines
    assert "| bytes on disk | 1.00 |" in lines
    assert (
        "Growth from 1,000 to 100,000 pages, without page events: the fitted exponent, 1 is in proportion."
        in lines
    )


def test_the_floor_is_the_requests_over_the_limit(results):
    lines = list(page(results))
    assert "| 100,000 | first | 200,000 | 1111.1 | 333.3 | 296.4 |" in lines


def test_a_peer_that_failed_or_could_not_be_installed_is_told_of(results):
    text = "\n".join(page(results))
    assert "| gone | not installed: E404 not found (npm) | pages |" in text
    assert "| other † | 250 | 100 | 2.50 | 1 | 0 | 10.0 | 10.0 | 1.0 | 50 | KeyError: a \\| b |" in text
    assert "| notion-sync-assets | 200 | 200 | 100% |  |" in text
    large = text.split("3,000 pages without a limit, once; a peer that would take more than 10 minutes, ")[1]
    assert "| notion-sync-assets | 100 |" in large
    assert "| other" not in large


def test_pictures_are_drawn_and_always_the_same_bytes(results, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        assert draw(results, folder) == ["bench-scale.svg", "bench-peers.svg"]
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()
    assert "grows with n^1.25" in (first / "bench-scale.svg").read_text(encoding="utf-8")


def test_every_picture_of_the_page_is_there():
    named = [line.split("(")[1].rstrip(")") for line in page(RESULTS) if line.startswith("![")]
    assert [name for name in named if not (IMAGES.parent / name).is_file()] == []


def test_numbers_are_grouped_and_bars_do_not_break_a_row():
    assert list(table(("a", "b"), [(12345, "x|y")])) == ["| a | b |", "|---|---|", "| 12,345 | x\\|y |"]


@pytest.mark.parametrize(("load", "told"), [([1.5, 2.0, 1.0], False), ([2.0, 9.5, 4.0], True)])
def test_a_busy_machine_is_told_of(load, told):
    lines = list(heading("Scale", "make bench", {"machine": {"load_when_kept": load}}))
    assert any("busy" in line and "9.5" in line for line in lines) == told


def test_a_series_goes_on_where_it_was_interrupted(tmp_path):
    path = tmp_path / "series.json"
    begun = series.Remaining(path, ["one", "two", "three"], fresh=False)
    begun.done("one")
    assert series.Remaining(path, ["one", "two", "three"], fresh=False).steps() == ["two", "three"]
    assert series.Remaining(path, ["one", "two", "three"], fresh=True).steps() == ["one", "two", "three"]
    begun.forget()
    assert not path.exists()


def test_a_series_ends_with_the_step_that_fails_and_begins_there_again(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(series, "_PROJECT", tmp_path)
    monkeypatch.setattr(series, "write_page", lambda: made.append("page"))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "small"])
    monkeypatch.setattr(series, "SERIES", {"small": ("one", "two")})
    monkeypatch.setattr(series, "_run", lambda step: made.append(step) or (step == "two" and 3) or 0)
    assert series.main() == 3
    monkeypatch.setattr(series, "_run", lambda step: made.append(step) or 0)
    assert series.main() == 0
    assert made == ["one", "two", "two", "page"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [step for steps in series.SERIES.values() for step in steps])
def test_every_step_of_a_series_is_a_module(step):
    assert (Path(series.__file__).parent / f"{step.split()[0]}.py").is_file()

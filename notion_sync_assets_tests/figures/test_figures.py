"""An export costs what it cost: the same requests and events, as many files and bytes, no more memory.

`python -m notion_sync_assets_tests.figures` renews what is expected. Bytes have a little room, since libraries write
compressed files; memory has more, since it is sampled, and may be less than expected without anyone being told.
"""

import json

import pytest

from notion_sync_assets_tests.figures.measured import EXPECTED, figures

pytestmark = pytest.mark.system

EXPORTS = ("first", "unchanged", "few changed")
ROOM_FOR_BYTES = 0.02
# The catalog's memory is DuckDB's, which has a limit of its own and varies more.
ROOM_FOR_MEGABYTES = {"megabytes_above_imports": 25.0, "megabytes_above_imports_catalog": 60.0}
RENEW = "if it is meant to be so: python -m notion_sync_assets_tests.figures"


@pytest.fixture(scope="module")
def expected():
    return json.loads(EXPECTED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured():
    return figures()


@pytest.mark.parametrize("export", EXPORTS)
def test_each_export_makes_the_same_requests(expected, measured, export):
    assert measured[export]["requests"] == expected[export]["requests"], RENEW


@pytest.mark.parametrize("export", EXPORTS)
def test_each_export_logs_the_same_events(expected, measured, export):
    assert measured[export]["events"] == expected[export]["events"], RENEW


@pytest.mark.parametrize("export", EXPORTS)
def test_each_export_writes_as_many_files(expected, measured, export):
    assert numbers(measured[export]) == numbers(expected[export]), RENEW


@pytest.mark.parametrize("export", EXPORTS)
def test_each_export_writes_as_many_bytes(expected, measured, export):
    for folder, held in expected[export]["files"].items():
        room = pytest.approx(held["bytes"], rel=ROOM_FOR_BYTES)
        assert measured[export]["files"][folder]["bytes"] == room, f"{folder}: {RENEW}"


@pytest.mark.parametrize("export", EXPORTS)
def test_no_export_needs_more_memory(expected, measured, export):
    for name, room in ROOM_FOR_MEGABYTES.items():
        assert measured[export][name] <= expected[export][name] + room, f"{name}: {RENEW}"


def test_nothing_that_people_open_is_written_when_nothing_changed(measured):
    assert set(measured["unchanged"]["files"]) <= {"state"}


def numbers(of_export):
    return {folder: held["number"] for folder, held in of_export["files"].items()}

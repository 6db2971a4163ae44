import dataclasses
import datetime as dt

import pytest

from notion_sync_assets.core.sync import plan
from notion_sync_assets.core.sync.clock import parse_time, settled
from notion_sync_assets.core.sync.manifest import ManifestRow

MARGIN = dt.timedelta(minutes=2)
BASE = ManifestRow(
    "p",
    "exported",
    "T",
    "workspace",
    "hash",
    1,
    document="doc",
    last_edited_time="2026-01-01T10:00:00.000Z",
    read_at="2026-01-01T11:00:00+00:00",
)
LATER = "2026-01-01T10:59:00.000Z"
SOON = "2026-01-01T10:01:00+00:00"


def but(**values):
    return dataclasses.replace(BASE, **values)


NEEDS = {
    "new": (BASE, None, None, "read"),
    "failed before": (BASE, but(state="failed"), None, "read"),
    "gone before": (BASE, but(state="gone"), None, "read"),
    "without document": (BASE, but(document=None), None, "read"),
    "edited": (but(last_edited_time=LATER), BASE, None, "read"),
    "read too soon after its stamp": (BASE, but(read_at=SOON), None, "read"),
    "confirmed since": (BASE, but(read_at=SOON), "2026-01-01T12:00:00+00:00", "nothing"),
    "never read": (BASE, but(read_at=None), None, "read"),
    "listed otherwise": (but(listing_hash="other"), BASE, None, "refresh"),
    "as before": (BASE, BASE, None, "nothing"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_a_page_needs_what_its_history_says(name):
    listed, base, confirmed, expected = NEEDS[name]
    assert plan.need(listed, base, MARGIN, confirmed) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (BASE, True),
        (None, False),
        (but(state="failed"), False),
        (but(listing_hash="x"), False),
        (but(read_at=SOON), False),
    ],
)
def test_only_settled_lines_of_the_same_listing_are_resumed(line, expected):
    assert plan.resumable(BASE, line, MARGIN) is expected


def test_when_and_in_which_commit_a_page_was_read_is_no_difference():
    assert plan.same(but(read_at=None, document_seq=9), BASE)
    assert not plan.same(but(title="x"), BASE)
    assert not plan.same(BASE, None)


GONE = but(state="gone", reason="trashed")
EVENTS = {
    "new": (BASE, None, False, "created"),
    "from another scope": (BASE, None, True, "moved"),
    "edited": (but(document="new"), BASE, False, "edited"),
    "listed otherwise": (but(title="x"), BASE, False, None),
    "trashed": (GONE, BASE, False, "trashed"),
    "unshared": (but(state="gone", reason="not_found"), BASE, False, "not_found"),
    "moved away": (but(state="gone", reason="moved_to x"), BASE, False, None),
    "gone before it was read": (GONE, None, False, None),
    "gone twice": (GONE, GONE, False, None),
    "back": (BASE, GONE, False, "restored"),
    "back, but never read before": (BASE, but(state="gone", document=None), False, "created"),
    "failed from the start": (but(state="failed", document=None), None, False, None),
    "failed once, read now": (BASE, but(state="failed", document=None), False, "created"),
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_commit_tells_what_changed(name):
    row, base, arrived, expected = EVENTS[name]
    assert plan.event_of(row, base, arrived=arrived) == expected


def test_an_event_carries_both_documents():
    event = plan.page_event(but(document="new"), BASE, "edited", ("scope", 2), "now")
    assert (event.scope, event.seq, event.document, event.previous_document) == ("scope", 2, "new", "doc")
    assert plan.page_event(BASE, None, "created", ("scope", 1), "now").previous_document is None


def test_a_listed_row_says_where_the_page_hangs():
    page = {"id": "p", "parent": {"type": "block_id", "block_id": "b"}, "url": "u", "request_id": "x"}
    row = plan.listed_row(page, "above")
    assert (row.parent_type, row.parent_id, row.parent_page, row.url) == ("block_id", "b", "above", "u")
    assert row.listing_hash == plan.listed_row({**page, "request_id": "y"}, None).listing_hash
    odd = plan.listed_row({"id": "p", "parent": "odd"}, None)
    assert (odd.parent_type, odd.parent_id) == ("unknown", None)


def test_times_of_both_spellings_are_understood_and_others_never_settled():
    assert parse_time("2026-01-01T10:00:00.000Z") == parse_time("2026-01-01T10:00:00+00:00")
    assert parse_time("2026-01-01") == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert parse_time("soon") is None
    assert not settled("soon", "2026-01-01", MARGIN)
    assert not settled("2026-01-01", None, MARGIN)

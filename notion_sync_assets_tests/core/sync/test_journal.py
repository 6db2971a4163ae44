import dataclasses
import datetime as dt

import pytest

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.documents import DocumentStore
from notion_sync_assets.core.storage.local import LocalStorage
from notion_sync_assets.core.sync.journal import Journal, JournalHeader, discard_all, new_header, usable_lines
from notion_sync_assets.core.sync.manifest import ManifestRow

KEY = "scope"
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(hours=24)
EXPECTED = JournalHeader("new", 3, "f", NOW.isoformat())


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def row(name, **values):
    return ManifestRow(name, "exported", name, "workspace", "hash", 1, **values)


def journal(storage, name="old", *rows, **header):
    made = Journal(storage, KEY, dataclasses.replace(EXPECTED, sync_id=name, **header), pages=50, seconds=10)
    made.begin(0)
    for each in rows:
        made.add(each, 0)
    return made


def names(storage, expected=EXPECTED):
    return [line.page_id for line in usable_lines(storage, KEY, expected, DAY)]


def test_lines_of_an_interrupted_sync_are_found(storage):
    journal(storage, "old", row("a"), row("b"))
    assert names(storage) == ["a", "b"]


@pytest.mark.parametrize("header", [{"base": 2}, {"fingerprint": "other"}, {"format": 2}])
def test_a_journal_of_something_else_is_ignored(storage, header):
    journal(storage, "old", row("a"), **header)
    assert names(storage) == []


@pytest.mark.parametrize(("hours", "found"), [(0, ["a"]), (24, ["a"]), (25, []), (-1, [])])
def test_a_journal_is_used_for_a_day(storage, hours, found):
    journal(storage, "old", row("a"), started_at=(NOW - dt.timedelta(hours=hours)).isoformat())
    assert names(storage) == found


def test_the_later_of_two_journals_has_the_last_word(storage):
    journal(storage, "a", row("x", url="late"), started_at=NOW.isoformat())
    journal(storage, "b", row("x", url="early"), started_at=(NOW - dt.timedelta(hours=1)).isoformat())
    assert [line.url for line in usable_lines(storage, KEY, EXPECTED, DAY)] == ["early", "late"]


@pytest.mark.parametrize("torn", [b'{"page_id": "c", "st', b"\0\0\0", b"[1]\n", b'{"unknown": 1}\n'])
def test_a_torn_last_line_costs_nothing_else(storage, torn):
    journal(storage, "old", row("a"), row("b"))
    storage.append(f"{layout.journals(KEY)}/old/lines.jsonl", torn, durable=False)
    assert names(storage) == ["a", "b"]


@pytest.mark.parametrize(
    "header",
    [b"", b"{", b"[]", b'{"a":1}', canonical_bytes({**dataclasses.asdict(EXPECTED), "started_at": "x"})],
)
def test_a_damaged_header_makes_a_journal_worthless(storage, header):
    journal(storage, "old", row("a"))
    storage.write(f"{layout.journals(KEY)}/old/header.json", header)
    assert names(storage) == []


def test_a_journal_without_header_or_lines_is_empty(storage):
    journal(storage, "old")
    storage.append(f"{layout.journals(KEY)}/other/lines.jsonl", b"{}\n", durable=False)
    assert names(storage) == []


def test_documents_are_flushed_every_few_pages_or_seconds(storage, monkeypatch):
    store = DocumentStore(storage)
    made = Journal(storage, KEY, EXPECTED, pages=2, seconds=10)
    made.begin(0)
    flushed = []
    monkeypatch.setattr(storage, "make_durable", lambda paths: flushed.append(len(list(paths))))
    for number, at in enumerate((0, 1, 2, 20)):
        made.add(row(str(number), document=store.put({"n": number})[0]), at)
    assert flushed == [2, 2]
    made.flush(30)
    assert flushed == [2, 2, 0]


def test_discarding_removes_every_journal(storage):
    journal(storage, "a", row("x"))
    journal(storage, "b", row("x"))
    discard_all(storage, KEY)
    assert storage.names(layout.journals(KEY)) == []


def test_headers_tell_syncs_apart():
    first, second = new_header(1, "f", NOW), new_header(1, "f", NOW)
    assert first.sync_id != second.sync_id
    assert (first.base, first.fingerprint, first.started_at) == (1, "f", NOW.isoformat())

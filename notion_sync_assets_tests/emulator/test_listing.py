"""Cursors, page sizes, short pages and the cap of 10,000."""

import pytest

from notion_sync_assets.emulator.clock import Clock
from notion_sync_assets.emulator.errors import ApiError
from notion_sync_assets.emulator.ids import named_id
from notion_sync_assets.emulator.listing import Habits, Pager, Position, page_size, sequence_scan

LONG = named_id("page", "long list")


def read(pager, name, count, size=100, cap=None):
    parts, position = [], Position()
    while position is not None:
        parts.append(pager.part(name, sequence_scan([str(n) for n in range(count)]), size, position, cap))
        position = parts[-1].next_position
    return parts


def test_a_list_is_cut_into_pages_that_hold_everything_once():
    parts = read(Pager(Habits(), Clock()), "list", 250)
    assert [len(part.ids) for part in parts] == [100, 100, 50]
    assert [i for part in parts for i in part.ids] == [str(n) for n in range(250)]


def test_short_pages_are_rare_and_lose_nothing():
    pager = Pager(Habits(seed=3, short_page_rate=1 / 64), Clock())
    cuts = [[len(part.ids) for part in read(pager, f"list {n}", 150)] for n in range(1000)]
    short = sum(cut != [100, 50] for cut in cuts)
    assert 0 < short <= 1000 / 20
    assert all(sum(cut) == 150 for cut in cuts)


def test_short_pages_are_counted_by_the_number_of_requests():
    pager = Pager(Habits(seed=3, short_page_rate=0.5), Clock())
    for number in range(50):
        scan = sequence_scan([str(n) for n in range(340)])
        assert pager.requests(f"list {number}", scan) == len(read(pager, f"list {number}", 340))


def test_short_lists_never_come_short():
    pager = Pager(Habits(short_page_rate=1.0), Clock())
    assert [len(part.ids) for part in read(pager, "list", 9)] == [9]


def test_results_beyond_the_cap_are_held_back_and_said_so():
    parts = read(Pager(Habits(), Clock()), "list", 230, cap=200)
    assert [len(part.ids) for part in parts] == [100, 100]
    assert [part.capped for part in parts] == [False, True]


def test_a_list_of_exactly_the_cap_is_complete():
    assert [part.capped for part in read(Pager(Habits(), Clock()), "list", 200, cap=200)] == [False, False]


@pytest.mark.parametrize("damage", [lambda c: c[:-2] + "AA", lambda _: "nonsense", lambda _: "", lambda _: 7])
def test_a_damaged_cursor_is_refused(damage):
    pager = Pager(Habits(), Clock())
    cursor = pager.encode("list", Position((0, 4), 5, 0.0))
    with pytest.raises(ApiError) as refused:
        pager.decode("list", damage(cursor))
    assert refused.value.code == "validation_error"


def test_a_cursor_belongs_to_one_list():
    pager = Pager(Habits(), Clock())
    cursor = pager.encode("list", Position((0, 4), 5, 0.0))
    assert pager.decode("list", cursor).key == (0, 4)
    with pytest.raises(ApiError):
        pager.decode("other list", cursor)


def test_a_search_cursor_expires(start, connect):
    emulator = start(search_cursor_ttl=60)
    api = connect(emulator.url)
    cursor = api.post("/search", {"page_size": 5})["next_cursor"]
    assert api.post("/search", {"page_size": 5, "start_cursor": cursor})["results"]
    emulator.control.clock(advance=61)
    status, body = api.error("POST", "/search", json={"page_size": 5, "start_cursor": cursor})
    assert (status, body["code"]) == (400, "validation_error")


def test_other_cursors_expire_when_told_to(start, connect):
    emulator = start(cursor_ttl=60)
    api = connect(emulator.url)
    cursor = api.get(f"/blocks/{LONG}/children", page_size=5)["next_cursor"]
    assert api.get(f"/blocks/{LONG}/children", page_size=5, start_cursor=cursor)["results"]
    emulator.control.clock(advance=61)
    status, body = api.error(
        "GET", f"/blocks/{LONG}/children", params={"page_size": 5, "start_cursor": cursor}
    )
    assert (status, body["code"]) == (400, "validation_error")


def test_a_capped_search_says_that_it_is_not_complete(start, connect):
    emulator = start(search_cap=7)
    api = connect(emulator.url)
    first = api.post("/search", {"page_size": 5})
    assert "request_status" not in first
    last = api.post("/search", {"page_size": 5, "start_cursor": first["next_cursor"]})
    assert (len(first["results"]), len(last["results"]), last["has_more"]) == (5, 2, False)
    assert last["request_status"]["incomplete_reason"] == "query_result_limit_reached"
    emulator.control.configure(search_cap=0)
    assert "request_status" not in api.post("/search", {})


def test_query_cursors_do_not_expire(start, connect):
    emulator = start(search_cursor_ttl=60)
    api = connect(emulator.url)
    cursor = api.get(f"/blocks/{LONG}/children", page_size=5)["next_cursor"]
    emulator.control.clock(advance=6000)
    assert api.get(f"/blocks/{LONG}/children", page_size=5, start_cursor=cursor)["results"]


@pytest.mark.parametrize(
    ("value", "said"), [(0, "≥ `1`"), (101, "≤ `100`"), ("x", "a number"), (True, "a number")]
)
def test_a_bad_page_size_is_refused(value, said):
    with pytest.raises(ApiError, match=said) as refused:
        page_size(value, "body")
    assert refused.value.status == 400


def test_children_longer_than_a_page_come_in_order(api):
    titles = [
        block["bulleted_list_item"]["rich_text"][0]["plain_text"]
        for block in api.all(f"/blocks/{LONG}/children")
    ]
    assert titles == [f"Entry {n + 1}" for n in range(130)]

"""Generated worlds: consistent, of the asked size, arithmetic in every listing, and constant in memory."""

import tracemalloc
from collections import Counter

import pytest

from notion_sync_assets.emulator import EmulatorConfig
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.generated import GeneratedWorld
from notion_sync_assets.emulator.generated_plan import Size
from notion_sync_assets.emulator.listing import Position
from notion_sync_assets.emulator.listings import RowOrder
from notion_sync_assets.emulator.oracle import Oracle
from notion_sync_assets.emulator.stamps import parse_stamp


@pytest.fixture(scope="module")
def world():
    return GeneratedWorld(7, Size(pages=150, rows=120, databases=4, depth=3))


def rows_of(world, source_id):
    return [row_id for _, row_id in world.row_keys(source_id, None, None, descending=False)]


def test_every_page_is_answered_by_its_id_and_has_the_asked_numbers(world):
    pages = [world.get("page", page_id) for page_id in world.ids("page")]
    rows = [page for page in pages if page["parent"]["type"] == "data_source_id"]
    assert (len(pages), len(rows)) == (270, 120)
    assert len({page["id"] for page in pages}) == 270


def test_a_crowd_of_rows_is_made_in_one_minute_and_time_never_goes_back():
    world = GeneratedWorld(7, Size(pages=10, rows=300, databases=2, depth=2, crowd=90))
    times = [world.get("page", page_id)["created_time"] for page_id in world.ids("page")]
    assert times == sorted(times)
    ((crowded, rows),) = Counter(times).most_common(1)
    assert rows == 90
    assert sum(times[10:160].count(time) for time in {crowded}) == 90, "all of the first database"


def test_parents_and_children_agree(world):
    seen = 0
    for page_id in world.ids("page"):
        holders = [("page", page_id)]
        while holders:
            kind, holder = holders.pop()
            for child in world.children(holder):
                seen += 1
                assert world.parent("block", child) == (kind, holder)
                if world.get("block", child) is not None:
                    holders.append(("block", child))
    assert seen > 1000


def test_the_tree_is_as_deep_as_asked(world):
    def level(page_id):
        holder = world.parent("page", page_id)
        return 1 if holder is None else 1 + level(holder[1])

    standalone = [i for i in world.ids("page") if world.get("page", i)["parent"]["type"] != "data_source_id"]
    assert max(map(level, standalone)) == 3


def test_rows_belong_to_the_data_source_that_lists_them(world):
    for source_id in world.ids("data_source"):
        rows = rows_of(world, source_id)
        assert len(rows) == 30
        for row_id in rows:
            assert world.parent("page", row_id) == ("data_source", source_id)


def test_a_foreign_id_is_no_object_of_this_world(world):
    other = GeneratedWorld(8, Size(10, 10, 1, 2))
    assert world.get("page", other.id_of("page", 3)) is None
    assert world.get("page", world.id_of("page", 100_000)) is None
    assert world.get("database", world.id_of("page", 1)) is None


@pytest.mark.parametrize("descending", [False, True])
def test_listings_are_sorted_by_the_times_of_the_objects(world, descending):
    listed = [i for _, i in world.search_keys("page", None, descending=descending)]
    times = [parse_stamp(world.get("page", i)["last_edited_time"]) for i in listed]
    assert times == sorted(times, reverse=descending)
    assert len(listed) == 270


def test_a_listing_continues_behind_any_key(world):
    source_id = next(world.ids("data_source"))
    whole = list(world.row_keys(source_id, "created_time", None, descending=True))
    for position in (0, 7, 28):
        key = whole[position][0]
        assert list(world.row_keys(source_id, "created_time", key, descending=True)) == whole[position + 1 :]


def test_the_numbers_are_the_same_for_the_same_seed_only():
    first, second, third = (GeneratedWorld(seed, Size(20, 20, 2, 2)) for seed in (1, 1, 2))
    ids = list(first.ids("page"))
    assert [first.get("page", i) for i in ids] == [second.get("page", i) for i in ids]
    assert third.get("page", ids[0]) is None


def test_two_thirds_of_the_rows_have_a_body_and_bodies_take_about_two_requests():
    engine = Engine(EmulatorConfig(world="generated", pages=100, rows=400, databases=2, limit=0))
    world = engine.workspace.world
    rows = [i for source in world.ids("data_source") for i in rows_of(world, source)]
    full = [i for i in rows if world.children(i)]
    assert 0.5 < len(full) / len(rows) < 0.7
    children = Oracle(engine).report()["requests"]["children"] - (len(rows) - len(full))
    assert 1.4 < children / (len(full) + 100) < 2.6


def test_twenty_thousand_rows_stream_in_constant_memory():
    engine = Engine(EmulatorConfig(world="generated", pages=0, rows=20_000, databases=2, limit=0))
    source_id = next(engine.workspace.world.ids("data_source"))
    scan = engine.listings.rows(source_id, RowOrder("created_time"), lambda _kind, _id: True)
    position, seen = Position(), 0
    tracemalloc.start()
    try:
        while position is not None:
            part = engine.pager.part("rows", scan, 100, position)
            seen += len([engine.workspace.get("page", row_id) for row_id in part.ids[:10]]) and len(part.ids)
            position = part.next_position
            if seen == 5_000:  # the objects that are kept for a while are there by now
                before = tracemalloc.get_traced_memory()[0]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert seen == 10_000
    assert grown < 500_000


def test_twenty_thousand_pages_start_at_once_and_answer_from_anywhere(start, connect):
    api = connect(start(world="generated", pages=20_000, rows=20_000, databases=5).url)
    first = api.post("/search", {"page_size": 1})["results"][0]
    assert api.get(f"/pages/{first['id']}")["last_edited_time"] == first["last_edited_time"]
    oldest = {"sort": {"timestamp": "last_edited_time", "direction": "ascending"}, "page_size": 1}
    last = api.post("/search", oldest)["results"][0]
    assert last["last_edited_time"] < first["last_edited_time"]

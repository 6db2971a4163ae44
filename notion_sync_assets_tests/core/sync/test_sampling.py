"""Which pages are sampled: the same ones for the same workspace, of every kind enough to say something."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync_assets.core.notion.client import NotionClientConfig, build_client
from notion_sync_assets.core.sync.sampling import STRATA, Candidates, allotment, page_lists, read_sample
from notion_sync_assets_tests.core.sync.worlds import FERN, GARDEN

counts = st.dictionaries(st.sampled_from(STRATA), st.integers(0, 500))


def candidates(*page_ids, size=60):
    made = Candidates(size)
    for page_id in page_ids:
        made.add(page_id)
    return made


def test_the_choice_does_not_depend_on_the_order_of_the_listing():
    names = [f"page {number}" for number in range(200)]
    mixed = random.Random(3).sample(names, len(names))
    assert candidates(*names, size=20).first(10) == candidates(*mixed, size=20).first(10)
    assert candidates(*names, size=20).population == 200


def test_a_smaller_sample_is_the_beginning_of_a_larger_one():
    made = candidates(*(f"page {number}" for number in range(100)), size=30)
    assert made.first(30)[:10] == made.first(10)
    assert len(set(made.first(30))) == 30


@given(counts, st.integers(len(STRATA), 60))
def test_the_sample_is_as_large_as_allowed_and_no_kind_gives_more_than_it_has(populations, size):
    taken = allotment(populations, size)
    assert all(taken[kind] <= populations[kind] for kind in taken)
    assert sum(taken.values()) == min(size, sum(populations.values()))
    assert all(taken[kind] for kind, count in populations.items() if count)


def test_a_rare_kind_is_not_left_out():
    taken = allotment({"root": 5, "nested": 40, "row": 5000}, 60)
    assert taken["root"] == 5
    assert taken["nested"] >= 10
    assert taken["row"] >= 30


@pytest.mark.parametrize(("blocks", "lists"), [(0, 1), (100, 1), (101, 2)])
def test_a_page_takes_its_own_list_even_when_it_is_empty(blocks, lists):
    assert page_lists([{"type": "divider"}] * blocks) == lists


def test_lists_below_blocks_count_with_those_below_them():
    inner = {"id": "b", "type": "toggle", "has_children": True, "children": [{"type": "divider"}] * 150}
    outer = {"id": "a", "type": "toggle", "has_children": True, "children": [inner]}
    assert page_lists([outer]) == 1 + 1 + 2


async def test_a_page_that_cannot_be_read_is_left_out_of_the_sample(untouched_garden):
    chosen = {"root": candidates(GARDEN, "00000000-0000-4000-8000-000000000000"), "row": candidates(FERN)}
    async with build_client(
        NotionClientConfig(token="secret_x", base_url=untouched_garden.url, limit_per_window=0)
    ) as client:
        sample = await read_sample(client, chosen, 60)
    assert [page.stratum for page in sample.pages] == ["root", "row"]
    assert sample.of("root")[0].files == 1
    assert sample.surplus >= 1

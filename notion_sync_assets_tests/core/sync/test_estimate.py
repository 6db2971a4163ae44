"""From a sample to everything: exact when all is known, and ranges that hold for workspaces unlike the average."""

import random

import pytest

from notion_sync_assets.core.sync.estimate import Estimate, extrapolate, scale_up, seconds_at, total


def test_a_sample_of_everything_is_exact():
    assert extrapolate([1, 2, 3], 3, least=1) == Estimate.exactly(6)
    assert scale_up(2, 5, 5) == Estimate.exactly(2)


def test_without_a_sample_the_range_is_what_is_typical_of_pages():
    assert extrapolate([], 7, least=1) == Estimate(7, 7, 105)
    assert extrapolate([], 0, least=1) == Estimate()
    assert scale_up(0, 0, 7) == Estimate()


def test_equal_costs_in_a_sample_are_no_proof_that_all_are_equal():
    found = extrapolate([1] * 30, 1000, least=1)
    assert (found.low, found.expected) == (1000, 1000)
    assert found.high > 1050


def test_nothing_can_cost_less_than_what_was_seen_and_the_least_of_the_rest():
    assert extrapolate([1, 1, 90], 10, least=1).low >= 99


def test_a_larger_sample_gives_a_narrower_range():
    costs = [1, 2, 3, 8] * 15
    wide, narrow = (extrapolate(costs[:size], 1000, least=1) for size in (8, 60))
    assert wide.low <= narrow.low <= narrow.expected <= narrow.high < wide.high


GIANT = 40


def flat(dice):
    return dice.choice((1, 1, 2, 3))


def with_giants(dice):
    return GIANT if dice.random() < 0.02 else dice.choice((1, 1, 2, 4))


def mostly_empty(dice):
    return dice.randrange(2, 9) if dice.random() < 0.1 else 1


@pytest.mark.parametrize("kind", [flat, with_giants, mostly_empty])
def test_the_range_holds_the_truth_for_nearly_all_samples(kind):
    dice = random.Random(kind.__name__)
    held = []
    for _ in range(200):
        population = [kind(dice) for _ in range(600)]
        costs = dice.sample(population, 40)
        found = extrapolate(costs, 600, least=1)
        # No sample can tell of giants it has none of.
        if kind is not with_giants or max(costs) == GIANT:
            held.append(found.low <= sum(population) <= found.high)
    assert len(held) > 80
    assert sum(held) >= 0.98 * len(held)


def test_a_range_is_narrow_enough_to_plan_with():
    dice = random.Random(5)
    found = extrapolate([flat(dice) for _ in range(60)], 5000, least=1)
    assert found.high < 1.35 * found.expected
    assert found.low > 0.65 * found.expected


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1])
def test_rare_things_stay_below_their_upper_bound(share):
    dice = random.Random(7)
    held = 0
    for _ in range(200):
        population = [dice.random() < share for _ in range(500)]
        held += sum(population) <= scale_up(sum(population[:50]), 50, 500).high
    assert held >= 180


def test_estimates_add_up_bound_by_bound_and_multiply():
    assert total([Estimate(1, 2, 3), Estimate(10, 20, 30)]) == Estimate(11, 22, 33)
    assert total([]) == Estimate()
    assert Estimate(1, 2, 3).to_json() == {"low": 1, "expected": 2, "high": 3}


@pytest.mark.parametrize(
    ("requests", "limit", "seconds"),
    [(0, 180, 0), (180, 180, 0), (181, 180, 60), (360, 180, 60), (361, 180, 120), (10_000, 0, 0)],
)
def test_the_first_window_is_free_and_every_further_one_is_waited_for(requests, limit, seconds):
    assert seconds_at(requests, limit, 60.0) == seconds

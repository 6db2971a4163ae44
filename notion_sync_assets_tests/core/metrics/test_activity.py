"""The activity of a process as an account: what it counted, what its clients counted, and the stored form."""

from notion_sync_assets.core.metrics import catalogue
from notion_sync_assets.core.metrics.activity import Account, Activity, added, duration_buckets
from notion_sync_assets.core.notion.metrics import ClientMetrics
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter


def client(**requests):
    metrics = ClientMetrics()
    for endpoint, count in requests.items():
        for _ in range(count):
            metrics.count_request(endpoint, "200", 0.5)
            metrics.count_call(endpoint, "200", 0.25)
    metrics.count_retry("502")
    metrics.count_refusal("rate")
    return metrics


def snapshot(metrics):
    return metrics.snapshot(MemoryLimiter(180, 60.0).snapshot())


def test_clients_of_one_process_are_added():
    first, second = snapshot(client(pages=2, search=1)), snapshot(client(pages=3))
    counters = Activity().account([first, second], 7.0).counters
    assert counters["api_calls"] == {("pages", "200"): 5.0, ("search", "200"): 1.0}
    assert counters["api_call_seconds"] == {("pages",): 1.25, ("search",): 0.25}
    assert counters["api_retries"] == {("502",): 2.0}
    assert counters["api_refusals"] == {("rate",): 2.0}


def test_an_open_circuit_shows_until_it_closes():
    metrics = client()
    metrics.count_outage()
    assert Activity().account([snapshot(metrics)], 7.0).gauges["circuit_open"] == 1.0
    metrics.count_outage_seconds(30.0)
    account = Activity().account([snapshot(metrics)], 8.0)
    assert account.gauges["circuit_open"] == 0.0
    assert account.counters["circuit_open_seconds"] == {(): 30.0}


def test_durations_fall_into_buckets_and_their_upper_bound_is_inside():
    activity = Activity()
    for seconds in (1.0, 5.0, 6.0, 1_000_000.0):
        activity.count_export("complete", 100.0, 100.0 + seconds)
    buckets, total = duration_buckets(activity.account([], 0.0))
    assert [count for _, count in buckets] == [2, 3, 3, 3, 3, 3, 3, 3, 3, 4]
    assert (buckets[0][0], buckets[-1][0], total) == (5.0, float("inf"), 1_000_012.0)


def test_only_a_complete_export_counts_as_fresh():
    activity = Activity()
    activity.count_export("complete", 10.0, 20.0)
    activity.count_export("failed", 30.0, 40.0)
    account = activity.account([], 0.0)
    assert account.latest == {"complete_began_at": 10.0, "complete_ended_at": 20.0}
    assert account.counters["exports"] == {("complete",): 1.0, ("failed",): 1.0}


def test_the_stored_form_is_the_account():
    activity = Activity()
    activity.count(catalogue.PAGES, "new", by=4)
    activity.count(catalogue.FILE_BYTES, by=100)
    account = activity.account([snapshot(client(pages=1))], 7.0)
    assert Account.from_json(account.to_json()) == account


def test_what_came_after_an_earlier_account_makes_it_whole_again():
    activity = Activity()
    activity.count(catalogue.PAGES, "new", by=4)
    earlier = activity.account([], 1.0)
    activity.count(catalogue.PAGES, "new")
    activity.count(catalogue.PAGES, "gone")
    later = activity.account([], 2.0)
    assert added([earlier, later.less(earlier)]).counters == later.counters


def test_names_follow_the_rules_of_prometheus():
    names = [metric.full_name for metric in catalogue.METRICS]
    assert len(set(names)) == len(names)
    for metric in catalogue.METRICS:
        assert metric.help
        assert metric.full_name.endswith("_total") == (metric.kind == "counter")
        assert not metric.name.endswith(("_ms", "_minutes", "_kb", "_count", "_sum", "_bucket"))

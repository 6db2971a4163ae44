"""Filters and orders of queries."""

import pytest

from notion_sync_assets.emulator.draft import Draft

PATH = f"/data_sources/{Draft.source_id('tasks', 'Tasks')}/query"
WIKI = f"/data_sources/{Draft.source_id('wiki', 'Team wiki')}/query"


def titles(rows, name="Task"):
    return ["".join(t["plain_text"] for t in row["properties"][name]["title"]) for row in rows]


@pytest.fixture(scope="module")
def rows(api):
    return api.query(PATH)


@pytest.mark.parametrize("field", ["created_time", "last_edited_time"])
@pytest.mark.parametrize("direction", ["ascending", "descending"])
@pytest.mark.parametrize("operator", ["on_or_after", "after", "before", "on_or_before", "equals"])
def test_time_filters_agree_with_the_times_of_the_rows(api, rows, field, direction, operator):
    middle = sorted(row[field] for row in rows)[len(rows) // 2]
    compare = {
        "on_or_after": lambda t: t >= middle,
        "after": lambda t: t > middle,
        "before": lambda t: t < middle,
        "on_or_before": lambda t: t <= middle,
        "equals": lambda t: t == middle,
    }[operator]
    body = {"filter": {"timestamp": field, field: {operator: middle}}}
    expected = {row["id"] for row in rows if compare(row[field])}
    assert {row["id"] for row in api.query(PATH, body)} == expected
    ordered = api.query(
        PATH, {**body, "sorts": [{"timestamp": field, "direction": direction}], "page_size": 7}
    )
    assert {row["id"] for row in ordered} == expected
    times = [row[field] for row in ordered]
    assert times == sorted(times, reverse=direction == "descending")


def test_filters_can_be_joined(api, rows):
    done = {"property": "Done", "checkbox": {"equals": True}}
    long = {"property": "Hours", "number": {"greater_than": 8}}
    both, either = (api.query(PATH, {"filter": {word: [done, long]}}) for word in ("and", "or"))
    held = {
        row["id"]: (row["properties"]["Done"]["checkbox"], row["properties"]["Hours"]["number"] > 8)
        for row in rows
    }
    assert {row["id"] for row in both} == {i for i, pair in held.items() if all(pair)}
    assert {row["id"] for row in either} == {i for i, pair in held.items() if any(pair)}
    assert 0 < len(both) < len(either)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"property": "Task", "title": {"contains": "rain MODE"}}, 4),
        ({"property": "title", "title": {"equals": "Rain mode step 2"}}, 1),
        ({"property": "Task", "title": {"starts_with": "Snail"}}, 30),
        ({"property": "Nr", "unique_id": {"less_than_or_equal_to": 30}}, 30),
        ({"property": "Nr", "unique_id": {"greater_than": 30}}, 14),
        ({"property": "Hours", "number": {"is_empty": True}}, 0),
        ({"property": "No such", "number": {"equals": 1}}, 0),
    ],
)
def test_property_filters_find_the_rows_that_match(api, condition, expected):
    assert len(api.query(PATH, {"filter": condition})) == expected


def test_a_wiki_lists_pages_and_data_sources_apart_when_asked(api):
    kinds = {
        kind: [row["object"] for row in api.query(WIKI, {"result_type": kind})]
        for kind in ("page", "data_source")
    }
    assert kinds == {"page": ["page"] * 12, "data_source": ["data_source"]}
    assert len(api.query(WIKI)) == 13


def test_only_the_asked_properties_are_sent(api, rows):
    hours = rows[0]["properties"]["Hours"]["id"]
    for asked in (hours, "Hours", hours.replace("%", "%25")):
        row = api.http.post(
            PATH, params={"filter_properties": ["title", asked]}, json={"page_size": 1}
        ).json()
        assert set(row["results"][0]["properties"]) == {"Task", "Hours"}


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {}},
        {"filter": []},
        {"filter": {"and": {}}},
        {"filter": {"timestamp": "created_time"}},
        {"filter": {"timestamp": "created_time", "created_time": {"near": "2024-01-01"}}},
        {"filter": {"timestamp": "created_time", "created_time": {"before": "soon"}}},
        {"filter": {"property": "Task"}},
        {"sorts": {"timestamp": "created_time"}},
        {"sorts": [{"property": "Task", "direction": "ascending"}]},
        {"sorts": [{"timestamp": "created_time", "direction": "up"}]},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api, body):
    status, answer = api.error("POST", PATH, json=body)
    assert (status, answer["code"]) == (400, "validation_error")


def test_the_cap_is_told_and_a_later_window_goes_on(start, connect):
    notion = start(world="generated", pages=0, rows=500, databases=1, result_cap=200, short_page_rate=0)
    api = connect(notion.url)
    source = next(iter(notion.control.oracle_ids("data_source")))
    path, sorts = f"/data_sources/{source}/query", [{"timestamp": "created_time", "direction": "ascending"}]
    seen, since, incomplete = {}, {}, True
    while incomplete:
        body, incomplete = {"sorts": sorts, **since}, False
        while body:
            page = api.post(path, body)
            seen.update({row["id"]: row["created_time"] for row in page["results"]})
            incomplete = page.get("request_status") == {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}  # fmt: skip
            body = {**body, "start_cursor": page["next_cursor"]} if page["has_more"] else None
        last = max(seen.values())
        since = {"filter": {"timestamp": "created_time", "created_time": {"on_or_after": last}}}
    assert len(seen) == 500

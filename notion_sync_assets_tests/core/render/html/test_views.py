"""Saved views: columns, order, filters and groups as the API describes them."""

import pytest

from notion_sync_assets.core.render.columns import columns
from notion_sync_assets.core.render.html.view_filters import accepts
from notion_sync_assets.core.render.html.view_groups import grouping
from notion_sync_assets.core.render.html.views import (
    column_place,
    in_view_order,
    row_attributes,
    saved_views,
)
from notion_sync_assets_tests.corpus import every_property_head, every_property_page, identifier

PAGE = every_property_page().page
TABLE = columns(every_property_head()["data_source"])
LABELS = [column.label for column in TABLE]


def property_id(label):
    return TABLE[LABELS.index(label)].property_id


def head(*views):
    value = every_property_head()
    made = [
        {
            "object": "view",
            "id": identifier(f"view {n}"),
            "created_time": f"2026-01-0{n + 1}",
            "data_source_id": identifier("Tasks"),
            **view,
        }
        for n, view in enumerate(views)
    ]
    return {**value, "views": made}


def view(name="V", kind="table", configuration=None, **values):
    return {"name": name, "type": kind, "configuration": configuration, **values}


def shown(label, *, visible=True):
    return {"property_id": property_id(label), "visible": visible}


def names(places):
    return [LABELS[place] for place in places]


def attributes(*views):
    found = saved_views(head(*views), TABLE)
    values = [PAGE["properties"].get(label) for label in LABELS]
    return row_attributes(PAGE, values, found, lambda _: None)


def test_a_view_has_its_columns_in_its_order_after_the_title():
    (found,) = saved_views(
        head(view(kind="board", configuration={"properties": [shown("Kind"), shown("Amount")]})), TABLE
    )

    assert names(found.columns) == ["Name", "Kind", "Amount"]


def test_a_table_shows_what_its_view_does_not_name_and_not_what_it_hides():
    (found,) = saved_views(
        head(view(configuration={"properties": [shown("Kind"), shown("Amount", visible=False)]})), TABLE
    )

    assert names(found.columns)[:2] == ["Name", "Kind"]
    assert sorted(names(found.columns)) == sorted(set(LABELS) - {"Amount"})


def test_all_rows_are_shown_in_the_order_of_the_first_table_with_nothing_hidden():
    hidden = {"properties": [shown("Kind"), shown("Amount", visible=False), shown("Done")]}
    ordered = in_view_order(head(view(kind="board"), view(configuration=hidden)), TABLE)

    assert [column.label for column in ordered][:3] == ["Name", "Kind", "Done"]
    assert ordered[-1].label == "Amount"
    assert len(ordered) == len(TABLE)


def test_views_of_other_sources_and_those_without_rows_are_left_out():
    elsewhere = view("Elsewhere", data_source_id=identifier("Other"))
    found = saved_views(head(view("Here"), elsewhere, view("Form", "form"), view("Chart", "chart")), TABLE)

    assert [each.name for each in found] == ["Here"]


def test_sorts_name_columns_by_id_or_name_and_the_times_of_the_page():
    sorts = [
        {"property": property_id("Amount"), "direction": "descending"},
        {"property": "Kind", "direction": "ascending"},
        {"timestamp": "created_time", "direction": "ascending"},
        {"property": "no such column", "direction": "ascending"},
    ]
    (found,) = saved_views(head(view(sorts=sorts)), TABLE)

    assert list(found.sorts) == [(LABELS.index("Amount"), -1), (LABELS.index("Kind"), 1), ("created", 1)]


def test_a_calendar_is_sorted_by_its_date():
    (found,) = saved_views(
        head(view(kind="calendar", configuration={"date_property_id": property_id("Due")})), TABLE
    )

    assert list(found.sorts) == [(LABELS.index("Due"), 1)]


def test_encoded_ids_name_the_same_column():
    source = every_property_head()["data_source"]
    schema = {"Odd": {"id": "v_%5D%3C", "name": "Odd", "type": "number", "number": {}}}
    table = columns({**source, "properties": schema})

    assert column_place("v_]<", table) == column_place("v_%5D%3C", table) == 0


def test_a_row_says_which_views_it_is_in_only_where_it_is_not_in_all():
    much = {"property": "Amount", "number": {"greater_than": 100}}

    assert attributes(view(), view()) == {}
    assert attributes(view(), view(filter=much)) == {"data_views": "0"}
    assert attributes(view(filter=much)) == {"data_views": ""}


def test_a_row_says_its_groups_and_the_times_it_is_sorted_by():
    by_kind = {"group_by": {"type": "select", "property_id": property_id("Kind"), "sort": {"type": "manual"}}}
    made = attributes(
        view(configuration=by_kind, sorts=[{"timestamp": "last_edited_time", "direction": "ascending"}])
    )

    assert made == {"data_groups": '{"0":["Feature"]}', "data_edited": PAGE["last_edited_time"]}


def condition(label, **test):
    return {"property": property_id(label), **test}


@pytest.mark.parametrize(
    ("label", "kind", "test", "expected"),
    [
        ("Notes", "rich_text", {"contains": "NOTES"}, True),
        ("Notes", "rich_text", {"does_not_contain": "notes"}, False),
        ("Notes", "rich_text", {"starts_with": "some"}, True),
        ("Link", "url", {"ends_with": "nowhere"}, False),
        ("Amount", "number", {"greater_than_or_equal_to": 12.5}, True),
        ("Amount", "number", {"equals": 12}, False),
        ("Nothing", "number", {"less_than": 3}, False),
        ("Nothing", "number", {"is_empty": True}, True),
        ("Amount", "number", {"is_not_empty": True}, True),
        ("Kind", "select", {"equals": "Feature"}, True),
        ("No kind", "select", {"does_not_equal": "Feature"}, True),
        ("State", "status", {"equals": ["Done", "In progress"]}, True),
        ("Tags", "multi_select", {"contains": "red"}, True),
        ("Tags", "multi_select", {"does_not_contain": "red"}, False),
        ("Done", "checkbox", {"equals": True}, True),
        ("Done", "checkbox", {"does_not_equal": True}, False),
        ("Due", "date", {"equals": "2026-05-03"}, True),
        ("Due", "date", {"before": "2026-05-03"}, False),
        ("Due", "date", {"on_or_after": "2026-05-03T10:00:00Z"}, True),
        ("Span", "date", {"after": "2026-05-03T13:59:00Z"}, True),
        ("No date", "date", {"after": "2026-05-03"}, False),
        ("Due", "date", {"this_week": {}}, None),
        ("Due", "date", {"on_or_before": "today"}, None),
        ("People", "people", {"contains": identifier("Cleo")}, True),
        ("People", "people", {"contains": "me"}, None),
        ("Creator", "created_by", {"does_not_contain": identifier("Ada")}, False),
        ("Related", "relation", {"contains": identifier("Linked page")}, True),
        ("Files", "files", {"is_not_empty": True}, True),
        ("Number of", "unique_id", {"less_than": 43}, True),
        ("Formula number", "formula", {"number": {"equals": 3}}, True),
        ("Formula text", "formula", {"string": {"contains": "1+1"}}, True),
        ("Formula boolean", "formula", {"checkbox": {"equals": False}}, True),
        ("Rollup number", "rollup", {"number": {"greater_than": 7}}, False),
        ("Rollup array", "rollup", {"any": {"rich_text": {"contains": "first item"}}}, True),
        ("Rollup array", "rollup", {"none": {"rich_text": {"contains": "first item"}}}, False),
        ("Amount", "number", {"roughly": 12}, None),
        ("Amount", "hologram", {"equals": 12}, None),
        ("Kind", "select", {}, None),
    ],
)
def test_a_condition_is_met_missed_or_not_known(label, kind, test, expected):
    assert accepts(condition(label, **{kind: test}), PAGE) is expected


YES = {"property": "Amount", "number": {"equals": 12.5}}
NO = {"property": "Amount", "number": {"equals": 1}}
UNKNOWN = {"property": "Due", "date": {"this_week": {}}}


@pytest.mark.parametrize(
    ("compound", "expected"),
    [
        ({"and": [YES, YES]}, True),
        ({"and": [UNKNOWN, NO]}, False),
        ({"and": [YES, UNKNOWN]}, None),
        ({"or": [UNKNOWN, YES]}, True),
        ({"or": [NO, UNKNOWN]}, None),
        ({"or": [NO, {"and": [YES, NO]}]}, False),
        ({"timestamp": "created_time", "created_time": {"before": "2026-05-02"}}, True),
        ({"timestamp": "created_time", "created_time": {"past_month": {}}}, None),
        ({}, None),
        ("odd", None),
    ],
)
def test_conditions_are_combined(compound, expected):
    assert accepts(compound, PAGE) is expected


def labels(label, config, title_of=lambda _: "Title"):
    column = TABLE[LABELS.index(label)]
    return grouping(config, 0, column).labels_of(PAGE["properties"][label], title_of)


@pytest.mark.parametrize(
    ("label", "config", "expected"),
    [
        ("Kind", {}, ["Feature"]),
        ("No kind", {}, [""]),
        ("Tags", {}, ["red", "green, or so"]),
        ("State", {"group_by": "option"}, ["In progress"]),
        ("State", {"group_by": "group"}, ["Active"]),
        ("People", {}, ["Cleo", identifier("Dan"), "Editors"]),
        ("Creator", {}, ["Ada"]),
        ("Related", {}, ["Title", "Title"]),
        ("Done", {}, ["Yes"]),
        ("Due", {"group_by": "day"}, ["2026-05-03"]),
        ("Due", {"group_by": "month"}, ["2026-05"]),
        ("Due", {"group_by": "year"}, ["2026"]),
        ("Due", {"group_by": "relative"}, ["2026-05"]),
        ("Due", {"group_by": "week", "start_day_of_week": 0}, ["Week of 2026-05-03"]),
        ("Due", {"group_by": "week", "start_day_of_week": 1}, ["Week of 2026-04-27"]),
        ("No date", {"group_by": "day"}, [""]),
        ("Created", {"group_by": "month"}, ["2026-05"]),
        ("Amount", {}, ["12.5"]),
        ("Amount", {"range_start": 0, "range_end": 100, "range_size": 10}, ["10 to 20"]),
        ("Amount", {"range_start": 20, "range_size": 10}, ["below 20"]),
        ("Amount", {"range_start": 0, "range_end": 10, "range_size": 5}, ["from 10"]),
        ("Notes", {"group_by": "exact"}, ["Some notes"]),
        ("Notes", {"group_by": "alphabet_prefix"}, ["S"]),
        ("Formula number", {"group_by": {"type": "number", "range_size": 2}}, ["2 to 4"]),
        ("Formula date", {"group_by": {"type": "date", "group_by": "year"}}, ["2026"]),
        ("Formula deep", {}, [""]),
    ],
)
def test_a_row_stands_in_the_groups_of_its_value(label, config, expected):
    assert labels(label, config) == expected


def test_groups_follow_the_options_unless_a_view_sorts_them_by_name():
    column = TABLE[LABELS.index("State")]

    assert grouping({"sort": {"type": "manual"}}, 0, column).labels == ["Feature", "red", "In progress"]
    assert grouping({"group_by": "group"}, 0, column).labels == ["Active", "Waiting"]
    assert grouping({"sort": {"type": "descending"}}, 0, column).direction == -1


def test_a_value_of_an_odd_shape_stands_in_a_group_of_its_text():
    column = TABLE[LABELS.index("Due")]
    odd = {"type": "date", "date": {"start": 7}}

    assert grouping({"group_by": "week"}, 0, column).labels_of(odd, lambda _: None) == ["7"]

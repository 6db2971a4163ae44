import pytest

from notion_sync_assets.core.notion.properties import complete_value, incomplete_values, may_be_cut
from notion_sync_assets_tests.core.notion.scripted_notion import ScriptedNotion


def mention(number):
    return {"type": "mention", "plain_text": str(number)}


CUT = {
    "a relation that says so": ({"type": "relation", "relation": [], "has_more": True}, True),
    "a relation of 25": ({"type": "relation", "relation": [{}] * 25, "has_more": False}, False),
    "24 people": ({"type": "people", "people": [{}] * 24}, False),
    "25 people": ({"type": "people", "people": [{}] * 25}, True),
    "people that are no list": ({"type": "people", "people": None}, False),
    "24 mentions": ({"type": "rich_text", "rich_text": [mention(1)] * 24 + [{"type": "text"}] * 9}, False),
    "25 mentions": ({"type": "rich_text", "rich_text": [mention(1)] * 25}, True),
    "25 mentions in a title": ({"type": "title", "title": [mention(1)] * 25}, True),
    "a rollup of 25": ({"type": "rollup", "rollup": {"type": "array", "array": [{}] * 25}}, True),
    "a rollup of 24": ({"type": "rollup", "rollup": {"type": "array", "array": [{}] * 24}}, False),
    "a rolled up number": ({"type": "rollup", "rollup": {"type": "number", "number": 3}}, False),
    "a rollup without value": ({"type": "rollup", "rollup": None}, False),
    "a number": ({"type": "number", "number": 25}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_values_that_may_be_cut_are_told(name):
    value, expected = CUT[name]
    assert may_be_cut(value) is expected


def item(kind, content):
    return {"object": "property_item", "id": "x", "type": kind, kind: content, "request_id": "r"}


async def completed(value, items):
    notion = ScriptedNotion(page_property={("page", "x"): items})
    return await complete_value(notion, "page", {"id": "x", **value})


async def test_relations_are_read_to_their_end():
    value = {"type": "relation", "relation": [{"id": "1"}], "has_more": True}
    items = [item("relation", {"id": str(number)}) for number in range(30)]
    whole = await completed(value, items)
    assert whole == {
        "id": "x",
        "type": "relation",
        "relation": [{"id": str(n)} for n in range(30)],
        "has_more": False,
    }


@pytest.mark.parametrize("kind", ["people", "rich_text", "title"])
async def test_people_and_texts_are_read_to_their_end(kind):
    items = [*(item(kind, {"n": number}) for number in range(26)), {"type": "odd"}]
    whole = await completed({"type": kind, kind: []}, items)
    assert whole == {"id": "x", "type": kind, kind: [{"n": number} for number in range(26)]}


def test_sums_over_a_cut_relation_are_incomplete_too():
    cut = {"type": "relation", "relation": [{}] * 25, "has_more": True}
    whole = {**cut, "has_more": False}
    values = {
        "Sum": {"type": "rollup", "rollup": {"type": "number", "number": 3}},
        "Latest": {"type": "rollup", "rollup": {"type": "date", "date": None}},
        "Odd": {"type": "rollup", "rollup": {"type": "unsupported", "unsupported": {}}},
        "Nothing": {"type": "rollup", "rollup": None},
        "Name": {"type": "title", "title": []},
        "Broken": "no object",
    }
    assert incomplete_values({"Tasks": cut, **values}) == ["Tasks", "Sum", "Latest"]
    assert incomplete_values({"Tasks": whole, **values}) == []


async def test_a_sum_is_what_the_last_page_of_its_items_says():
    class Notion:
        async def page_property(self, _page, _property, cursor):
            sums = {None: {"type": "incomplete", "incomplete": {}}, "next": {"type": "number", "number": 30}}
            head = {"id": "x", "type": "rollup", "rollup": {**sums[cursor], "function": "sum"}}
            more = None if cursor else "next"
            items = [item("number", 1)] * 15
            return {"results": items, "has_more": bool(more), "next_cursor": more, "property_item": head}

    value = {"id": "x", "type": "rollup", "rollup": {"type": "number", "number": 25, "function": "sum"}}
    whole = await complete_value(Notion(), "page", value)
    assert whole["rollup"] == {"type": "number", "number": 30, "function": "sum"}


async def test_rollup_items_lose_only_their_envelope():
    value = {"type": "rollup", "rollup": {"type": "array", "array": [{}] * 25, "function": "show_original"}}
    whole = await completed(value, [item("number", number) for number in range(30)])
    assert whole["rollup"]["function"] == "show_original"
    assert whole["rollup"]["array"][29] == {"type": "number", "number": 29}

"""Answers that are not what the API says must not get through."""

import pytest

from notion_sync_assets.core.notion.answers import checked_list, checked_object, checked_property
from notion_sync_assets.core.notion.errors import UnexpectedAnswerError

ENDPOINT = "GET /v1/pages/{id}"
LIST = {"object": "list", "results": [{"object": "page"}], "has_more": False, "next_cursor": None}


def test_a_sound_list_is_returned_as_it_is():
    assert checked_list(LIST, ENDPOINT) is LIST
    more = {**LIST, "has_more": True, "next_cursor": "c"}
    assert checked_list(more, ENDPOINT) is more


def test_templates_come_without_an_object_and_under_their_own_name():
    answer = {"templates": [], "has_more": False, "next_cursor": None}
    assert checked_list(answer, ENDPOINT, items="templates") is answer


@pytest.mark.parametrize(
    "change",
    [
        {"object": "page"},
        {"results": None},
        {"results": {}},
        {"results": ["an id"]},
        {"has_more": None},
        {"has_more": "false"},
        {"has_more": True},
        {"has_more": True, "next_cursor": ""},
    ],
)
def test_a_list_that_cannot_be_read_or_followed_is_refused(change):
    with pytest.raises(UnexpectedAnswerError, match="GET /v1/pages"):
        checked_list({**LIST, **change}, ENDPOINT)


@pytest.mark.parametrize("answer", [None, [], "page", {}, {"object": "block", "id": "1"}, {"object": "page"}])
def test_an_object_of_another_kind_or_without_an_id_is_refused(answer):
    with pytest.raises(UnexpectedAnswerError):
        checked_object(answer, {"page"}, ENDPOINT)


def test_a_partial_object_is_an_object():
    assert checked_object({"object": "page", "id": "1"}, {"page"}, ENDPOINT) == {"object": "page", "id": "1"}


def test_a_property_is_one_item_or_a_list_of_them():
    item = {"object": "property_item", "type": "number", "number": 1}
    assert checked_property(item, ENDPOINT) is item
    assert checked_property(LIST, ENDPOINT) is LIST
    with pytest.raises(UnexpectedAnswerError):
        checked_property({"object": "page"}, ENDPOINT)

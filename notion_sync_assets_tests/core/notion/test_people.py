"""People as a setting says: masked wherever an answer tells of one."""

import pytest

from notion_sync_assets.core.notion.people import NOBODY, masked, pseudonym

ANNA = {
    "object": "user",
    "id": "a1",
    "type": "person",
    "name": "Anna",
    "avatar_url": "https://pictures.example/anna",
    "person": {"email": "anna@example.org"},
}
BOT = {
    "object": "user",
    "id": "b1",
    "type": "bot",
    "name": "Exporter",
    "bot": {"owner": {"type": "user", "user": ANNA}},
}
MENTION = {"type": "mention", "mention": {"type": "user", "user": ANNA}, "plain_text": "@Anna", "href": None}
COMMENT = {
    "object": "comment",
    "id": "c1",
    "created_by": {"object": "user", "id": "a1"},
    "display_name": {"type": "user", "resolved_name": "Anna"},
    "rich_text": [MENTION],
}
PEOPLE = {"id": "p", "type": "people", "people": [ANNA]}
ANSWER = {
    "object": "list",
    "results": [ANNA, BOT, COMMENT, {"properties": {"Who": PEOPLE}}],
    "has_more": False,
}


def test_in_full_nothing_is_touched():
    assert masked(ANSWER, "full") is ANSWER


@pytest.mark.parametrize("people", ["name", "pseudonym", "none"])
def test_no_address_and_no_picture_is_left_and_the_answer_itself_stays(people):
    before = repr(ANSWER)
    shown = repr(masked(ANSWER, people))
    assert "anna@" not in shown
    assert "pictures.example" not in shown
    assert ("Anna" in shown) == (people == "name")
    assert "Exporter" in shown
    assert repr(ANSWER) == before


def test_by_name_ids_and_names_stay():
    assert masked(ANNA, "name") == {**ANNA, "avatar_url": None, "person": {}}
    assert masked(MENTION, "name")["plain_text"] == "@Anna"
    assert masked(COMMENT, "name")["display_name"]["resolved_name"] == "Anna"


def test_a_pseudonym_is_the_same_everywhere():
    word = pseudonym("a1")
    assert masked(ANNA, "pseudonym")["name"] == word
    assert masked(ANNA, "pseudonym")["id"] == "a1"
    assert masked(MENTION, "pseudonym")["plain_text"] == f"@{word}"
    assert masked(COMMENT, "pseudonym")["display_name"]["resolved_name"] == word
    assert pseudonym("a2") != word


def test_with_none_nobody_can_be_told_from_anybody():
    assert masked(ANNA, "none")["id"] == NOBODY
    assert masked(ANNA, "none")["name"] is None
    assert masked({"object": "user", "id": "a1"}, "none") == {"object": "user", "id": NOBODY}
    assert masked(PEOPLE, "none")["people"] == []
    assert masked(MENTION, "none")["plain_text"] == "@Somebody"
    assert "a1" not in repr(masked(COMMENT, "none"))


def test_what_is_no_person_stays():
    page = {"type": "mention", "mention": {"type": "page", "page": {"id": "p"}}, "plain_text": "Anna's page"}
    assert masked(page, "none") == page
    named = {"people": {"type": "rich_text", "rich_text": []}, "object": {"type": "number", "number": 1}}
    assert masked(named, "none") == named

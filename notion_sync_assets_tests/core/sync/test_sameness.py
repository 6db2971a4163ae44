"""What is a page's own: names of others are not, as long as the export holds these others."""

import pytest

from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.sync.sameness import same_of_its_own

USER = {"object": "user", "id": "u", "name": "Anna", "type": "person"}
STUB = {"object": "block", "id": "child", "type": "child_page", "child_page": {"title": "Bed"}}
MENTION = {
    "type": "mention",
    "mention": {"type": "page", "page": {"id": "child"}},
    "plain_text": "Bed",
    "href": "x",
}
COMMENT = {
    "object": "comment",
    "id": "c",
    "created_by": {"object": "user", "id": "u"},
    "display_name": {"resolved_name": "Anna"},
}


def document(**changes):
    text = {
        "object": "block",
        "id": "t",
        "type": "paragraph",
        "paragraph": {"rich_text": [changes.get("mention", MENTION)]},
    }
    page = {"id": "p", "properties": {"Who": {"type": "people", "people": [changes.get("user", USER)]}}}
    return Document(
        page, blocks=[changes.get("stub", STUB), text], comments=[changes.get("comment", COMMENT)]
    )


OF_OTHERS = [
    {"stub": {**STUB, "child_page": {"title": "First bed"}}},
    {"mention": {**MENTION, "plain_text": "First bed", "href": "y"}},
    {"user": {**USER, "name": "Anna B."}},
    {"comment": {**COMMENT, "display_name": {"resolved_name": "Anna B."}}},
]


@pytest.mark.parametrize("change", OF_OTHERS)
def test_names_of_others_are_not_the_pages_own_while_the_export_holds_them(change):
    assert same_of_its_own(document(), document(**change), lambda _id: True)
    assert not same_of_its_own(document(), document(**change), lambda _id: False)


@pytest.mark.parametrize(
    "change",
    [
        {"stub": {**STUB, "id": "another"}},
        {"mention": {**MENTION, "mention": {"type": "page", "page": {"id": "another"}}}},
        {"user": {**USER, "id": "v"}},
        {"comment": {**COMMENT, "rich_text": [{"type": "text", "plain_text": "More"}]}},
    ],
)
def test_which_others_they_are_is(change):
    assert not same_of_its_own(document(), document(**change), lambda _id: True)

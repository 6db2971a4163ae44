import pytest

from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.notion.block_tree import list_requests, walk_blocks
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    NotionUnavailableError,
    ObjectNotFoundError,
    UnauthorizedError,
)
from notion_sync_assets_tests.core.notion.scripted_notion import ScriptedNotion


def block(name, kind="paragraph", *, inside=False, **payload):
    return {"object": "block", "id": name, "type": kind, "has_children": inside, kind: payload}


async def walked(**children):
    notion = ScriptedNotion(block_children=children)
    return await walk_blocks(notion, "page"), [key for _, key in notion.calls]


async def test_every_level_is_read_and_nothing_that_is_not_there():
    found, asked = await walked(
        page=[block("a", inside=True), block("b")], a=[block("c", inside=True)], c=[block("d")]
    )
    assert found.blocks[0]["children"][0]["children"][0]["id"] == "d"
    assert "children" not in found.blocks[1]
    assert asked == ["page", "a", "c"]


async def test_pages_and_databases_below_are_found_and_not_entered():
    found, asked = await walked(
        page=[block("p", "child_page", inside=True), block("t", "toggle", inside=True)],
        t=[block("d", "child_database", inside=True)],
    )
    assert [item["id"] for item in found.child_pages] == ["p"]
    assert [item["id"] for item in found.child_databases] == ["d"]
    assert asked == ["page", "t"]


async def test_a_page_inside_a_synced_copy_is_shown_and_belongs_to_the_original():
    copy = block("c", "synced_block", inside=True, synced_from={"type": "block_id", "block_id": "o"})
    original = block("o", "synced_block", inside=True, synced_from=None)
    found, _ = await walked(
        page=[copy, original],
        c=[block("q", "child_page"), block("t", "toggle", inside=True)],
        t=[block("r", "child_page")],
        o=[block("p", "child_page")],
    )
    assert [item["id"] for item in found.child_pages] == ["p"]
    assert found.blocks[0]["children"][0]["id"] == "q"


async def test_the_sections_of_meeting_notes_are_its_children():
    sections = {"summary_block_id": "s", "notes_block_id": "n", "transcript_block_id": None}
    found, asked = await walked(
        page=[
            block("m", "meeting_notes", inside=True, children=sections),
            block("o", "transcription", inside=True),
        ],
        s=[block("1")],
        n=[block("2")],
        o=[block("3")],
    )
    assert [item["id"] for item in found.blocks[0]["children"]] == ["1", "2"]
    assert [item["id"] for item in found.blocks[1]["children"]] == ["3"]
    assert asked == ["page", "s", "n", "o"]


async def test_empty_sections_leave_the_block_itself():
    found, asked = await walked(page=[block("m", "meeting_notes", inside=True, children={})], m=[])
    assert asked == ["page", "m"]
    assert "children" not in found.blocks[0]


async def test_what_the_api_does_not_support_is_recorded():
    found, _ = await walked(
        page=[block("u", "unsupported", inside=True, block_type="button"), block("v", "unsupported")]
    )
    assert [(item["id"], item["reason"], item["detail"]) for item in found.omitted] == [
        ("u", omissions.UNSUPPORTED_BLOCK, "button"),
        ("v", omissions.UNSUPPORTED_BLOCK, ""),
    ]


async def test_unknown_kinds_are_kept_with_their_children():
    found, _ = await walked(page=[block("h", "hologram", inside=True)], h=[block("x")])
    assert found.blocks[0]["children"][0]["id"] == "x"
    assert found.omitted == []


async def test_blocks_without_id_or_kind_are_kept_and_told():
    found, asked = await walked(page=[{"id": None, "type": "toggle", "has_children": True}, {"id": "b"}])
    assert [item["reason"] for item in found.omitted] == [
        omissions.CHILDREN_UNREADABLE,
        omissions.BLOCK_WITHHELD,
    ]
    assert (len(found.blocks), asked) == (2, ["page"])


def test_the_lists_below_walked_blocks_are_counted():
    many = [block(str(number)) for number in range(101)]
    assert (
        list_requests([{**block("a", inside=True), "children": many}, block("b", inside=True), block("c")])
        == 3
    )


@pytest.mark.parametrize(
    ("kind", "payload", "error", "reason"),
    [
        (
            "synced_block",
            {"synced_from": {"block_id": "o"}},
            ObjectNotFoundError("x"),
            omissions.ORIGINAL_NOT_SHARED,
        ),
        ("synced_block", {"synced_from": None}, ObjectNotFoundError("x"), omissions.CHILDREN_UNREADABLE),
        ("synced_block", {"synced_from": {}}, InvalidRequestError("x"), omissions.CHILDREN_UNREADABLE),
        ("toggle", {}, InvalidRequestError("x", code="odd"), omissions.CHILDREN_UNREADABLE),
        ("toggle", {}, IncompleteListingError("x"), omissions.CHILDREN_UNREADABLE),
    ],
)
async def test_one_refused_block_costs_only_its_children(kind, payload, error, reason):
    found, _ = await walked(
        page=[block("r", kind, inside=True, **payload), block("t", inside=True)], r=error, t=[block("x")]
    )
    assert found.omitted[0]["reason"] == reason
    assert found.omitted[0]["id"] == "r"
    assert found.omitted[0]["detail"] == (getattr(error, "code", None) or type(error).__name__)
    assert found.blocks[1]["children"]


@pytest.mark.parametrize("error", [UnauthorizedError("x"), NotionUnavailableError("x")])
async def test_what_stops_every_call_stops_the_walk(error):
    with pytest.raises(type(error)):
        await walked(page=[block("r", inside=True)], r=error)


async def test_the_page_s_own_list_is_not_forgiven():
    with pytest.raises(InvalidRequestError):
        await walked(page=InvalidRequestError("x"))


@pytest.mark.parametrize("kind", ["unsupported", "meeting_notes", "transcription", "synced_block"])
@pytest.mark.parametrize("payload", [None, "odd", ["odd"]])
async def test_content_of_another_shape_costs_neither_the_block_nor_its_page(kind, payload):
    odd = {**block("o", kind), kind: payload}
    found, _ = await walked(page=[odd, block("after")])
    assert [item["id"] for item in found.blocks] == ["o", "after"]


async def test_a_block_inside_of_itself_is_read_once():
    found, asked = await walked(
        page=[block("a", "toggle", inside=True)],
        a=[block("b", "synced_block", inside=True), block("said")],
        b=[block("a", "toggle", inside=True), block("b", "synced_block", inside=True)],
    )
    assert asked == ["page", "a", "b"]
    assert [item["id"] for item in found.blocks[0]["children"]] == ["b", "said"]

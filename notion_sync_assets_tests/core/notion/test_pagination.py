import asyncio
from itertools import pairwise

import pytest

from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.notion.pagination import RESTARTS, collect, incomplete_reason, pages


def serving(*answers):
    """A call that gives each answer for the cursor that leads to it."""
    by_cursor = {None: answers[0]}
    by_cursor |= {before["next_cursor"]: after for before, after in pairwise(answers)}

    async def call(cursor):
        return by_cursor[cursor]

    return call


def answer(results, cursor=None, **more):
    return {"results": results, "has_more": cursor is not None, "next_cursor": cursor, **more}


async def test_short_and_empty_pages_are_read_to_the_end():
    call = serving(answer([{"n": 1}], "a"), answer([], "b"), answer([{"n": 2}]))
    assert await collect(call) == [{"n": 1}, {"n": 2}]
    assert len([page async for page in pages(call)]) == 3


@pytest.mark.parametrize("cursor", [None, 5, "again"])
async def test_a_list_without_a_way_on_is_incomplete(cursor):
    async def call(_cursor):
        return {"results": [], "has_more": True, "next_cursor": cursor}

    with pytest.raises(IncompleteListingError, match="no way"):
        await collect(call)


async def test_cursors_that_lead_back_to_one_another_are_no_list():
    call = serving(answer([{"n": 1}], "a"), answer([], "b"), answer([], "a"))
    with pytest.raises(IncompleteListingError, match="no way"):
        await collect(call)


def expiring(times, words="The start_cursor provided is invalid: a"):
    """A list of two pages whose cursor is refused so many times before it works."""
    refused = []

    async def call(cursor):
        if cursor is None:
            return answer([{"n": 1}], "a")
        if len(refused) < times:
            refused.append(cursor)
            raise InvalidRequestError(f"GET x: 400 {words}", code="validation_error")
        return answer([{"n": 2}])

    return call


@pytest.mark.parametrize("times", [0, 1, RESTARTS])
async def test_a_list_whose_cursor_expires_is_read_anew_and_holds_everything_once(times):
    assert await collect(expiring(times)) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("words", ["Cursor expired", "Your session has ended"])
async def test_a_cursor_has_expired_whatever_the_words_that_say_it(words):
    assert await collect(expiring(1, words)) == [{"n": 1}, {"n": 2}]


async def test_a_list_whose_cursors_never_last_is_incomplete():
    with pytest.raises(IncompleteListingError, match="expire"):
        await collect(expiring(RESTARTS + 1))


async def test_a_refusal_that_is_not_about_the_cursor_is_not_tried_again():
    asked = []

    async def call(cursor):
        asked.append(cursor)
        raise InvalidRequestError("start_cursor or not, the id is wrong")

    with pytest.raises(InvalidRequestError):
        await collect(call)
    assert asked == [None]


async def test_a_list_notion_cut_is_incomplete_on_any_page():
    status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    call = serving(answer([], "a"), answer([], request_status=status))
    with pytest.raises(IncompleteListingError, match="query_result_limit_reached"):
        await collect(call)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (None, None),
        ({}, None),
        ({"type": "complete"}, None),
        ({"type": "incomplete"}, "incomplete"),
        ({"type": "incomplete", "incomplete_reason": "why"}, "why"),
    ],
)
def test_the_reason_is_what_notion_says(status, reason):
    assert incomplete_reason({"request_status": status}) == reason


async def test_what_is_no_object_is_not_lost_without_a_word():
    with pytest.raises(UnexpectedAnswerError, match="not an object"):
        await collect(serving(answer([{"n": 1}, "odd"])))


@pytest.mark.parametrize(("ahead", "asked"), [(False, [None]), (True, [None, "a"])])
async def test_the_next_page_is_asked_for_ahead_where_the_list_is_read_to_its_end(ahead, asked):
    cursors = []
    serve = serving(answer([1], "a"), answer([2], "b"), answer([3]))

    async def call(cursor):
        cursors.append(cursor)
        return await serve(cursor)

    reading = pages(call, ahead=ahead)
    assert (await anext(reading))["results"] == [1]
    await asyncio.sleep(0)
    assert cursors == asked
    assert [page["results"] async for page in reading] == [[2], [3]]
    assert cursors == [None, "a", "b"]


async def test_what_was_asked_ahead_and_is_not_wanted_ends_with_the_list():
    ended = []

    async def call(cursor):
        if cursor is None:
            return answer([1], "a")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(cursor)
            raise

    reading = pages(call, ahead=True)
    await anext(reading)
    await asyncio.sleep(0)
    await reading.aclose()
    assert ended == ["a"]

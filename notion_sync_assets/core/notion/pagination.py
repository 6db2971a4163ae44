"""Paging: every list of the API to its end, loudly when the end is not the end.

Here: the loop, the check of ``request_status`` on every page of a list (notion_api.md §2), and lists begun anew when
their cursor has expired. Not here: what a caller does about an incomplete list (queries: ``sync.row_windows``; search:
``sync.searching``).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import (
    ExpiredCursorError,
    IncompleteListingError,
    InvalidRequestError,
    UnexpectedAnswerError,
)

PageCall = Callable[[str | None], Awaitable[Json]]
RESTARTS = 3
"""How often a list whose cursor expires is begun anew before it counts as incomplete."""


async def pages(call: PageCall, *, ahead: bool = False) -> AsyncIterator[Json]:
    """Yield each answer of a cursor-paged endpoint; ``call`` takes the cursor, None for the first page.

    ``ahead``: the following page is asked for while the caller deals with one; for lists that are read to their end.
    A page may hold fewer results than asked for, even none, while ``has_more`` is true. A cursor that comes
    twice would never end and raises ``IncompleteListingError``; one that Notion no longer knows,
    ``ExpiredCursorError``.
    """
    cursor: str | None = None
    followed: set[str] = set()
    coming: asyncio.Task[Json] | None = None
    try:
        while True:
            answer = await (coming or _answer(call, cursor))
            cursor, coming = answer.get("next_cursor"), None
            leads_on = isinstance(cursor, str) and cursor not in followed
            if ahead and answer.get("has_more") and leads_on:
                coming = asyncio.create_task(_answer(call, cursor))
            yield answer
            if not answer.get("has_more"):
                return
            if cursor is None or not leads_on:
                raise IncompleteListingError("a list has more pages but gives no way to them")
            followed.add(cursor)
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def collect(call: PageCall, results: str = "results") -> list[Json]:
    """Return all results of a paged endpoint that must be complete, else raise ``IncompleteListingError``."""
    for _ in range(1 + RESTARTS):
        found: list[Json] = []
        try:
            async for answer in pages(call):
                require_complete(answer)
                found.extend(_objects(answer.get(results) or []))
        except ExpiredCursorError:
            continue
        return found
    raise IncompleteListingError("the cursors of a list expire before it is read")


async def _answer(call: PageCall, cursor: str | None) -> Json:
    try:
        return await call(cursor)
    except InvalidRequestError as error:
        # What was right for the first page is right for the others, but for the cursor; servers word it differently.
        if cursor is None:
            raise
        raise ExpiredCursorError(
            str(error),
            status=error.status,
            code=error.code,
            request_id=error.request_id,
            endpoint=error.endpoint,
        ) from error


def _objects(items: list[Any]) -> list[Json]:
    """Anything but objects in a list would be lost without a trace: whoever asked has to know."""
    if any(not isinstance(item, dict) for item in items):
        raise UnexpectedAnswerError("a list holds something that is not an object")
    return items


def incomplete_reason(answer: Json) -> str | None:
    """Return why a list answer is not complete, None when it is (absent means complete)."""
    status = answer.get("request_status")
    if not isinstance(status, dict) or status.get("type") in (None, "complete"):
        return None
    return str(status.get("incomplete_reason") or status.get("type"))


def require_complete(answer: Json) -> None:
    """Raise ``IncompleteListingError`` when the API says that a list was cut."""
    reason = incomplete_reason(answer)
    if reason is not None:
        raise IncompleteListingError(f"Notion cut a list short: {reason}")

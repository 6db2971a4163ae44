"""What ``notion-sync doctor`` asks Notion: token, workspace, capabilities, what is shared, the clock.

Here: checks over one short-lived connection. Capabilities cannot be looked up, only tried (notion_api.md §10).
Not here: what is on this machine (``diagnosis_local``).
"""

import datetime as dt
import email.utils
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import httpx

from notion_sync_assets.cli_connection import looking
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import NothingSharedError, NotionSyncError, RestrictedError
from notion_sync_assets.core.notion.pagination import pages
from notion_sync_assets.core.notion.transports.wire import wire_transport
from notion_sync_assets.core.sync.identity import check_workspace, workspace_of
from notion_sync_assets.diagnosis import Check, examined, failed
from notion_sync_assets.export_root import export_root
from notion_sync_assets.settings_model import Settings

_SEARCHES = 10
_SKEW_S = 30.0
_CAPABILITY = "give the connection the capability in its settings, under Capabilities"


class ServerClock(httpx.AsyncBaseTransport):
    """A transport that compares the server's ``Date`` with this machine's clock; ``skew`` is ours minus theirs."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.skew: float | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the clock of its answer."""
        response = await self._inner.handle_async_request(request)
        told = response.headers.get("date")
        if told:
            theirs = email.utils.parsedate_to_datetime(told)
            self.skew = (dt.datetime.now(dt.UTC) - theirs).total_seconds()
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


@dataclass(frozen=True, slots=True)
class _Shared:
    pages: int
    sources: int
    whole: bool
    page_id: str | None


async def notion_checks(settings: Settings) -> AsyncIterator[Check]:
    """Yield the checks that need Notion; nothing more is asked once the token is refused."""
    notion = settings.notion
    clock = ServerClock(wire_transport(notion.base_url, notion.concurrency))
    yield Check("origin", "ok", f"the token goes to {notion.base_url} only")
    try:
        async with looking(settings, wire=clock) as client:
            me = await client.me()
            yield Check("token", "ok", "accepted")
            yield _workspace(me)
            yield examined("folder's workspace", partial(_same_workspace, settings, me))
            yield _clock(clock.skew)
            yield await _capability("user information", client.users, "people stay without names")
            async for check in _content(client, settings):
                yield check
    except NotionSyncError as error:
        yield failed("token", error)


def _workspace(me: Json) -> Check:
    name = workspace_of(me)["workspace_name"] or "without a name"
    return Check("workspace", "ok", f"{name}, connection {me.get('name') or me['id']}")


def _same_workspace(settings: Settings, me: Json) -> Check:
    recorded = check_workspace(export_root(settings), me)
    return Check("folder's workspace", "ok", "the same" if recorded else "none recorded yet")


def _clock(skew: float | None) -> Check:
    if skew is None:
        return Check("clock", "ok", "the server tells no time")
    message = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server"
    if abs(skew) > _SKEW_S:
        return Check(
            "clock",
            "warn",
            message,
            "set this machine's clock: it decides which edits are too young to trust",
        )
    return Check("clock", "ok", message)


async def _capability(name: str, ask: Callable[[], Awaitable[Json]], without: str) -> Check:
    try:
        await ask()
    except RestrictedError:
        return Check(name, "warn", f"not permitted: {without}", _CAPABILITY)
    except NotionSyncError as error:
        return failed(name, error)
    return Check(name, "ok", "permitted")


async def _content(client: NotionClient, settings: Settings) -> AsyncIterator[Check]:
    try:
        shared = await _shared(client)
    except NotionSyncError as error:
        yield failed("sharing", error)
        return
    if not shared.pages + shared.sources:
        yield failed("sharing", NothingSharedError("nothing in this workspace is shared with the connection"))
        return
    more = "" if shared.whole else "at least "
    yield Check("sharing", "ok", f"{more}{shared.pages} pages and {shared.sources} data sources visible")
    page_id = shared.page_id
    if page_id is None:
        return
    try:
        await client.block_children(page_id)
    except NotionSyncError as error:
        yield failed("read content", error)
    else:
        yield Check("read content", "ok", "permitted")
    if settings.output.comments:
        yield await _capability("read comments", lambda: client.comments(page_id), "comments are left out")


async def _shared(client: NotionClient) -> _Shared:
    """Count what search lists, in a few requests: a doctor is quick."""
    counts, page_id, asked = {"page": 0, "data_source": 0}, None, 0
    answers = pages(lambda cursor: client.search(object=None, direction="descending", cursor=cursor))
    async for answer in answers:
        for item in answer["results"]:
            kind = str(item.get("object"))
            if kind in counts and not item.get("in_trash"):
                counts[kind] += 1
                page_id = page_id or (str(item["id"]) if kind == "page" else None)
        asked += 1
        if asked == _SEARCHES and answer["has_more"]:
            return _Shared(counts["page"], counts["data_source"], whole=False, page_id=page_id)
    return _Shared(counts["page"], counts["data_source"], whole=True, page_id=page_id)

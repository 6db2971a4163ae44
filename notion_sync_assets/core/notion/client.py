"""The client the exporter calls: every read endpoint it needs, as plain dictionaries or our errors.

Belongs here: one method per endpoint (API reference section 2), the token's way into the SDK, and the assembly
of the transports. Does not belong here: any policy (`transports`), pagination, or what the answers mean.

The token goes to the configured origin only (`config.trusted_origin`): redirects are not followed, the SDK's
logger is silenced, and no `repr` shows it. How proxies are treated is said in `transports.wire`.
Every method raises errors of `errors` only: `TransientNotionError`, `NotionUnavailableError`,
`ObjectNotFoundError`, `RestrictedError`, `InvalidRequestError`, `UnauthorizedError`, `UnexpectedAnswerError`,
and `ConfigurationError` for a redirect.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import httpx
from notion_client import AsyncClient
from notion_client.client import ClientOptions
from notion_client.errors import NotionClientErrorBase

from notion_sync_assets.core.notion.answers import checked_list, checked_object, checked_property
from notion_sync_assets.core.notion.config import NotionClientConfig
from notion_sync_assets.core.notion.endpoints import endpoint_template
from notion_sync_assets.core.notion.error_mapping import from_answer, from_exception
from notion_sync_assets.core.notion.errors import InvalidRequestError
from notion_sync_assets.core.notion.metrics import ClientMetrics, ClientMetricsSnapshot
from notion_sync_assets.core.notion.people import masked
from notion_sync_assets.core.notion.transports.stack import policies
from notion_sync_assets.core.notion.transports.wire import timeouts, wire_transport
from notion_sync_assets.core.ratelimit.interface import RateLimiter
from notion_sync_assets.core.ratelimit.memory import MemoryLimiter

__all__ = ["NotionClient", "NotionClientConfig", "build_client"]

PAGE_SIZE = 100
_SILENT = logging.CRITICAL + 1
_SEPARATOR = re.compile(r"[/?#\s\\]")


class NotionClient:
    """Read access to one workspace. Use `build_client`, and `async with` to close the connections.

    Cursors are Notion's opaque strings, None for the first page. Ids are UUIDs with or without dashes.
    """

    def __init__(
        self,
        config: NotionClientConfig,
        http: httpx.AsyncClient,
        metrics: ClientMetrics,
        limiter: RateLimiter,
    ) -> None:
        self._config = config
        self._http = http
        self._metrics = metrics
        self._limiter = limiter
        self._sdk = _silent_sdk(config, http)

    def __repr__(self) -> str:
        """The origin, and no token."""
        return f"NotionClient(base_url={self._config.base_url!r}, token='***')"

    async def __aenter__(self) -> Self:
        """The client itself; leaving the block closes it."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; calls still running fail."""
        await self._http.aclose()

    @property
    def metrics(self) -> ClientMetricsSnapshot:
        """What this client did so far, and the state of its budget."""
        return self._metrics.snapshot(self._limiter.snapshot())

    async def me(self) -> dict[str, Any]:
        """The bot user of the token, with `bot.workspace_id` and `bot.workspace_name`."""
        return await self._object(self._sdk.users.me(), "GET", "users/me", "user")

    async def users(self, cursor: str | None = None) -> dict[str, Any]:
        """One page of the workspace's members and bots; guests are not listed (API reference section 10)."""
        return await self._list(self._sdk.users.list(**_paging(cursor)), "GET", "users")

    async def user(self, user_id: str) -> dict[str, Any]:
        """One user, guests included."""
        call = self._sdk.users.retrieve(_segment(user_id))
        return await self._object(call, "GET", f"users/{user_id}", "user")

    async def search(
        self,
        *,
        object: str | None,  # noqa: A002 - the API's name
        direction: str | None,
        cursor: str | None = None,
        in_trash: bool | None = None,
    ) -> dict[str, Any]:
        """One page of everything shared, sorted by `last_edited_time`; `object`: `page`, `data_source` or both.

        `direction` is `ascending` or `descending`, None for the server's own order; what search leaves out is in API reference section 12.
        """
        wanted: dict[str, Any] = {"property": "object", "value": object} if object else {}
        if in_trash is not None:
            wanted["in_trash"] = in_trash
        order = {"timestamp": "last_edited_time", "direction": direction} if direction else {}
        given = {name: value for name, value in (("filter", wanted), ("sort", order)) if value}
        call = self._sdk.search(**given, **_paging(cursor))
        return await self._list(call, "POST", "search")

    async def page(self, page_id: str) -> dict[str, Any]:
        """One page with its property values, trashed ones included."""
        call = self._sdk.pages.retrieve(_segment(page_id))
        return await self._object(call, "GET", f"pages/{page_id}", "page")

    async def page_property(
        self, page_id: str, property_id: str, cursor: str | None = None
    ) -> dict[str, Any]:
        """A property in full: a `property_item`, or one page of a list of them.

        `property_id` goes into the path as Notion gave it, that is, already percent-encoded.
        """
        path = f"pages/{_segment(page_id)}/properties/{_segment(property_id)}"
        if ".." in unquote(property_id):
            # The SDK takes two dots anywhere for a traversal, but they are ordinary characters of an id.
            call: Awaitable[Any] = self._get_verbatim(path, cursor)
        else:
            call = self._sdk.pages.properties.retrieve(page_id, property_id, **_paging(cursor))
        endpoint = endpoint_template("GET", f"/v1/{path}")
        return checked_property(await self._answer(call, endpoint), endpoint)

    async def block(self, block_id: str) -> dict[str, Any]:
        """One block without its children; a page id gives its `child_page` block."""
        call = self._sdk.blocks.retrieve(_segment(block_id))
        return await self._object(call, "GET", f"blocks/{block_id}", "block")

    async def block_children(self, block_id: str, cursor: str | None = None) -> dict[str, Any]:
        """One page of the blocks directly under a block or page, in document order."""
        call = self._sdk.blocks.children.list(_segment(block_id), **_paging(cursor))
        return await self._list(call, "GET", f"blocks/{block_id}/children")

    async def database(self, database_id: str) -> dict[str, Any]:
        """The container of data sources, without schema or rows."""
        call = self._sdk.databases.retrieve(_segment(database_id))
        return await self._object(call, "GET", f"databases/{database_id}", "database")

    async def data_source(self, data_source_id: str) -> dict[str, Any]:
        """One data source with its schema."""
        call = self._sdk.data_sources.retrieve(_segment(data_source_id))
        return await self._object(call, "GET", f"data_sources/{data_source_id}", "data_source")

    async def query(
        self,
        data_source_id: str,
        *,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 - the API's name
        sorts: Sequence[Mapping[str, Any]] | None = None,
        cursor: str | None = None,
        page_size: int = PAGE_SIZE,
        in_trash: bool | None = None,
        result_type: str | None = None,
    ) -> dict[str, Any]:
        """One page of the rows of a data source, at most 10,000 per filter (API reference section 2).

        A query too heavy for the server is a `TransientNotionError` with code `gateway_timeout`.
        """
        body = {"filter": filter, "sorts": sorts, "in_trash": in_trash, "result_type": result_type}
        given = {name: value for name, value in body.items() if value is not None}
        call = self._sdk.data_sources.query(_segment(data_source_id), **given, **_paging(cursor, page_size))
        return await self._list(call, "POST", f"data_sources/{data_source_id}/query")

    async def templates(self, data_source_id: str, cursor: str | None = None) -> dict[str, Any]:
        """One page of a data source's templates: `{templates: [{id, name, is_default}], has_more, next_cursor}`."""
        call = self._sdk.data_sources.list_templates(_segment(data_source_id), **_paging(cursor))
        return await self._list(call, "GET", f"data_sources/{data_source_id}/templates", items="templates")

    async def views(
        self, *, database_id: str | None = None, data_source_id: str | None = None, cursor: str | None = None
    ) -> dict[str, Any]:
        """One page of `{object, id}` of the views of a database or of a data source; give one of the two."""
        owner = {"database_id": database_id, "data_source_id": data_source_id}
        given = {name: value for name, value in owner.items() if value is not None}
        return await self._list(self._sdk.views.list(**given, **_paging(cursor)), "GET", "views")

    async def view(self, view_id: str) -> dict[str, Any]:
        """One view; feed views are an `InvalidRequestError` (API reference section 2)."""
        call = self._sdk.views.retrieve(_segment(view_id))
        return await self._object(call, "GET", f"views/{view_id}", "view")

    async def comments(self, block_id: str, cursor: str | None = None) -> dict[str, Any]:
        """One page of the unresolved comments of a page or block."""
        call = self._sdk.comments.list(block_id=block_id, **_paging(cursor))
        return await self._list(call, "GET", "comments")

    async def comment(self, comment_id: str) -> dict[str, Any]:
        """One comment."""
        call = self._sdk.comments.retrieve(_segment(comment_id))
        return await self._object(call, "GET", f"comments/{comment_id}", "comment")

    async def page_markdown(self, page_id: str) -> dict[str, Any]:
        """Notion's own Markdown of a page (API reference section 3)."""
        call = self._sdk.pages.retrieve_markdown(_segment(page_id))
        return await self._object(call, "GET", f"pages/{page_id}/markdown", "page_markdown")

    async def custom_emojis(self, cursor: str | None = None) -> dict[str, Any]:
        """One page of the workspace's own emojis."""
        return await self._list(self._sdk.custom_emojis.list(**_paging(cursor)), "GET", "custom_emojis")

    async def _object(self, call: Awaitable[Any], method: str, path: str, kind: str) -> dict[str, Any]:
        endpoint = endpoint_template(method, f"/v1/{path}")
        return checked_object(await self._answer(call, endpoint), {kind}, endpoint)

    async def _list(
        self, call: Awaitable[Any], method: str, path: str, *, items: str = "results"
    ) -> dict[str, Any]:
        endpoint = endpoint_template(method, f"/v1/{path}")
        return checked_list(await self._answer(call, endpoint), endpoint, items=items)

    async def _answer(self, call: Awaitable[Any], endpoint: str) -> Any:
        try:
            return masked(await call, self._config.people)
        except (NotionClientErrorBase, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            # Not chained: the SDK's exceptions hold the server's raw words, which may echo the token.
            raise from_exception(error, endpoint=endpoint, token=self._config.token) from None

    async def _get_verbatim(self, path: str, cursor: str | None) -> Any:
        response = await self._http.get(path, params=_paging(cursor))
        if not response.is_success:
            endpoint = endpoint_template("GET", f"/v1/{path}")
            token = self._config.token
            raise from_answer(
                response.status_code, response.headers, response.text, endpoint=endpoint, token=token
            )
        return masked(response.json(), self._config.people)


def build_client(
    config: NotionClientConfig,
    *,
    limiter: RateLimiter | None = None,
    wire: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> NotionClient:
    """A client with all its policies; `limiter` is the budget shared with others, `wire` what replaces the network.

    Without `limiter` the client has a budget of its own: right only when nothing else uses the token.
    """
    budget = limiter or MemoryLimiter(config.limit_per_window, config.window_s, clock=clock, sleep=sleep)
    metrics = ClientMetrics()
    inner = wire or wire_transport(config.base_url, config.concurrency)
    http = httpx.AsyncClient(
        transport=policies(inner, config=config, limiter=budget, metrics=metrics, clock=clock, sleep=sleep),
        follow_redirects=False,
    )
    return NotionClient(config, http, metrics, budget)


def _silent_sdk(config: NotionClientConfig, http: httpx.AsyncClient) -> AsyncClient:
    # At debug level the SDK logs whole error bodies, and its own logger prints to the console.
    logger = logging.getLogger("notion_sync_assets.silenced_sdk")
    logger.propagate = False
    options = ClientOptions(
        auth=config.token,
        base_url=config.base_url,
        notion_version=config.api_version,
        retry=False,
        logger=logger,
        log_level=_SILENT,
    )
    sdk = AsyncClient(options, client=http)
    # The SDK has just put its own time-outs and name on the client it was given.
    http.timeout = timeouts(config.timeout_s)
    http.headers["User-Agent"] = config.user_agent
    return sdk


def _paging(cursor: str | None, page_size: int = PAGE_SIZE) -> dict[str, Any]:
    return {"page_size": page_size} if cursor is None else {"start_cursor": cursor, "page_size": page_size}


def _segment(value: str) -> str:
    """`value` if it is one path segment: an id from elsewhere must not choose another endpoint."""
    if _SEPARATOR.search(value) or not unquote(value).strip("."):
        raise InvalidRequestError(f"{value!r} is not an id")
    return value

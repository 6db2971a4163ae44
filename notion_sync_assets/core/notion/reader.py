"""One page, read whole: properties to their end, block tree, comments, files; the result is a document.

Here: the order of the reads and what each failure means for the page. Not here: which pages to read
(``sync.engine``), the walk itself (``block_tree``). One odd block never costs a page: what Notion refuses below
the page's own list is recorded in ``omitted`` and the page is kept.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.documents import Document, hosted_files, only_title
from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.notion.block_comments import (
    RequestAllowance,
    commentable,
    read_block_comments,
)
from notion_sync_assets.core.notion.block_tree import Walked, walk_blocks
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    InvalidRequestError,
    NotionApiError,
    NotionUnavailableError,
    NotOfferedError,
    RestrictedError,
    UnauthorizedError,
)
from notion_sync_assets.core.notion.file_errors import FileRefusedError, FileTooLargeError
from notion_sync_assets.core.notion.files import FileFetcher
from notion_sync_assets.core.notion.pagination import collect
from notion_sync_assets.core.notion.properties import complete_value, incomplete_values

_FATAL = (UnauthorizedError, NotionUnavailableError)
_NOT_FOUND = 404
_DENIALS_OF_ALL = 3
"""Pages whose comments are denied before any are given: then the connection lacks the capability; else pages do."""


class Databases(Protocol):
    """Answers for child databases (``sync.discovery``)."""

    async def describe(self, database_id: str) -> Json | None:
        """Return None for a database with data sources of its own, else what is known about it."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a document holds beside the page object."""

    blocks: bool = True
    properties: bool = True
    comments: bool = True
    files: bool = True
    block_comments: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page as read. ``child_pages``: raw ``child_page`` blocks below it, in document order."""

    document: Document
    child_pages: list[Json] = field(default_factory=list)

    @property
    def failures(self) -> list[Json]:
        """The omissions that are not the API's doing: the page has to be read again."""
        return [item for item in self.document.omitted if item["reason"] not in omissions.WITHHELD]


class PageReader:
    """Reads pages of one workspace. ``files`` is None when files are not asked for."""

    def __init__(
        self,
        client: NotionClient,
        databases: Databases,
        files: FileFetcher | None,
        options: ReadOptions,
        block_comments: RequestAllowance | None = None,
    ) -> None:
        self._client = client
        self._databases = databases
        self._files = files if options.files else None
        self._options = options
        self._comments_answered = False
        self._comments_denied = 0
        self._allowance = block_comments if options.block_comments and options.comments else None

    async def read(self, page: Json, *, has_body: bool = True) -> PageContent:
        """Return the page's content. ``page``: the listed page object. ``has_body`` False: known to be empty.

        Raises ``ObjectNotFoundError`` when the page itself has gone since it was listed, and whatever else the
        page's own block list raises: without it there is no document.
        """
        omitted: list[Json] = []
        walked = await self._walk(page, has_body)
        page = await self._completed(page, omitted)
        comments = await self._all_comments(str(page["id"]), _flat(walked.blocks), omitted)
        databases = await self._describe(walked.child_databases, omitted)
        files = await self._fetch_all(page, walked.blocks, comments, omitted)
        document = Document(
            page=normalise(page),
            blocks=normalise(walked.blocks) if self._options.blocks else None,
            comments=normalise(comments),
            files=files,
            databases=databases,
            omitted=sorted(
                [*walked.omitted, *omitted], key=lambda item: (item["kind"], item["id"], item["reason"])
            ),
        )
        return PageContent(document, walked.child_pages)

    async def refresh(self, page: Json, previous: Document) -> PageContent:
        """Return the content of a page whose blocks are known to be as before: only its properties are read."""
        omitted = [item for item in previous.omitted if item["kind"] not in ("property", "file")]
        page = await self._completed(page, omitted)
        blocks = previous.blocks or []
        kept = {key for part in (blocks, previous.comments or []) for key, _ in hosted_files(part)}
        files = await self._fetch_all(page, [], None, omitted)
        files.update({key: value for key, value in previous.files.items() if key in kept})
        omitted.extend(item for item in previous.omitted if item["kind"] == "file" and item["id"] in kept)
        document = dataclasses.replace(previous, page=normalise(page), files=files, omitted=_sorted(omitted))
        return PageContent(document)

    async def add_block_comments(self, previous: Document) -> PageContent:
        """Return the content of a page that lacks nothing but comments on its blocks; as it was, if none may be read."""
        page_id = previous.page_id
        left = [item for item in previous.omitted if item["reason"] != omissions.BLOCK_COMMENTS_LATER]
        omitted: list[Json] = []
        found = await self._of_blocks(page_id, [block for block, _ in previous.walk()], omitted)
        files = await self._fetch_all({"id": page_id}, [], found, omitted)
        document = dataclasses.replace(
            previous,
            comments=[*(previous.comments or []), *normalise(found)],
            files={**previous.files, **files},
            omitted=_sorted([*left, *omitted]),
        )
        return PageContent(document)

    async def _walk(self, page: Json, has_body: bool) -> Walked:
        wanted = has_body and self._options.blocks
        return await walk_blocks(self._client, str(page["id"])) if wanted else Walked()

    async def _completed(self, page: Json, omitted: list[Json]) -> Json:
        given = page.get("properties")
        properties = dict(given) if isinstance(given, dict) else {}
        if not self._options.properties:
            properties = only_title(properties)
        for name in incomplete_values(properties):
            properties[name] = await self._whole(str(page["id"]), properties[name], omitted)
        for value in properties.values():
            if isinstance(value, dict):
                _note_unsupported(value, omitted)
        return {**page, "properties": properties}

    async def _whole(self, page_id: str, value: Json, omitted: list[Json]) -> Json:
        try:
            return await complete_value(self._client, page_id, value)
        except _FATAL:
            raise
        except (NotionApiError, IncompleteListingError) as error:
            omitted.append(_omission("property", str(value.get("id")), omissions.PROPERTY_UNREADABLE, error))
            return value

    async def _all_comments(self, page_id: str, blocks: list[Json], omitted: list[Json]) -> list[Json] | None:
        comments = await self._comments(page_id, omitted)
        if comments is None or self._allowance is None:
            return comments
        return [*comments, *await self._of_blocks(page_id, blocks, omitted)]

    async def _of_blocks(self, page_id: str, blocks: list[Json], omitted: list[Json]) -> list[Json]:
        wanted = commentable(blocks)
        if self._allowance is None or not self._allowance.take(len(wanted)):
            omitted.append(omissions.omission("comments", page_id, omissions.BLOCK_COMMENTS_LATER))
            return []
        try:
            return await read_block_comments(self._client, wanted)
        except _FATAL:
            raise
        except (NotionApiError, IncompleteListingError) as error:
            omitted.append(_omission("comments", page_id, omissions.COMMENTS_UNREADABLE, error))
            return []

    async def _comments(self, page_id: str, omitted: list[Json]) -> list[Json] | None:
        if not self._options.comments:
            return None
        if self._comments_answered or self._comments_denied < _DENIALS_OF_ALL:
            try:
                found = await collect(lambda cursor: self._client.comments(page_id, cursor))
            except _FATAL:
                raise
            except (NotionApiError, IncompleteListingError) as error:
                if not _is_denial(error):
                    omitted.append(_omission("comments", page_id, omissions.COMMENTS_UNREADABLE, error))
                    return None
                self._comments_denied += 1
            else:
                self._comments_answered = True
                return found
        omitted.append(omissions.omission("comments", page_id, omissions.COMMENTS_NOT_PERMITTED))
        return None

    async def _describe(self, blocks: list[Json], omitted: list[Json]) -> dict[str, Json]:
        described = {}
        for block in blocks:
            identifier = str(block.get("id"))
            try:
                known = await self._databases.describe(identifier)
            except _FATAL:
                raise
            except (NotionApiError, IncompleteListingError) as error:
                omitted.append(_omission("database", identifier, omissions.CHILDREN_UNREADABLE, error))
                continue
            if known is not None:
                described[identifier] = known
            if known is not None and "error" in known:
                reason = omissions.DATABASE_NOT_SHARED
                omitted.append(omissions.omission("database", identifier, reason, str(known["error"])))
        return described

    async def _fetch_all(
        self, page: Json, blocks: list[Json], comments: list[Json] | None, omitted: list[Json]
    ) -> dict[str, Json]:
        if self._files is None:
            return {}
        wanted: dict[str, _Wanted] = {}
        _want(wanted, page, lambda: self._client.page(str(page["id"])))
        for block in _flat(blocks):
            own = {name: value for name, value in block.items() if name != "children"}
            identifier = str(block.get("id"))
            _want(wanted, own, _reread(self._client, identifier))
        for comment in comments or []:
            _want(wanted, comment, _reread_comments(self._client, comment, str(page["id"])))
        results = await all_of(self._fetch(self._files, key, each) for key, each in wanted.items())
        stored = {}
        for key, result in zip(wanted, results, strict=True):
            if "reason" in result:
                omitted.append(result)
            else:
                stored[key] = result
        return stored

    async def _fetch(self, files: FileFetcher, key: str, wanted: "_Wanted") -> Json:
        async def refresh() -> str | None:
            fresh = await wanted.reread()
            return next(
                (str(carrier["file"]["url"]) for found, carrier in hosted_files(fresh) if found == key), None
            )

        try:
            stored = await files.fetch(wanted.url, refresh=refresh)
        except FileTooLargeError as error:
            return _omission("file", key, omissions.FILE_TOO_LARGE, error)
        except FileRefusedError as error:
            return _omission("file", key, omissions.FILE_NOT_ALLOWED, error)
        except _FATAL:
            raise
        except NotionApiError as error:
            return _omission("file", key, omissions.FILE_UNAVAILABLE, error)
        return {**stored.to_json(), "name": wanted.name or stored.name}


@dataclass(frozen=True, slots=True)
class _Wanted:
    url: str
    name: str
    reread: Callable[[], Awaitable[Json]]


def _is_denial(error: Exception) -> bool:
    """Tell whether comments are not to be had: no capability, or a server without the endpoint."""
    if isinstance(error, NotOfferedError):
        # A 404 without the API's words may come from something that stands between for a moment.
        return error.status != _NOT_FOUND
    unknown = isinstance(error, InvalidRequestError) and error.code == "invalid_request_url"
    return unknown or isinstance(error, RestrictedError)


async def _comments_of(client: NotionClient, page_id: str) -> Json:
    return {"comments": await collect(lambda cursor: client.comments(page_id, cursor))}


def _reread_comments(client: NotionClient, comment: Json, page_id: str) -> Callable[[], Awaitable[Json]]:
    parent = comment.get("parent") or {}
    holder = parent.get("block_id") or page_id
    return lambda: _comments_of(client, str(holder))


def _sorted(omitted: list[Json]) -> list[Json]:
    return sorted(omitted, key=lambda item: (item["kind"], item["id"], item["reason"]))


def _want(wanted: dict[str, _Wanted], value: Json, reread: Callable[[], Awaitable[Json]]) -> None:
    for key, carrier in hosted_files(value):
        if key not in wanted:
            wanted[key] = _Wanted(str(carrier["file"]["url"]), str(carrier.get("name") or ""), reread)


def _reread(client: NotionClient, block_id: str) -> Callable[[], Awaitable[Json]]:
    return lambda: client.block(block_id)


def _flat(blocks: list[Json]) -> list[Json]:
    found: list[Json] = []
    stack = list(reversed(blocks))
    while stack:
        block = stack.pop()
        found.append(block)
        stack.extend(reversed(block.get("children") or []))
    return found


def _note_unsupported(value: Json, omitted: list[Json]) -> None:
    content = value.get(str(value.get("type")))
    if isinstance(content, dict) and content.get("type") == "unsupported":
        omitted.append(omissions.omission("property", str(value.get("id")), omissions.VALUE_UNSUPPORTED))


def _omission(kind: str, identifier: str, reason: str, error: Exception) -> Json:
    code = getattr(error, "code", None) or type(error).__name__
    return omissions.omission(kind, identifier, reason, str(code))

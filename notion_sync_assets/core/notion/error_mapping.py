"""How a failed call becomes an error of our tree: the only place that knows.

Belongs here: the table from HTTP status and Notion code to class (API reference section 11), and the
translation of `notion_client` and `httpx` exceptions. Does not belong here: the classes (`errors`), and
whether a call is tried again (`transports`), which has happened before anything arrives here.
Everything the server said is masked before it enters a message: a server may echo the token.
"""

import re
from typing import Any

import httpx
import orjson
from notion_client.errors import HTTPResponseError, InvalidPathParameterError, RequestTimeoutError

from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    InvalidRequestError,
    NotionSyncError,
    NotOfferedError,
    ObjectNotFoundError,
    PermanentNotionError,
    RestrictedError,
    TransientNotionError,
    UnauthorizedError,
    UnexpectedAnswerError,
)
from notion_sync_assets.core.terminal import one_line

REQUEST_BLOCKED = "public_api_request_blocked"
TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})

_TOKEN_SHAPES = re.compile(r"(?:Bearer\s+\S+|\b(?:ntn|secret)_\w+)")
_NOT_OFFERED = frozenset({405, 501})
_MAX_MESSAGE = 500
_BLOCKED_HINT = "Notion has blocked this connection; ask Notion's support, giving the request id."


def mask(text: str, token: str) -> str:
    """`text` on one line without the token, or anything that looks like one, cut to 500 characters."""
    without = text.replace(token, "***") if token else text
    return one_line(_TOKEN_SHAPES.sub("***", without)[:_MAX_MESSAGE])


def error_body(text: str) -> dict[str, Any]:
    """The API's error object `{object, status, code, message, …}`, or `{}` when the body is something else."""
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) and isinstance(body.get("code"), str) else {}


def rate_limit_reason(body: dict[str, Any]) -> str | None:
    """`additional_data.rate_limit_reason` of a 429's body (API reference section 11)."""
    data = body.get("additional_data")
    reason = data.get("rate_limit_reason") if isinstance(data, dict) else None
    return reason if isinstance(reason, str) else None


def from_exception(error: Exception, *, endpoint: str, token: str) -> NotionSyncError:
    """The error of our tree for anything `notion_client` or `httpx` raises during a call to `endpoint`."""
    if isinstance(error, HTTPResponseError):
        return from_answer(error.status, error.headers, error.body, endpoint=endpoint, token=token)
    if isinstance(error, InvalidPathParameterError):
        return InvalidRequestError(mask(str(error), token), code=str(error.code.value), endpoint=endpoint)
    if isinstance(error, RequestTimeoutError | httpx.TimeoutException):
        return TransientNotionError(f"{endpoint}: no answer in time", endpoint=endpoint)
    if isinstance(error, httpx.TransportError):
        detail = mask(f"{type(error).__name__} {error}", token)
        return TransientNotionError(f"{endpoint}: {detail}", endpoint=endpoint)
    detail = mask(f"{type(error).__name__}: {error}", token)
    return UnexpectedAnswerError(f"{endpoint}: {detail}", endpoint=endpoint)


def from_answer(
    status: int, headers: httpx.Headers, text: str, *, endpoint: str, token: str
) -> NotionSyncError:
    """The error of our tree for an answer with an HTTP status of 300 or more."""
    body = error_body(text)
    if httpx.codes.is_redirect(status):
        return _redirect(status, mask(headers.get("location", ""), token), endpoint)
    code = body.get("code")
    said = mask(str(body.get("message", "no Notion error in the body")), token)
    facts: dict[str, Any] = {
        "status": status,
        "code": code,
        "request_id": body.get("request_id") or headers.get("x-notion-request-id"),
        "endpoint": endpoint,
    }
    error = _class_of(status, code)(f"{endpoint}: {status} {code or ''} {said}", **facts)
    if rate_limit_reason(body) == REQUEST_BLOCKED:
        return UnauthorizedError(str(error), hint=_BLOCKED_HINT, **facts)
    return error


def _class_of(status: int, code: str | None) -> type[TransientNotionError | PermanentNotionError]:
    if status == httpx.codes.UNAUTHORIZED:
        return UnauthorizedError
    if status in _NOT_OFFERED or (status == httpx.codes.NOT_FOUND and code is None):
        return NotOfferedError
    if status in TRANSIENT_STATUSES or httpx.codes.is_server_error(status):
        return TransientNotionError
    if code is None:
        # A 403 without an API body is the network edge, and passes; taking it, or a foreign 404, for the API's
        # word on an object would turn an outage into deletions.
        return TransientNotionError if status == httpx.codes.FORBIDDEN else UnexpectedAnswerError
    if code == "object_not_found":
        return ObjectNotFoundError
    return RestrictedError if code == "restricted_resource" else InvalidRequestError


def _redirect(status: int, location: str, endpoint: str) -> ConfigurationError:
    try:
        target = httpx.URL(location).host or "another path of the same host"
    except httpx.InvalidURL:
        target = "an address that is not a URL"
    return ConfigurationError(
        f"{endpoint}: {status} redirect to {target}; the token is never sent along a redirect",
        hint="Set NOTION_BASE_URL to the address of the API itself.",
    )

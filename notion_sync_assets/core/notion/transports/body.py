"""Reading a whole body inside the transports, parsed once.

Belongs here: turning a stream into a response whose JSON is known to be readable. Does not belong here: what
the JSON should be (`answers`), and trying again (`retry`).
"""

import json
from typing import Any

import httpx
import orjson

from notion_sync_assets.core.notion.transports.id_forms import in_one_form


class ReadResponse(httpx.Response):
    """A response whose body was read and, where possible, parsed; `json()` costs nothing any more."""

    parsed: Any = None
    readable: bool = True

    @property
    def stream(self) -> httpx.ByteStream:
        """The body that was read."""
        return self._body

    @stream.setter
    def stream(self, value: object) -> None:
        """Keep the body alone: a client's stream knows its response, a circle in which every body outlives its use."""
        if isinstance(value, httpx.ByteStream):
            self._body = value

    def json(self, **kwargs: Any) -> Any:
        """The parsed body; `ValueError` when it was none."""
        return self.parsed if self.readable and self.is_success else super().json(**kwargs)


async def read_response(response: httpx.Response) -> ReadResponse:
    """The same answer with its body in memory. Raises `httpx.TransportError` when the body is cut short."""
    try:
        content = await response.aread()
    finally:
        await response.aclose()
    # What was decoded must not be decoded again by the next reader.
    headers = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
    whole = ReadResponse(
        response.status_code, headers=headers, content=content, extensions=response.extensions
    )
    if whole.is_success:
        _parse(whole)
    return whole


def _parse(response: ReadResponse) -> None:
    try:
        response.parsed = in_one_form(response.content, loads(response.content))
    except ValueError:
        response.readable = False
    else:
        # Every answer of the API is an object that says something; what is none was not all of it.
        response.readable = isinstance(response.parsed, dict) and bool(response.parsed)


def loads(content: bytes) -> Any:
    """JSON by orjson; what it alone refuses (lone surrogates, huge integers) by the standard library.

    A lone surrogate cannot be written as UTF-8 later, so it becomes U+FFFD here instead of costing a page.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        text = json.dumps(json.loads(content), ensure_ascii=False)
        return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))

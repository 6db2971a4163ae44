"""Loaded by Python itself when a peer starts: requests to Notion's own host go to the address of the benchmark.

Here: the one patch, at the wire, of the HTTP library named in PEER_WIRE. Not here: any change of a peer's own code.
"""

import os
from typing import Any
from urllib.parse import urlsplit

_HOST = "api.notion.com"
_TARGET = urlsplit(os.environ.get("PEER_NOTION_URL", ""))


def _redirect_httpx() -> None:
    import httpx

    def aim(request: Any) -> None:
        if request.url.host == _HOST:
            request.url = request.url.copy_with(
                scheme=_TARGET.scheme, host=_TARGET.hostname, port=_TARGET.port
            )
            request.headers["Host"] = _TARGET.netloc

    sync, asynchronous = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def handle(self: Any, request: Any) -> Any:
        aim(request)
        return sync(self, request)

    async def handle_async(self: Any, request: Any) -> Any:
        aim(request)
        return await asynchronous(self, request)

    httpx.HTTPTransport.handle_request = handle
    httpx.AsyncHTTPTransport.handle_async_request = handle_async


def _redirect_requests() -> None:
    from requests.adapters import HTTPAdapter

    send = HTTPAdapter.send

    def aimed(self: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        request.url = request.url.replace(f"https://{_HOST}", _TARGET.geturl(), 1)
        return send(self, request, *arguments, **options)

    HTTPAdapter.send = aimed


_WIRES = {"httpx": _redirect_httpx, "requests": _redirect_requests}
if os.environ.get("PEER_WIRE") in _WIRES:
    _WIRES[os.environ["PEER_WIRE"]]()

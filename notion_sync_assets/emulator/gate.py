"""What every request passes before it reaches a route: outage, latency, budget, faults, the token, the counters.

Pure ASGI, so that connections can be dropped and answers cut short. The connection itself comes from the server
(`server.py` puts it into the scope); without it a drop is a closed answer.
"""

import asyncio
import re
import uuid
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.errors import ApiError, rate_limited, unauthorized
from notion_sync_assets.emulator.faults import BAD_GATEWAY, ERRORS, error_of
from notion_sync_assets.emulator.files import PREFIX
from notion_sync_assets.emulator.ids import canonical_id

CONTROL = "/_emulator"
BEARER = re.compile(r"[Bb]earer +(\S+)")
CONNECTION = "emulator.connection"
REQUEST_ID = "emulator.request_id"


class Gate:
    """The middleware around all routes but the control API."""

    def __init__(self, app: ASGIApp, engine: Engine) -> None:
        self.app = app
        self.engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self.app(scope, receive, send)
            return
        scope[REQUEST_ID] = str(uuid.uuid4())
        seen = _Seen(send)
        fault = await self._serve(scope, receive, seen)
        route = f"{scope['method']} {route_template(scope['path'])}"
        self.engine.stats.count(route, seen.status, scope["path"], fault)

    async def _serve(self, scope: Scope, receive: Receive, send: "_Seen") -> str | None:
        if self.engine.config.latency_ms:
            await asyncio.sleep(self.engine.config.latency_ms / 1000)
        if self.engine.down:
            kind = "503" if self.engine.down == "503" else "reset"
            await self._fault(kind, scope, receive, send)
            return "down"
        if scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return None
        return await self._serve_api(scope, receive, send)

    async def _serve_api(self, scope: Scope, receive: Receive, send: "_Seen") -> str | None:
        token = _token(scope)
        wait = self.engine.limiter.take(token or "")
        if wait is not None:
            await refuse(rate_limited(wait), scope, send)
            return None
        kind = self.engine.faults.draw()
        if kind == "truncate":
            send.connection = scope.get(CONNECTION)
        elif kind is not None:
            await self._fault(kind, scope, receive, send)
            return kind
        if token is None or self.engine.config.token not in (None, token):
            await refuse(unauthorized(), scope, send)
            return kind
        await self.app(scope, receive, send)
        return kind

    async def _fault(self, kind: str, scope: Scope, receive: Receive, send: "_Seen") -> None:
        error = error_of(kind)
        if error is not None:
            await refuse(error, scope, send)
        elif kind == "502":
            await _answer(502, b"text/html", BAD_GATEWAY, {}, send)
        else:
            if kind == "timeout":
                await _hang(receive, self.engine.config.hang_seconds)
            await _drop(scope, receive, send)


async def refuse(error: ApiError, scope: Scope, send: Send) -> None:
    """Answer with a refusal in Notion's form."""
    request_id = scope[REQUEST_ID]
    headers = {**error.headers, "x-notion-request-id": request_id}
    await _answer(
        error.status, b"application/json; charset=utf-8", orjson.dumps(error.body(request_id)), headers, send
    )


def route_template(path: str) -> str:
    """A path with its ids taken out: `/v1/pages/{id}/properties/{property}`."""
    parts = ["{id}" if canonical_id(part) else part for part in path.split("/")]
    if parts[1:2] == ["files"]:
        return "/files/{file}"
    if parts[4:5] == ["properties"]:
        parts[5:] = ["{property}"]
    return "/".join(parts)


class _Seen:
    """The way back to the client: remembers the status, and cuts the body when it holds a connection."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 0
        self.connection: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        body = message.get("body", b"")
        if self.connection is None or not body:
            await self.send(message)
            return
        await self.send({**message, "body": body[: len(body) // 2], "more_body": True})
        self.connection.close()


def _token(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            found = BEARER.fullmatch(value.decode("latin-1").strip())
            return found.group(1) if found else None
    return None


async def _hang(receive: Receive, seconds: float) -> None:
    """Say nothing until the time is over or the client has gone."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


async def _drop(scope: Scope, receive: Receive, send: Send) -> None:
    connection = scope.get(CONNECTION)
    if connection is None:
        await refuse(ERRORS["503"], scope, send)
        return
    connection.abort()
    while (await receive())["type"] != "http.disconnect":
        continue


async def _answer(status: int, kind: bytes, body: bytes, headers: dict[str, str], send: Send) -> None:
    sent = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    sent += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})

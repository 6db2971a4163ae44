"""API version 2022-06-28 in front of an emulator that knows the two later ones, since half of the peers speak it.

Notion still answers it. What differs is that a database has a schema and is queried itself (upgrade guide 2025-09-03):
here databases with one data source, the only ones that the earlier version could read. Not here: the later versions.
"""

import re
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notion_sync_assets.emulator.engine import Engine

Json = dict[str, Any]
EARLIER, LATER = b"2022-06-28", b"2025-09-03"
_DATABASE = re.compile(r"/v1/databases/(?P<id>[0-9a-fA-F-]+)(?P<query>/query)?")


class EarlierVersion:
    """Requests of the earlier version are rewritten into the later one, and their answers back."""

    def __init__(self, app: ASGIApp, engine: Engine) -> None:
        self._app = app
        self._workspace = engine.workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        if headers.get(b"notion-version") != EARLIER:
            await self._app(scope, receive, send)
            return
        sent = orjson.dumps(self._asked(orjson.loads(await _body(receive) or b"{}")))
        headers |= {b"notion-version": LATER, b"content-length": str(len(sent)).encode()}
        path = self._path(scope["path"])
        later = {**scope, "path": path, "raw_path": path.encode(), "headers": list(headers.items())}
        await self._app(later, _replayed(sent, receive), _Rewritten(send, self._answered))

    def _path(self, path: str) -> str:
        found = _DATABASE.fullmatch(path)
        source = self._source_of(found["id"]) if found else None
        return f"/v1/data_sources/{source}{found['query'] or ''}" if found and source else path

    def _source_of(self, database_id: str) -> str | None:
        plain = database_id.replace("-", "")
        whole = f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"
        sources = (self._workspace.get("database", whole) or {}).get("data_sources") or []
        return sources[0]["id"] if len(sources) == 1 else None

    def _asked(self, body: Json) -> Json:
        wanted = body.get("filter")
        if isinstance(wanted, dict) and wanted.get("value") == "database":
            return {**body, "filter": {**wanted, "value": "data_source"}}
        return body

    def _answered(self, answer: Json) -> Json:
        if "results" in answer:
            return {**answer, "results": [self._earlier(item) for item in answer["results"]]}
        return self._earlier(answer)

    def _earlier(self, item: Json) -> Json:
        if item.get("object") == "data_source":
            container = self._workspace.get("database", item["parent"]["database_id"]) or {}
            kept = {name: value for name, value in container.items() if name != "data_sources"}
            return {**kept, "properties": item["properties"]}
        if item.get("object") == "page" and item["parent"]["type"] == "data_source_id":
            database_id = item["parent"]["database_id"]
            return {**item, "parent": {"type": "database_id", "database_id": database_id}}
        return item


class _Rewritten:
    """The way back: the whole body is collected, rewritten when it is an answer, and sent with its new length."""

    def __init__(self, send: Send, rewrite: Any) -> None:
        self._send = send
        self._rewrite = rewrite
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        if self._start["status"] == 200:
            self._body = orjson.dumps(self._rewrite(orjson.loads(self._body)))
        kept = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        length = (b"content-length", str(len(self._body)).encode())
        await self._send({**self._start, "headers": [*kept, length]})
        await self._send({"type": "http.response.body", "body": self._body})


async def _body(receive: Receive) -> bytes:
    held = b""
    while True:
        message = await receive()
        held += message.get("body", b"")
        if not message.get("more_body"):
            return held


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A way in that gives a body once, and what the connection says after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay

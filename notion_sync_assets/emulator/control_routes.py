"""The control API under `/_emulator/`: counters, settings, the clock, changes and the oracle. No token, no budget.

`GET stats?log=1`, `POST stats/reset {keep_log}`, `POST config {…}`, `POST clock {advance | set_to}`,
`POST change {op, …}` with the operations of `changes.py`, `POST changes/start`, `GET changes`, `GET oracle`,
`POST webhooks/subscribe {url}`, `POST webhooks/verify {token}`, `GET webhooks` with every delivery,
`GET oracle/ids?kind=page` as lines of `id parent`, `GET ids?kind=page&title=…` to find an id by its title.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from notion_sync_assets.emulator.change_log import ChangeLog
from notion_sync_assets.emulator.changes import Operation, operation
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.objects import title_of
from notion_sync_assets.emulator.oracle import Oracle
from notion_sync_assets.emulator.stats import Stats
from notion_sync_assets.emulator.webhook_events import tell

Page = Callable[[Request], Awaitable[Response]]
LINES = 500
CLIENT_ERROR = 400


def control_routes(engine: Engine) -> Sequence[BaseRoute]:
    """The routes around an engine."""
    control = ControlRoutes(engine)
    pages: dict[str, tuple[str, Page]] = {
        "/stats": ("GET", control.stats),
        "/stats/reset": ("POST", control.reset),
        "/config": ("POST", control.config),
        "/clock": ("POST", control.clock),
        "/change": ("POST", control.change),
        "/changes": ("GET", control.read_log),
        "/changes/start": ("POST", control.start_log),
        "/oracle": ("GET", control.oracle),
        "/oracle/ids": ("GET", control.oracle_ids),
        "/ids": ("GET", control.ids),
        "/webhooks": ("GET", control.webhooks),
        "/webhooks/subscribe": ("POST", control.subscribe),
        "/webhooks/verify": ("POST", control.verify),
    }
    return [Route(f"/_emulator{path}", page, methods=[method]) for path, (method, page) in pages.items()]


class ControlRoutes:
    """One method per path."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.log: ChangeLog | None = None

    async def stats(self, request: Request) -> Response:
        """Counters, the windows of the budget and, when asked for, the single requests."""
        made = {**self.engine.stats.report(), "budget": self.engine.limiter.report()}
        log = {"log": self.engine.stats.log} if request.query_params.get("log") else {}
        return JSONResponse({**made, **log})

    async def reset(self, request: Request) -> Response:
        """Counters to zero; finished windows are forgotten, running budgets are not."""
        body = await _body(request)
        self.engine.stats = Stats(keep_log=bool(body.get("keep_log")))
        self.engine.limiter.forget()
        return JSONResponse({})

    async def config(self, request: Request) -> Response:
        """Settings that can change while running, and `down`: "", "503" or "drop"."""
        return await _answered(self._configure, await _body(request))

    async def clock(self, request: Request) -> Response:
        """Move the clock by seconds, or to a time."""
        body = await _body(request)
        if "set_to" in body:
            self.engine.clock.set_to(float(body["set_to"]))
        self.engine.clock.advance(float(body.get("advance", 0)))
        return JSONResponse({"now": self.engine.clock.now()})

    async def change(self, request: Request) -> Response:
        """One change of the workspace; 400 with the reason when it cannot be made."""
        body = await _body(request)
        name = str(body.pop("op", ""))
        found = operation(self.engine.workspace, self.engine.config.search_lag, name)
        if found is None:
            return JSONResponse({"error": "unknown operation"}, 400)
        answer = await _answered(self._telling(name, found), body)
        if self.log is not None and answer.status_code < CLIENT_ERROR:
            self.log.note(name)
        return answer

    async def webhooks(self, _: Request) -> Response:
        """The subscription and its deliveries."""
        return JSONResponse(self.engine.webhooks.report())

    async def subscribe(self, request: Request) -> Response:
        """Send the handshake to an address; `{"status": …}` is what it answered."""
        url = str((await _body(request)).get("url"))
        try:
            status = await run_in_threadpool(self.engine.webhooks.subscribe, url)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"status": status})

    async def verify(self, request: Request) -> Response:
        """Start sending events, given the token of the handshake; 400 for another one."""
        return await _answered(self._verify, await _body(request))

    async def start_log(self, _: Request) -> Response:
        """Begin a log of what each change does to which pages."""
        self.log = ChangeLog(self.engine)
        return JSONResponse({})

    async def read_log(self, _: Request) -> Response:
        """The changes since the log was begun, and every live page with its title."""
        if self.log is None:
            return JSONResponse({"error": "no log was begun"}, 400)
        entries = [dataclasses.asdict(entry) for entry in self.log.entries]
        return JSONResponse({"changes": entries, "titles": self.log.titles()})

    async def oracle(self, _: Request) -> Response:
        """The oracle's report; large worlds take a while, other requests go on meanwhile."""
        return JSONResponse(await run_in_threadpool(Oracle(self.engine).report))

    async def oracle_ids(self, request: Request) -> Response:
        """Ids and parents of everything live of a kind, one pair a line, `-` for no parent."""
        pairs = Oracle(self.engine).pairs(request.query_params["kind"])
        return StreamingResponse(_lines(pairs), media_type="text/plain")

    async def ids(self, request: Request) -> Response:
        """Ids of a kind, shared or not, optionally of one title."""
        kind, title = request.query_params["kind"], request.query_params.get("title")
        workspace = self.engine.workspace
        found = [
            i for i in workspace.ids(kind) if title is None or title_of(workspace.get(kind, i) or {}) == title
        ]
        return JSONResponse({"ids": found})

    def _telling(self, name: str, change: Operation) -> Operation:
        def changed(**arguments: Any) -> Json:
            made = change(**arguments)
            tell(self.engine.webhooks, self.engine.workspace, name, arguments, made)
            return made

        return changed

    def _verify(self, token: str) -> Json:
        self.engine.webhooks.verify(token)
        return {"active": True}

    def _configure(self, **settings: Any) -> Json:
        made = dataclasses.asdict(self.engine.reconfigure(settings))
        return {**made, "data": str(made["data"] or ""), "down": self.engine.down}


async def _body(request: Request) -> Json:
    raw = await request.body()
    made: Json = orjson.loads(raw) if raw else {}
    return made


async def _answered(change: Operation, arguments: Json) -> Response:
    """Run on the server's own thread, so that no reader sees half a change."""
    try:
        return JSONResponse(change(**arguments))
    except (TypeError, ValueError, KeyError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)


def _lines(pairs: Iterator[tuple[str, str | None]]) -> Iterator[str]:
    held: list[str] = []
    for object_id, holder in pairs:
        held.append(f"{object_id} {holder or '-'}\n")
        if len(held) >= LINES:
            yield "".join(held)
            held.clear()
    yield "".join(held)

"""One API request as a route sees it: ids, parameters, paging and the way back. No endpoint's own rules here."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.errors import ApiError, invalid, missing_version, not_found
from notion_sync_assets.emulator.gate import REQUEST_ID
from notion_sync_assets.emulator.ids import canonical_id
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.listing import Part, Scan, envelope, page_size
from notion_sync_assets.emulator.shapes import VERSIONS, only_properties, versioned


@dataclass(frozen=True)
class Call:
    """A request with its version checked and its body read."""

    engine: Engine
    request: Request
    version: str
    body: Json = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """Query parameters, the last of each name."""
        return dict(self.request.query_params)

    @property
    def base(self) -> str:
        """The address of this server as the client wrote it."""
        return base_of(self.request)

    def object_id(self, name: str) -> str:
        """The id in the path; 400 when it is not one."""
        text = self.request.path_params[name]
        found = canonical_id(text)
        if found is None:
            raise invalid(
                f'path failed validation: path.{name} should be a valid uuid, instead was `"{text}"`.'
            )
        return found

    def fetch(self, kind: str, object_id: str) -> Json:
        """The object; 404 when it is missing or not shared."""
        workspace = self.engine.workspace
        found = workspace.block(object_id) if kind == "block" else workspace.get(kind, object_id)
        if found is None or (kind != "user" and not workspace.accessible(kind, object_id)):
            raise not_found(kind, object_id, workspace.world.bot_id)
        return found

    def shown(self, obj: Json) -> Json:
        """An object in the version's shape, cut to the asked properties."""
        cut = not self.engine.workspace.world.is_recorded
        return only_properties(versioned(obj, self.version, cut=cut), self._wanted())

    def listing(
        self, name: str, scan: Scan, lifetime: float | None = None, cap: int | None = None
    ) -> tuple[Part, str | None]:
        """The asked page of the list called `name`, and the cursor after it."""
        source, where = (self.query, "query") if self.request.method == "GET" else (self.body, "body")
        size = page_size(source.get("page_size"), where)
        lives = lifetime or self.engine.pager.habits.cursor_ttl
        start = self.engine.pager.decode(name, source.get("start_cursor"), lives)
        part = self.engine.pager.part(name, scan, size, start, cap)
        return part, self.engine.pager.encode(name, part.next_position)

    def answer_list(self, kind: str, name: str, scan: Scan, show: Callable[[str], Json]) -> Json:
        """A page of a list in its envelope."""
        part, cursor = self.listing(name, scan)
        return envelope([show(object_id) for object_id in part.ids], cursor, kind)

    def _wanted(self) -> list[str]:
        """`filter_properties` in every spelling clients use: repeated, comma-separated, bracketed, encoded."""
        values = [
            v for k, v in self.request.query_params.multi_items() if k.split("[")[0] == "filter_properties"
        ]
        return [unquote(unquote(part)) for value in values for part in value.split(",")]


Handler = Callable[[Call], Json]


def endpoint(engine: Engine, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers with what the handler returns, or with the refusal it raises."""

    async def serve(request: Request) -> Response:
        request_id = request.scope[REQUEST_ID]
        try:
            call = Call(engine, request, _version(request), await _body(request))
            status, headers, made = 200, {}, {**handler(call), "request_id": request_id}
        except ApiError as error:
            status, headers, made = error.status, error.headers, error.body(request_id)
        content = engine.signer.filled(orjson.dumps(made), base_of(request))
        headers = {**headers, "x-notion-request-id": request_id}
        return Response(content, status, headers, "application/json; charset=utf-8")

    return serve


def base_of(request: Request) -> str:
    """Scheme and host of a request."""
    return f"{request.url.scheme}://{request.url.netloc}"


def members(items: Sequence[Json]) -> Callable[[str], Json]:
    """Items of a list by the position the pager hands out as id."""
    return lambda position: items[int(position)]


def _version(request: Request) -> str:
    version = request.headers.get("notion-version")
    if not version:
        raise missing_version()
    if version not in VERSIONS:
        allowed = " or ".join(f'`"{known}"`' for known in VERSIONS)
        raise invalid(
            f"Notion-Version header failed validation: Notion-Version header should be {allowed}, "
            f'instead was `"{version}"`.'
        )
    return version


async def _body(request: Request) -> Json:
    raw = await request.body()
    if request.method == "GET" or not raw:
        return {}
    try:
        body: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(400, "invalid_json", "Error parsing JSON body.") from None
    if not isinstance(body, dict):
        raise invalid("body failed validation: body should be an object.")
    return body

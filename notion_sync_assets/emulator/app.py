"""The ASGI application: every path of the API, the files and the control API. Rules are in the modules it names."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from notion_sync_assets.emulator import query_routes, routes
from notion_sync_assets.emulator.calls import Handler, endpoint
from notion_sync_assets.emulator.control_routes import control_routes
from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.errors import invalid_url
from notion_sync_assets.emulator.file_routes import FileStore
from notion_sync_assets.emulator.gate import REQUEST_ID, Gate

READS: dict[tuple[str, str], Handler] = {
    ("GET", "/users"): routes.list_users,
    ("GET", "/users/me"): routes.retrieve_me,
    ("GET", "/users/{user_id}"): routes.retrieve_user,
    ("POST", "/search"): query_routes.search,
    ("GET", "/pages/{page_id}"): routes.retrieve_page,
    ("GET", "/pages/{page_id}/markdown"): routes.retrieve_markdown,
    ("GET", "/pages/{page_id}/properties/{property_id:path}"): routes.retrieve_property,
    ("GET", "/blocks/{block_id}"): routes.retrieve_block,
    ("GET", "/blocks/{block_id}/children"): routes.list_children,
    ("GET", "/databases/{database_id}"): routes.retrieve_database,
    ("GET", "/data_sources/{data_source_id}"): routes.retrieve_data_source,
    ("POST", "/data_sources/{data_source_id}/query"): query_routes.query_data_source,
    ("GET", "/data_sources/{data_source_id}/templates"): routes.list_templates,
    ("GET", "/views"): routes.list_views,
    ("GET", "/views/{view_id}"): routes.retrieve_view,
    ("POST", "/views/{view_id}/queries"): query_routes.start_view_query,
    ("GET", "/views/{view_id}/queries/{query_id}"): query_routes.read_view_query,
    ("GET", "/comments"): routes.list_comments,
    ("GET", "/comments/{comment_id}"): routes.retrieve_comment,
    ("GET", "/custom_emojis"): routes.list_custom_emojis,
    ("GET", "/file_uploads"): routes.list_file_uploads,
}
WRITES = ("POST", "PATCH", "PUT", "DELETE")
WRITTEN = ("pages", "blocks", "databases", "data_sources", "comments", "file_uploads", "views")


def create_app(engine: Engine) -> Starlette:
    """The application around an engine."""
    return Starlette(
        routes=[*_api(engine), *_files(engine), *control_routes(engine)],
        middleware=[Middleware(Gate, engine=engine)],
        exception_handlers={404: _unknown, 405: _unknown},
    )


def _api(engine: Engine) -> Sequence[BaseRoute]:
    reads = [
        Route(f"/v1{path}", endpoint(engine, handler), methods=[method])
        for (method, path), handler in READS.items()
    ]
    refused = endpoint(engine, routes.refuse_write)
    writes = [
        Route(f"/v1/{kind}{tail}", refused, methods=list(WRITES))
        for kind in WRITTEN
        for tail in ("", "/{rest:path}")
    ]
    return [*reads, *writes]


def _files(engine: Engine) -> Sequence[BaseRoute]:
    store = FileStore(engine)
    return [
        Route("/files/public/{name}", store.public),
        Route("/files/{space}/{file_id}/{name}", store.hosted),
    ]


async def _unknown(request: Request, _: Exception) -> Response:
    request_id = request.scope.get(REQUEST_ID, "")
    error = invalid_url()
    return JSONResponse(error.body(request_id), error.status, {"x-notion-request-id": request_id})

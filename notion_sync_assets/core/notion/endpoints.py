"""Names of endpoints without the ids in them, for counting and for messages.

Belongs here: how a request becomes a template such as `GET /v1/blocks/{id}/children`. Does not belong here:
who counts (`metrics`). A template holds no id, so the number of different ones stays small.
"""

import re

import httpx

_ID = re.compile(r"^[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$")
_COLLECTIONS = frozenset(
    {"blocks", "comments", "data_sources", "databases", "pages", "properties", "users", "views"}
)


def endpoint_of(request: httpx.Request) -> str:
    """The template of a request: its verb and path with every id replaced by `{id}`."""
    return endpoint_template(request.method, request.url.raw_path.decode("ascii"))


def endpoint_template(method: str, path: str) -> str:
    """`endpoint_template("GET", "/v1/pages/<uuid>?x=1") == "GET /v1/pages/{id}"`."""
    segments = path.partition("?")[0].strip("/").split("/")
    before = ["", *segments]
    named = [
        "{id}" if _is_id(segment, previous) else segment
        for segment, previous in zip(segments, before, strict=False)
    ]
    return f"{method} /{'/'.join(named)}"


def _is_id(segment: str, previous: str) -> bool:
    if segment == "me" and previous == "users":
        return False
    return previous in _COLLECTIONS or _ID.match(segment) is not None

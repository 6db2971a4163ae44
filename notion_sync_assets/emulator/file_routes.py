"""Serving hosted files: signatures, ranges, entity tags, and the object store's refusals (reference §8)."""

import hashlib
import re

from starlette.requests import Request
from starlette.responses import Response

from notion_sync_assets.emulator.engine import Engine
from notion_sync_assets.emulator.file_content import content, content_type

BYTES = re.compile(r"bytes=(\d+)-(\d*)")


class FileStore:
    """The object store beside the API."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def hosted(self, request: Request) -> Response:
        """`GET /files/{space}/{file}/{name}`: bytes while the signature lives, XML otherwise."""
        file_id, name = request.path_params["file_id"], request.path_params["name"]
        query = dict(request.query_params)
        refusal = self.engine.signer.refuse(file_id, query, request.headers.get("authorization"))
        if refusal is not None:
            return Response(refusal.xml(), refusal.status, media_type="application/xml")
        return self._bytes(request, content(file_id, name, int(query["X-Amz-Size"])), name)

    async def public(self, request: Request) -> Response:
        """`GET /files/public/{name}`: pictures that need no signature."""
        name = request.path_params["name"]
        return self._bytes(request, content(f"public-{name}", name), name)

    def _bytes(self, request: Request, held: bytes, name: str) -> Response:
        tag = hashlib.sha256(held).hexdigest()[:32]
        headers = {"ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
        asked = BYTES.fullmatch(request.headers.get("range", ""))
        if asked and int(asked[1]) < len(held):
            first, last = int(asked[1]), min(int(asked[2] or len(held) - 1), len(held) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(held)}"
            return self._sent(held[first : last + 1], 206, headers, name)
        return self._sent(held, 200, headers, name)

    def _sent(self, held: bytes, status: int, headers: dict[str, str], name: str) -> Response:
        self.engine.stats.file_bytes += len(held)
        return Response(held, status, headers, content_type(name))

"""A storage host for tests: signed addresses that expire, ranges, and the faults real ones have.

Belongs here: the server and what it saw. Does not belong here: expectations.
"""

import asyncio
import contextlib
import itertools
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

_PIECE = 65_536


@dataclass(frozen=True)
class Upload:
    content: bytes
    content_type: str = "binary/octet-stream"
    etag: str | None = '"v1"'
    ranges: bool = True


@dataclass(frozen=True)
class Cut:
    """The connection ends after so many bytes of the body."""

    after: int


@dataclass(frozen=True)
class Stall:
    """The body stops after so many bytes and does not go on."""

    after: int


@dataclass(frozen=True)
class Status:
    code: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Redirect:
    target: str


Fault = Cut | Stall | Status | Redirect


@dataclass
class StorageHost:
    """`faults[path]` are used up one per request; `asked` is every request in order."""

    port: int = 0
    uploads: dict[str, Upload] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    delay_s: float = 0.0
    _valid: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signed(self, path: str) -> str:
        """A fresh address of the file, good until `expire_all`."""
        signature = f"secret{next(self._numbers)}"
        self._valid.add(signature)
        return f"{self.origin}{path}?X-Amz-Signature={signature}"

    def put(self, path: str, content: bytes, *faults: Fault, **facts: object) -> str:
        """Keep a file under a path and return a signed address of it."""
        self.uploads[path] = Upload(content, **facts)
        self.faults[path] = list(faults)
        return self.signed(path)

    def expire_all(self) -> None:
        self._valid.clear()

    def forget(self) -> None:
        for memory in (self.uploads, self.faults, self.asked, self._valid):
            memory.clear()
        self.delay_s = 0.0

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        await asyncio.sleep(self.delay_s)
        if request.query_params.get("X-Amz-Signature") not in self._valid:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        path = request.scope["raw_path"].decode()
        fault = self.faults[path].pop(0) if self.faults.get(path) else None
        if isinstance(fault, Status):
            return Response(fault.body, fault.code, fault.headers)
        if isinstance(fault, Redirect):
            return RedirectResponse(fault.target, headers={"Set-Cookie": "session=hostile"})
        if path not in self.uploads:
            return Response(status_code=404)
        return _body(request, self.uploads[path], fault)


def _body(request: Request, upload: Upload, fault: Cut | Stall | None) -> Response:
    headers = {"Content-Type": upload.content_type, "Set-Cookie": "session=hostile"}
    if upload.etag:
        headers["ETag"] = upload.etag
    start = _start(request, upload)
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(upload.content) - 1}/{len(upload.content)}"
    headers["Content-Length"] = str(len(upload.content) - start)
    pieces = _pieces(memoryview(upload.content)[start:], fault)
    return StreamingResponse(pieces, 206 if start else 200, headers)


def _start(request: Request, upload: Upload) -> int:
    wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    if wanted is None or not upload.ranges or request.headers.get("if-range") != upload.etag:
        return 0
    return int(wanted[1])


async def _pieces(content: memoryview, fault: Cut | Stall | None) -> AsyncIterator[bytes]:
    end = len(content) if fault is None else fault.after
    for at in range(0, end, _PIECE):
        yield bytes(content[at : min(at + _PIECE, end)])
    if isinstance(fault, Stall):
        await asyncio.sleep(3600)


@contextlib.contextmanager
def running_storage_host() -> Iterator[StorageHost]:
    """The host on a free port of this machine, in a thread that ends with the context."""
    host = StorageHost()
    app = Starlette(routes=[Route("/{path:path}", host.answer)])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    host.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)

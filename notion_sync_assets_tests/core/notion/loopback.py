"""A real HTTP server on loopback that can misbehave below HTTP: reset, cut, hang."""

import asyncio
import json
import struct
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET


class Loopback:
    """Answers with `respond(method, path)`: bytes to write, or one of the words `reset` and `hang`."""

    def __init__(self, respond):
        self._respond = respond
        self.requests = []
        self.origin = ""

    async def handle(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._one(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # The streams of Python 3.11 report a cancelled connection as an error of the server.
            pass
        finally:
            writer.close()

    async def _one(self, head, reader, writer):
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = lines[0].split(" ")
        self.requests.append((method, path, head))
        answer = self._respond(method, path)
        if answer == "hang":
            await asyncio.sleep(5)
        if answer == "reset":
            # Without lingering the close is a RST instead of a polite end.
            socket = writer.get_extra_info("socket")
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            raise ConnectionError
        writer.write(answer)
        await writer.drain()
        if b"connection: close" in answer:
            raise ConnectionError


@asynccontextmanager
async def serve(respond):
    """A `Loopback` on a free port of 127.0.0.1; what still hangs is cancelled at the end."""
    site = Loopback(respond)
    running = set()

    async def handle(reader, writer):
        running.add(asyncio.current_task())
        await site.handle(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    site.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def answer(status, body=None, headers=None, cut=0):
    """A raw HTTP answer; `cut` bytes of the promised body are held back and the connection is closed."""
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    lines = [f"HTTP/1.1 {status} X", "content-type: application/json", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += ["connection: close"] if cut else []
    return "\r\n".join([*lines, "", ""]).encode() + content[: len(content) - cut]


def notion_error(status, code, headers=None, message="why"):
    body = {"object": "error", "status": status, "code": code, "message": message, "request_id": "r"}
    return answer(status, body, headers)

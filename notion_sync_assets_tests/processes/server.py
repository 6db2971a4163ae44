"""``notion-sync serve`` as a process of its own, and clients that send it events.

Here: starting, ending, killing, sending. Not here: any expectation.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.core.webhooks.signature import signature
from notion_sync_assets.serve.app import WEBHOOK_PATH
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_folder import webhook_folder
from notion_sync_assets_tests.webhook_events import SECRET

CONNECTIONS = 100


class ServeProcess:
    """A server on a free port; ``said`` is its standard error once it has ended."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.folder = folder
        self.log = folder.parent / "serve.log"
        command = [sys.executable, "-m", "notion_sync_assets", "serve", "--port", "0", "--json", *arguments]
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--output", str(folder)],
                env={**os.environ, **variables},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.url = self.line().get("url", "")

    def line(self) -> dict[str, str]:
        """The next object on standard output; empty when the process has ended."""
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        return json.loads(text) if text else {}

    def memory_bytes(self) -> int:
        """Its resident memory now."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def kill(self) -> None:
        """End it as a power failure would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it in order; return the exit code."""
        self.process.terminate()
        code = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Iterator[ServeProcess]:
    """A server that knows the secret of the tests and ends with the block."""
    WebhookSecret(webhook_folder(settings_of(folder))).keep(SECRET)
    made = ServeProcess(folder, *arguments, **variables)
    try:
        yield made
    finally:
        made.stop()


def settings_of(folder: Path) -> Settings:
    """The settings of the export in a folder."""
    return load_settings({"output.path": str(folder)}, environ={}, cwd=folder.parent)


async def send(url: str, bodies: Sequence[bytes], *, each_s: float = 0.0) -> list[int]:
    """Send bodies, one every ``each_s`` seconds whether or not earlier ones were answered; 0 for no answer.

    Plain sockets: a client library would need more of the machine than the server that is measured.
    """
    waiting: asyncio.Queue[int] = asyncio.Queue()
    statuses = [0] * len(bodies)
    senders = [asyncio.create_task(_sender(url, waiting, bodies, statuses)) for _ in range(CONNECTIONS)]
    began = time.monotonic()
    for number in range(len(bodies)):
        if each_s:
            await asyncio.sleep(max(0.0, began + number * each_s - time.monotonic()))
        waiting.put_nowait(number)
    await waiting.join()
    for each in senders:
        each.cancel()
    await asyncio.gather(*senders, return_exceptions=True)
    return statuses


async def _sender(
    url: str, waiting: asyncio.Queue[int], bodies: Sequence[bytes], statuses: list[int]
) -> None:
    """Send what waits over one connection, which is opened again when it was lost."""
    connection = None
    try:
        while True:
            number = await waiting.get()
            try:
                connection = connection or await asyncio.open_connection(*_place(url))
                statuses[number] = await _post(*connection, bodies[number])
            except (OSError, EOFError, IndexError):
                await _hang_up(connection)
                connection = None
            finally:
                waiting.task_done()
    finally:
        await _hang_up(connection)


async def _hang_up(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None) -> None:
    if connection is not None:
        connection[1].close()
        with contextlib.suppress(OSError):
            await connection[1].wait_closed()


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> int:
    head = (
        f"POST {WEBHOOK_PATH} HTTP/1.1\r\nhost: here\r\ncontent-length: {len(body)}\r\n"
        f"x-notion-signature: {signature(SECRET, body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(answer.split("content-length: ")[1].split("\r\n")[0]))
    return int(answer.split(" ")[1])


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port

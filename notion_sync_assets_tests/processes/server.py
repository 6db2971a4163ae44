"""``notion-sync serve`` as a process of its own, and clients that send it events.

Here: starting, ending, killing, sending. Not here: any expectation.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.core.webhooks.signature import signature
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
    """Send bodies, one every ``each_s`` seconds whether or not earlier ones were answered; 0 for no answer."""
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        began = time.monotonic()
        sending = []
        for number, body in enumerate(bodies):
            await asyncio.sleep(max(0.0, began + number * each_s - time.monotonic()))
            sending.append(asyncio.create_task(_send(client, body)))
        return list(await asyncio.gather(*sending))


async def _send(client: httpx.AsyncClient, body: bytes) -> int:
    try:
        answer = await client.post(
            "/webhooks/notion", content=body, headers={"x-notion-signature": signature(SECRET, body)}
        )
    except httpx.TransportError:
        return 0
    return answer.status_code

"""A server of ``notion-sync serve`` in a thread of this process, for tests.

Here: starting and ending it. Not here: any expectation.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.serve.app import served_app
from notion_sync_assets.serve.http_server import address, bound_socket, http_server
from notion_sync_assets.settings import load_settings
from notion_sync_assets.settings_model import Settings
from notion_sync_assets.webhook_folder import webhook_folder
from notion_sync_assets_tests.webhook_events import SECRET

START_S = 20.0


def serving_settings(folder: Path, **overrides: Any) -> Settings:
    """Settings of an export in a folder, untouched by the machine's environment."""
    return load_settings({"output.path": str(folder), **overrides}, environ={}, cwd=folder.parent)


@contextmanager
def running_server(settings: Settings, *, secret: str | None = SECRET, **options: Any) -> Iterator[str]:
    """The address of a server that takes events signed with the secret."""
    if secret is not None:
        WebhookSecret(webhook_folder(settings)).keep(secret)
    ready = threading.Event()
    with served_app(settings, **options) as app, closing(bound_socket("127.0.0.1", 0)) as held:
        timeout = float(settings.serve.client_timeout_seconds)
        server = http_server(app, client_timeout_s=timeout, ready=ready.set)
        thread = threading.Thread(target=server.run, args=([held],), daemon=True)
        thread.start()
        assert ready.wait(START_S)
        try:
            yield address(held)
        finally:
            server.should_exit = True
            thread.join(START_S)

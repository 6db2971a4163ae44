"""``notion-sync serve``, ``notion-sync webhook reset`` and ``notion-sync health``.

Here: the commands and what they print. Not here: the server (``serve``), the looks (``health``).
"""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.terminal import one_line
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.exit_codes import INCOMPLETE
from notion_sync_assets.log_format import configure_logging, log_format_option
from notion_sync_assets.settings import load_settings
from notion_sync_assets.webhook_folder import webhook_folder

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings

output_option = click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")
state_dir_option = click.option(
    "--state-dir", help="Local folder of the queue, when the export goes to an object store."
)


@click.command()
@output_option
@state_dir_option
@click.option("--host", help="Address to listen on (default: 127.0.0.1, this machine only).")
@click.option("--port", type=int, help="Port to listen on (default: 8766; 0 takes a free one).")
@click.option(
    "--await-verification",
    is_flag=True,
    help="Take the verification token of a new subscription, and show it once.",
)
@log_format_option
@config_file_option
@json_option
def serve(config_file: Path | None, *, as_json: bool, await_verification: bool, **options: Any) -> None:
    """Receive Notion's webhooks, and answer /metrics, /health and /ready."""
    keys = {
        "output": "output.path",
        "state_dir": "state_dir",
        "host": "serve.host",
        "port": "serve.port",
        "log_format": "logging.format",
    }
    with explained(as_json=as_json):
        flags = {key: options[name] for name, key in keys.items()}
        settings = load_settings(flags, config_file=config_file)
        configure_logging(settings)
        run_server(settings, await_verification=await_verification, as_json=as_json)


def run_server(settings: "Settings", *, await_verification: bool, as_json: bool) -> None:
    """Serve until SIGTERM or Ctrl-C; what was answered with 200 by then is on the disk."""
    from notion_sync_assets.export_steps import private_files
    from notion_sync_assets.serve.app import WEBHOOK_PATH, served_app
    from notion_sync_assets.serve.http_server import address, bound_socket, http_server

    if await_verification and WebhookSecret(webhook_folder(settings)).read() is not None:
        raise ConfigurationError(
            "there is a webhook secret already, and nothing replaces it",
            hint="'notion-sync webhook reset' forgets it; Notion then needs a new subscription",
        )

    def show(token: str) -> None:
        _say({"verification_token": token}, f"Verification token, shown once: {token}", as_json=as_json)

    with contextlib.closing(bound_socket(settings.serve.host, settings.serve.port)) as held, private_files():
        url = address(held)

        def ready() -> None:
            facts = {"url": url, "webhook": f"{url}{WEBHOOK_PATH}"}
            _say(facts, f"Serving {url}{WEBHOOK_PATH}, /metrics, /health and /ready", as_json=as_json)

        with served_app(settings, await_verification=await_verification, on_verified=show) as app:
            server = http_server(
                app, client_timeout_s=float(settings.serve.client_timeout_seconds), ready=ready
            )
            with _ended_by_signals(server.handle_exit):
                server.run([held])


@contextlib.contextmanager
def _ended_by_signals(end: object) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, end) for number in numbers}  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _say(facts: dict[str, str], sentence: str, *, as_json: bool) -> None:
    click.echo(orjson.dumps(facts).decode() if as_json else sentence)
    sys.stdout.flush()


@click.group("webhook")
def webhook_group() -> None:
    """Look after the webhook subscription."""


@webhook_group.command()
@output_option
@state_dir_option
@config_file_option
def reset(config_file: Path | None, *, output: str | None, state_dir: str | None) -> None:
    """Forget the webhook secret: until a new handshake every event is put off."""
    with explained():
        settings = load_settings({"output.path": output, "state_dir": state_dir}, config_file=config_file)
        removed = WebhookSecret(webhook_folder(settings)).remove()
    click.echo(
        "The secret is forgotten; run 'notion-sync serve --await-verification'."
        if removed
        else "There was no secret."
    )


@click.command()
@output_option
@state_dir_option
@config_file_option
@json_option
def health(config_file: Path | None, *, as_json: bool, output: str | None, state_dir: str | None) -> None:
    """Look once at storage, event store, daemon, memory, queue and Notion; exit code 1 if something is unhealthy."""
    from notion_sync_assets.health import Health, Level, local_health, looked
    from notion_sync_assets.notion_health import ask_notion

    with explained(as_json=as_json):
        settings = load_settings({"output.path": output, "state_dir": state_dir}, config_file=config_file)
        found = Health({**local_health(settings).parts, "api": looked(ask_notion, settings)})
    if as_json:
        click.echo(orjson.dumps(found.to_json()).decode())
    else:
        for name, part in sorted(found.parts.items()):
            click.echo(f"{part.level.name.lower():10} {name:12} {one_line(part.message)}")
    sys.exit(INCOMPLETE if found.level is Level.UNHEALTHY else 0)

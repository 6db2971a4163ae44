"""What log lines look like: text for people, or one JSON object a line, with no secret in either.

Here: the format of whole processes (``export``, ``serve``). Not here: what is logged. Runs under Dagster log through
Dagster, whose event log is structured already. Which run, scope and page a line is about, the places that work on them
say (``structlog.contextvars``); a line carries whatever is known where it was written.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import click

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.terminal import one_line
from notion_sync_assets.core.trace import TRACE
from notion_sync_assets.core.webhooks.secret import WebhookSecret
from notion_sync_assets.settings import MASK
from notion_sync_assets.webhook_folder import webhook_folder

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings

PACKAGE: Final = "notion_sync_assets"
_TEXT = "%(levelname)s %(name)s: %(message)s"
_SHORTEST_SECRET = 6
_TOKEN = re.compile(r"\b(ntn_|secret_)[A-Za-z0-9_\-]{8,}")

log_format_option = click.option(
    "--log-format", type=click.Choice(["text", "json"]), help="Log lines for people or for a collector."
)


class MaskingFormatter(logging.Formatter):
    """Takes known secrets, and whatever looks like a token, out of what another formatter made."""

    def __init__(self, inner: logging.Formatter, secrets: frozenset[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = self._inner.format(record)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return _TOKEN.sub(MASK, line)


class _LineFormatter(logging.Formatter):
    """A message is one line, whatever it quotes; a traceback below it has its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of the standard library
        record.message = one_line(record.message)
        return super().formatMessage(record)


def configure_logging(settings: "Settings", stream: IO[str] | None = None) -> None:
    """Log to standard error as the settings say: the package from its level on, libraries only warnings."""
    inner = _json_formatter() if settings.logging.format == "json" else _LineFormatter(_TEXT)
    output = logging.StreamHandler(stream or sys.stderr)
    output.setFormatter(MaskingFormatter(inner, frozenset(_secrets(settings))))
    logging.basicConfig(level=logging.WARNING, handlers=[output], force=True)
    # Dagster sets the level of the package's loggers to its own with each run; that of the handler holds.
    output.setLevel(settings.logging.level)
    for name in (PACKAGE, TRACE):
        logging.getLogger(name).setLevel(settings.logging.level)


def _json_formatter() -> logging.Formatter:
    """Return ``{"event", "level", "logger", "timestamp", …}`` with ``run_id``, ``scope`` and ``page_id`` where known."""
    # With it come the renderers of consoles, which no command line wants before it logs.
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
    )


def _line(event: Mapping[str, Any], **_options: Any) -> str:
    # In ASCII: a terminal that shows the line is not steered by it either.
    return json.dumps(event, default=str, sort_keys=True, separators=(",", ":"))


def _secrets(settings: "Settings") -> Iterator[str]:
    """Yield every secret of the settings and the state, long enough not to be a word of its own."""
    found: list[object] = [settings.notion.token and settings.notion.token.get_secret_value()]
    found.append(settings.notifications.url and settings.notifications.url.get_secret_value())
    if settings.limiter.dsn is not None:
        found.append(unquote(urlsplit(settings.limiter.dsn.get_secret_value()).password or ""))
    if settings.output.storage_options is not None:
        found.extend(_leaves(settings.output.storage_options.get_secret_value()))
    try:
        found.append(WebhookSecret(webhook_folder(settings)).read())
    except (ConfigurationError, OSError):
        # Without a folder there is no secret.
        found.append(None)
    yield from (each for each in found if isinstance(each, str) and len(each) >= _SHORTEST_SECRET)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif not isinstance(value, str) or "://" not in value:
        yield value

"""``notion-sync doctor``: what is wrong with configuration, token, sharing, folder and instance. Writes nothing.

Here: the command and its lines. Not here: the checks (``diagnosis_local``, ``diagnosis_notion``).
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.terminal import one_line
from notion_sync_assets.diagnosis import Check, exit_of, failed
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings


@click.command()
@click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")
@config_file_option
@json_option
def doctor(config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Check everything an export needs, and say what to do about what is wrong."""
    with explained(as_json=as_json):
        checks = []
        for check in _checks(output, config_file):
            checks.append(check)
            if not as_json:
                click.echo(_line(check))
    code = exit_of(checks)
    if as_json:
        report = {"exit_code": code, "checks": [check.to_json() for check in checks]}
        click.echo(orjson.dumps(report).decode())
    sys.exit(code)


def _checks(output: str | None, config_file: Path | None) -> Iterator[Check]:
    import asyncio

    from notion_sync_assets.diagnosis_local import local_checks, versions

    yield versions()
    try:
        settings = load_settings({"output.path": output}, config_file=config_file)
    except ConfigurationError as error:
        yield failed("configuration", error)
        return
    yield Check("configuration", "ok", f"valid, environment {settings.environment}")
    yield from local_checks(settings)
    yield from asyncio.run(_asked(settings))


async def _asked(settings: "Settings") -> list[Check]:
    from notion_sync_assets.diagnosis_notion import notion_checks

    return [check async for check in notion_checks(settings)]


def _line(check: Check) -> str:
    advice = f" - {check.hint}" if check.hint else ""
    return f"{check.level:4}  {check.name:18}  {one_line(check.message + advice)}"

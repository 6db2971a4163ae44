"""`notion-sync config`: the effective settings, and whether they are valid.

Belongs here: the two commands and their output. Does not: reading settings (`settings.py`), whether token and
workspace work (`notion-sync doctor` asks Notion; these commands ask nobody).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.instance import instance_folder
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings

Rows = Mapping[str, tuple[object, str]]


class InvalidConfigurationError(click.ClickException):
    """Ends the command with exit code 2, which stands for bad usage or configuration."""

    exit_code = 2

    @classmethod
    def of(cls, error: ConfigurationError) -> "InvalidConfigurationError":
        """Make it of an error of the settings; the hint goes on a line of its own."""
        return cls("\n".join(filter(None, (str(error), error.hint))))


config_file_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Configuration file (default: ./notion-sync.toml if it is there).",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)


@click.group("config")
def config_group() -> None:
    """Show or check the settings."""


@config_group.command()
@config_file_option
@json_option
def show(config_file: Path | None, *, as_json: bool) -> None:
    """Show every setting, its value and where it comes from; secrets are masked."""
    from notion_sync_assets.settings_layers import provenance

    rows = provenance(_loaded(config_file))
    click.echo(_as_json(rows) if as_json else _as_table(rows))


@config_group.command()
@config_file_option
@json_option
def check(config_file: Path | None, *, as_json: bool) -> None:
    """Check the settings without asking Notion; exit code 2 if something is wrong."""
    settings = _loaded(config_file)
    try:
        folder = instance_folder(settings)
    except ConfigurationError as error:
        raise InvalidConfigurationError.of(error) from error
    facts = {
        "valid": True,
        "environment": settings.environment.value,
        "output": settings.output.path,
        "instance": str(folder),
        "has_token": settings.notion.token is not None,
    }
    click.echo(json.dumps(facts, indent=2) if as_json else _as_sentence(facts))


def _loaded(config_file: Path | None) -> "Settings":
    try:
        return load_settings(config_file=config_file)
    except ConfigurationError as error:
        raise InvalidConfigurationError.of(error) from error


def _as_json(rows: Rows) -> str:
    values = {key: {"value": value, "source": source} for key, (value, source) in rows.items()}
    return json.dumps(values, indent=2, ensure_ascii=False)


def _as_table(rows: Rows) -> str:
    from notion_sync_assets.settings_fields import shown

    texts = {key: (shown(key, value), source) for key, (value, source) in rows.items()}
    key_width = max(map(len, texts))
    value_width = max(len(value) for value, _ in texts.values())
    return "\n".join(
        f"{key:{key_width}}  {value:{value_width}}  {source}" for key, (value, source) in texts.items()
    )


def _as_sentence(facts: Mapping[str, object]) -> str:
    missing = "" if facts["has_token"] else "; no token yet: set NOTION_TOKEN"
    return f"valid: environment {facts['environment']}, export to {facts['output']}{missing}"

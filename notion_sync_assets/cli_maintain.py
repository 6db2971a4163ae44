"""``notion-sync maintain``: forget what Dagster remembers for too long.

Here: the command. Not here: which runs go (``retention``), what is removed from the export (``notion-sync gc``).
"""

import datetime as dt
from pathlib import Path

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.settings import load_settings


@click.command()
@click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")
@click.option("--keep-runs", "keep_runs_days", type=int, help="Days that ended runs are kept (default: 90).")
@config_file_option
@json_option
def maintain(
    config_file: Path | None, *, output: str | None, keep_runs_days: int | None, as_json: bool
) -> None:
    """Remove old runs from the Dagster instance; the export stays as it is."""
    from notion_sync_assets.instance import open_instance
    from notion_sync_assets.names import Names
    from notion_sync_assets.retention import remove_old_runs

    with explained(as_json=as_json):
        chosen = {"output.path": output, "dagster.keep_runs_days": keep_runs_days}
        settings = load_settings(chosen, config_file=config_file)
        names = Names(settings.output.workspace)
        age = dt.timedelta(days=settings.dagster.keep_runs_days)
        with open_instance(settings) as instance:
            removed = remove_old_runs(instance, names, older_than=age)
        facts = {"runs_removed": removed, "kept_days": settings.dagster.keep_runs_days}
        click.echo(
            orjson.dumps(facts).decode()
            if as_json
            else f"{removed} runs older than {settings.dagster.keep_runs_days} days removed"
        )

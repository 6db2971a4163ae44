"""``notion-sync gc``, ``rollback`` and ``purge``: what is kept of an export, and taking things out of it.

Here: the commands. Not here: the rules (``core.history``).
"""

import datetime as dt
from pathlib import Path

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_history import output_option
from notion_sync_assets.settings import load_settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count what would be removed.")
@output_option
@config_file_option
@json_option
def gc(config_file: Path | None, *, dry_run: bool, output: str | None, as_json: bool) -> None:
    """Remove documents and files that no kept version needs (output.versions)."""
    with explained(as_json=as_json):
        from notion_sync_assets.committed_work import opened_alone
        from notion_sync_assets.core.history.collect import collect

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_alone(settings, "gc") as (runtime, _):
            now = dt.datetime.now(dt.UTC)
            found = collect(runtime.storage, settings.output.versions, now, dry_run=dry_run)
        if as_json:
            click.echo(orjson.dumps({"removed": found.removed, "dry_run": dry_run}).decode())
        else:
            verb = "would be removed" if dry_run else "removed"
            click.echo("\n".join(f"{count:>9}  {kind} {verb}" for kind, count in found.removed.items()))


@click.command()
@click.argument("scope")
@click.option(
    "--to", "to", type=int, required=True, help="Number of the commit whose state is taken up again."
)
@click.option("--expect", type=int, help="Number the scope must be at, or nothing is done.")
@output_option
@config_file_option
@json_option
def rollback(
    scope: str,
    config_file: Path | None,
    *,
    to: int,
    expect: int | None,
    output: str | None,
    as_json: bool,
) -> None:
    """Take up an earlier state of a scope (key, or id of its data source or top page) as a new commit."""
    with explained(as_json=as_json):
        from notion_sync_assets.committed_work import derive_all, opened_alone, publish_all
        from notion_sync_assets.core.history.rollback import rollback as roll_back

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_alone(settings, "rollback") as (runtime, run_id):
            key = runtime.scope_key(scope)
            commit = roll_back(runtime.storage, key, to, run_id=run_id, expected=expect)
            publish_all(runtime)
            derive_all(runtime)
        if as_json:
            click.echo(orjson.dumps({"scope": key, "sequence": commit.seq, "state_of": to}).decode())
        else:
            click.echo(f"{key} has the state of commit {to} again, as commit {commit.seq}")

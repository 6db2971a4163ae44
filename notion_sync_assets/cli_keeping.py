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


@click.command()
@click.argument("page")
@output_option
@config_file_option
@json_option
def purge(page: str, config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Remove a page (id or URL) from documents, versions, events, catalog, files and index; it is not exported again."""
    with explained(as_json=as_json):
        from notion_sync_assets.cli_history import identifier_of
        from notion_sync_assets.committed_work import opened_alone
        from notion_sync_assets.purging import purge_page

        identifier = identifier_of(page)
        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_alone(settings, "purge") as (runtime, _):
            result, backups = purge_page(runtime, identifier)
        if as_json:
            told = {"page": identifier, "commits": result.commits, "documents": result.documents}
            click.echo(orjson.dumps({**told, "files": result.files, "backups": backups}).decode())
        else:
            click.echo(
                f"removed {result.documents} documents and {result.files} files, from {result.commits} commits"
            )
            for file in backups:
                click.echo(f"still in the backup {file}")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@output_option
@config_file_option
@json_option
def publish(directory: Path, config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Copy the HTML site and the files it shows, and nothing else, to a folder that others may read."""
    with explained(as_json=as_json):
        from notion_sync_assets.committed_work import opened
        from notion_sync_assets.core.render.publication import publish_site

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened(settings) as runtime:
            storage = runtime.storage
        result = publish_site(storage, directory)
        if as_json:
            told = {"files": result.files, "written": result.written, "deleted": result.deleted}
            click.echo(orjson.dumps(told).decode())
        else:
            click.echo(
                f"{result.files} files in {directory}: {result.written} written, {result.deleted} removed"
            )

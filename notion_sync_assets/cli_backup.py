"""``notion-sync backup`` and ``restore``: one file with all that cannot be made again, and the way back.

Here: the commands. Not here: the archive (``core.backup``), the event log (``event_log``).
"""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_history import output_option
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.event_log import RestoredLog
    from notion_sync_assets.settings_model import Settings

_MAX_FILES = 20_000_000
_MAX_BYTES = 1 << 40


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@output_option
@config_file_option
@json_option
def backup(file: Path, config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Write all of an export that cannot be made again to one file, and check it."""
    with explained(as_json=as_json):
        from notion_sync_assets.committed_work import opened_alone
        from notion_sync_assets.core.backup.archive import write_backup

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_alone(settings, "backup") as (runtime, _):
            made = write_backup(runtime.storage, file, dt.datetime.now(dt.UTC))
        if as_json:
            click.echo(orjson.dumps(asdict(made)).decode())
        else:
            click.echo(f"{made.file}: {made.files} files, {made.bytes} bytes, sha256 {made.sha256}")


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.argument("directory", required=False)
@click.option("--max-files", type=int, default=_MAX_FILES, help="Most files a backup may hold.")
@click.option("--max-bytes", type=int, default=_MAX_BYTES, help="Most bytes a backup may hold.")
@output_option
@config_file_option
@json_option
def restore(
    file: Path | None,
    directory: str | None,
    config_file: Path | None,
    *,
    max_files: int,
    max_bytes: int,
    output: str | None,
    as_json: bool,
) -> None:
    """Restore a backup FILE into an empty DIRECTORY; without both, the lost Dagster event log of an export."""
    with explained(as_json=as_json):
        if file is not None and directory is None:
            raise click.UsageError("name the empty folder to restore the backup into")
        settings = load_settings({"output.path": directory or output}, config_file=config_file)
        if file is not None:
            _unpack(settings, file, max_files, max_bytes)
        log = _restore_log(settings, derive=file is not None)
        if as_json:
            click.echo(orjson.dumps(asdict(log)).decode())
        else:
            click.echo(
                f"{log.scopes} scopes: logged {log.commits} commits, {log.page_events} changes of pages"
            )


def _unpack(settings: "Settings", file: Path, max_files: int, max_bytes: int) -> None:
    from notion_sync_assets.core.backup.unpacking import Limits, unpack
    from notion_sync_assets.export_root import export_root
    from notion_sync_assets.export_steps import private_files

    storage = export_root(settings)
    with private_files():
        try:
            unpack(file, storage, Limits(max_files, max_bytes))
        finally:
            storage.clear_scratch()


def _restore_log(settings: "Settings", *, derive: bool) -> "RestoredLog":
    from notion_sync_assets.committed_work import derive_all, opened_alone
    from notion_sync_assets.event_log import restore_event_log
    from notion_sync_assets.instance import open_instance

    with opened_alone(settings, "restore") as (runtime, _):
        if derive:
            derive_all(runtime)
        with open_instance(settings) as instance:
            return restore_event_log(runtime, instance, runtime.names)

"""``notion-sync status``: the last receipt of an export, and who is working on it now.

Here: the command; it reads, calls nobody and writes nothing.
"""

from pathlib import Path

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_summary import is_failed_page, summary
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.receipt_file import receipt_names, receipt_with
from notion_sync_assets.export_root import export_root
from notion_sync_assets.settings import load_settings


@click.command()
@click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")
@config_file_option
@json_option
def status(config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Show the outcome of the last run."""
    with explained(as_json=as_json):
        settings = load_settings({"output.path": output}, config_file=config_file)
        receipt = last_receipt(export_root(settings))
        if as_json:
            brief = {key: value for key, value in receipt.items() if key != "objects"}
            click.echo(orjson.dumps(brief).decode())
        else:
            click.echo(summary(receipt))


def last_receipt(storage: Storage) -> Json:
    """Return the newest receipt of an export, of its objects the pages that failed; ``OutputFolderError`` when there is none."""
    names = receipt_names(storage)
    if not names:
        raise OutputFolderError(
            f"{storage.location} holds no finished export",
            hint="run 'notion-sync export' first, or give --output",
        )
    return receipt_with(storage, names[-1], is_failed_page)

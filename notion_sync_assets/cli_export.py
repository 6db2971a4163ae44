"""``notion-sync export``: options, and the outcome as text or JSON.

Here: the command. Not here: the steps (``export_run``), settings (``settings``).
"""

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.cli_summary import is_failed_page, summary
from notion_sync_assets.core.sync.receipt_file import receipt_with
from notion_sync_assets.core.sync.thoroughness import RECONCILE, Thoroughness
from notion_sync_assets.log_format import configure_logging, log_format_option
from notion_sync_assets.settings import load_settings


@click.command()
@click.option(
    "--output",
    "-o",
    help="Folder of the export (default: ./notion-export), or URL of an object store (s3://…).",
)
@click.option(
    "--state-dir", help="Local folder for Dagster's instance, when the export goes to an object store."
)
@click.option("--format", "formats", help="Formats to write, separated by commas.")
@click.option(
    "--database",
    "databases",
    multiple=True,
    help="Only this database or data source (id or URL); repeatable.",
)
@click.option("--page", "pages", multiple=True, help="Only the tree this page is in (id or URL); repeatable.")
@click.option("--exclude", multiple=True, help="Leave out this page, database or data source; repeatable.")
@click.option("--full", is_flag=True, help="Read everything again instead of only what changed.")
@click.option(
    "--delta", is_flag=True, help="Look only at what was edited since the last run; finds no removals."
)
@click.option(
    "--verify", is_flag=True, help="Also read a share of the unchanged pages again (sync.verify_share)."
)
@click.option("--no-blocks", is_flag=True, help="Leave out the content of pages.")
@click.option("--no-properties", is_flag=True, help="Leave out all properties of pages but the title.")
@click.option("--no-comments", is_flag=True, help="Leave out comments.")
@click.option("--no-files", is_flag=True, help="Leave out hosted files.")
@click.option("--max-file-size", type=int, help="Leave out hosted files larger than this many bytes.")
@click.option(
    "--strict", is_flag=True, help="Exit code 1 also for what is not shared, trashed or withheld by the API."
)
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@click.option("--verbose", "-v", is_flag=True, help="Log every request, page and scope instead of progress.")
@log_format_option
@config_file_option
@json_option
def export(config_file: Path | None, *, as_json: bool, quiet: bool, strict: bool, **options: Any) -> None:
    """Export everything the connection can see; run again to resume or to bring up to date."""
    with explained(as_json=as_json):
        mode = Thoroughness(full=options["full"], delta=options["delta"], verify=options["verify"])
        if mode.full and mode.delta:
            raise click.UsageError("--full reads everything and --delta only what was edited: choose one")
        if quiet and options["verbose"]:
            raise click.UsageError("--quiet says less and --verbose more: choose one")
        settings = load_settings(overrides(options), config_file=config_file)
        configure_logging(settings)
        quiet = quiet or options["verbose"]
        code = run_export(settings, mode=mode, strict=strict, quiet=quiet, as_json=as_json)
    sys.exit(code)


def overrides(options: dict[str, Any]) -> dict[str, object]:
    """Return the settings that the given options set; what was not given is left to the layers below."""
    flags = ("blocks", "properties", "comments", "files")
    found: dict[str, object] = {
        "output.path": options["output"],
        "state_dir": options["state_dir"],
        "output.formats": options["formats"],
        "logging.format": options.get("log_format"),
        "logging.level": "DEBUG" if options.get("verbose") else None,
        "output.max_file_size_bytes": options["max_file_size"],
    }
    for name in flags:
        found[f"output.{name}"] = False if options[f"no_{name}"] else None
    for name in ("databases", "pages", "exclude"):
        found[f"output.{name}"] = list(options[name]) or None
    return found


def run_export(
    settings: Any, *, strict: bool, quiet: bool, as_json: bool, mode: Thoroughness = RECONCILE
) -> int:
    """Run an export, print its outcome, return the exit code."""
    from notion_sync_assets.allocation import collector_paused, freeze_imports

    with collector_paused():
        from notion_sync_assets.cli_progress import ProgressDisplay
        from notion_sync_assets.export_run import ExportRun
        from notion_sync_assets.resources.export_runtime import ExportRuntime

    freeze_imports()
    runtime = ExportRuntime(settings)
    try:
        with ProgressDisplay(runtime, quiet=quiet) as display:
            outcome = ExportRun(runtime, mode=mode, strict=strict, phase=display.phase).run()
        receipt = receipt_with(runtime.storage, outcome.facts.run_id, is_failed_page)
    finally:
        runtime.close()
    location = runtime.storage.location
    path = f"{location}/{outcome.receipt}"
    if as_json:
        brief = {key: value for key, value in receipt.items() if key not in ("objects", "scopes", "format")}
        click.echo(orjson.dumps({**brief, "receipt": path, "output": location}).decode())
    else:
        click.echo(summary(receipt), err=True)
        click.echo(f"  receipt        {path}", err=True)
    return outcome.facts.exit_code

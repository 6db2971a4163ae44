"""``notion-sync emulator`` and ``notion-sync demo``: the local Notion, and the whole job against it.

Here: starting the emulator as a process of its own and ending it. Not here: the emulator.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator

import click

from notion_sync_assets.cli_config import json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.core.notion.errors import NotionUnavailableError
from notion_sync_assets.settings import load_settings

_DEMO_TOKEN = "secret_demo"  # noqa: S105 - the emulator's, worth nothing anywhere else
_UNLIMITED = 0


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def emulator(arguments: tuple[str, ...]) -> None:
    """Run a local Notion on the loopback interface (--help lists its options)."""
    from notion_sync_assets.emulator.__main__ import main

    sys.exit(main(list(arguments)))


@click.command()
@click.option("--output", "-o", default="demo-export", show_default=True, help="Folder of the export.")
@click.option("--format", "formats", help="Formats to write, separated by commas.")
@click.option(
    "--limit",
    default=_UNLIMITED,
    show_default=True,
    help="Requests a minute the demo's Notion allows; 0: any.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@json_option
def demo(output: str, formats: str | None, *, limit: int, quiet: bool, as_json: bool) -> None:
    """Export a made-up workspace from a local Notion: the whole job, no token needed."""
    from notion_sync_assets.cli_export import run_export

    with explained(as_json=as_json), running_emulator("--world", "demo", "--limit", str(limit)) as url:
        settings = load_settings(
            {
                "output.path": output,
                "output.formats": formats,
                "notion.base_url": url,
                "notion.token": _DEMO_TOKEN,
                "notion.requests_per_minute": limit,
            }
        )
        code = run_export(settings, strict=False, quiet=quiet, as_json=as_json)
        if not as_json:
            click.echo(_where_to_look(settings.output.path))
    sys.exit(code)


@contextlib.contextmanager
def running_emulator(*arguments: str) -> Iterator[str]:
    """Run the emulator in a process of its own, which ends with this one; yields its address."""
    command = [
        sys.executable,
        "-m",
        "notion_sync_assets.emulator",
        "--port",
        "0",
        "--exit-with-parent",
        *arguments,
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            if not ready:
                raise NotionUnavailableError("the local Notion did not start")
            yield json.loads(ready)["url"]
        finally:
            process.terminate()


def _where_to_look(path: str) -> str:
    return "\n".join(
        (
            f"The export is in {path}:",
            "  html/index.html a site that needs no server: open it in a browser",
            "  markdown/       every page as Markdown, links between them",
            "  csv/ parquet/   one table per data source",
            "  json/           every page, with all the API gave",
            "  notion.duckdb   everything as tables: open it with duckdb, read-only",
            "  receipts/       what was exported, and what could not be",
        )
    )

"""``notion-sync query`` and ``notion-sync catalog rebuild``: the DuckDB catalog from the command line.

Here: the commands. Not here: what a query may do (``core.catalog.queries``), how the catalog is made
(``core.catalog.builder``).
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from notion_sync_assets.cli_config import config_file_option, json_option
from notion_sync_assets.cli_errors import explained
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.export_root import export_root
from notion_sync_assets.settings import load_settings

if TYPE_CHECKING:
    from notion_sync_assets.core.catalog.builder import CatalogResult
    from notion_sync_assets.resources.export_runtime import ExportRuntime

_output_option = click.option("--output", "-o", help="Folder of the export (default: ./notion-export).")


@click.command()
@click.argument("sql")
@_output_option
@config_file_option
@click.option("--json", "form", flag_value="json", help="Print a JSON array with one object per row.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV with a header.")
def query(sql: str, config_file: Path | None, *, output: str | None, form: str | None) -> None:
    """Run one reading SQL statement on the catalog, for example 'SELECT title FROM pages'."""
    with explained(as_json=form == "json"):
        from notion_sync_assets.core.catalog.publication import opened_catalog
        from notion_sync_assets.core.catalog.queries import run_query
        from notion_sync_assets.core.catalog.query_output import FORMATTERS

        settings = load_settings({"output.path": output}, config_file=config_file)
        with opened_catalog(export_root(settings)) as path:
            result = run_query(path, sql, memory_limit=settings.catalog.query_memory_limit)
        click.echo(FORMATTERS[form or "table"](result), nl=False)


@click.group("catalog")
def catalog_group() -> None:
    """Look after the DuckDB catalog."""


@catalog_group.command()
@_output_option
@config_file_option
@json_option
def rebuild(config_file: Path | None, *, output: str | None, as_json: bool) -> None:
    """Throw the catalog away and make it again from what was committed."""
    with explained(as_json=as_json):
        from notion_sync_assets.resources.export_runtime import ExportRuntime

        runtime = ExportRuntime(load_settings({"output.path": output}, config_file=config_file))
        try:
            result = _rebuilt(runtime)
        finally:
            runtime.close()
        if as_json:
            click.echo(orjson.dumps({"scopes": len(result.replaced), "rows": result.rows}).decode())
        else:
            click.echo("\n".join(f"{count:>9}  {name}" for name, count in result.rows.items()))


def _rebuilt(runtime: "ExportRuntime") -> "CatalogResult":
    storage = runtime.storage
    if not storage.exists(layout.IDENTITY):
        raise OutputFolderError(
            f"{storage.location} holds no export", hint="run 'notion-sync export' first, or give --output"
        )
    # An export publishes a catalog of its own at its end: never two writers.
    runtime.leases.take(storage, layout.EXPORT_LEASE, "catalog rebuild")
    try:
        return runtime.build_catalog(anew=True)
    finally:
        runtime.leases.give_back(layout.EXPORT_LEASE)

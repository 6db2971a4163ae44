"""Publishing inside one run: links, formats and site of what is committed, each logged as the asset it brings up to date.

Here: the part of a run that its jobs share (``export_job``, ``export_parts``). Not here: the crawl before it, the
steps themselves (``assets``, ``jobs``), the command line, which makes each step a run of its own (``export_run``).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from notion_sync_assets.assets.derived import catalog_metadata, link_metadata, site_metadata
from notion_sync_assets.content_checks import log_content_checks
from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.render.formats import FORMATS
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.export_steps import private_files
from notion_sync_assets.jobs import render_and_log
from notion_sync_assets.names import DATA_VERSION_TAG, Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of
from notion_sync_assets.settings_model import Settings


def publish_and_log(
    context: dg.OpExecutionContext,
    runtime: ExportRuntime,
    names: Names,
    keys: Sequence[str],
    formats: Sequence[str],
) -> None:
    """Bring the link table, the scopes' formats and the site up to what is committed."""
    log_asset(context, names.notion("link_table"), link_metadata(runtime.build_links()))
    render_and_log(context, runtime, names, keys, formats)
    if HTML in formats:
        log_asset(context, names.export("site"), site_metadata(runtime.build_site()))


def asked_formats(settings: Settings, formats: Sequence[str]) -> list[str]:
    """Return the formats that a run is asked to write: those of its configuration, else of the settings.

    Raises ``ConfigurationError`` for a name that is no format.
    """
    unknown = [form for form in formats if form not in FORMATS]
    if unknown:
        raise ConfigurationError(f"{unknown[0]!r} is no format", hint=f"formats: {', '.join(FORMATS)}")
    return list(formats) or [form.value for form in settings.output.formats]


def catalog_op(names: Names, name: str) -> Any:
    """Return the last op of a job: it builds the catalog, then fails if it is told that something is missing."""

    @dg.op(
        name=names.job(name),
        description="Build notion.duckdb, then fail if the export is incomplete.",
        required_resource_keys={names.resource("export")},
        pool=names.catalog_pool,
    )
    def build_catalog(context: dg.OpExecutionContext, shortfall: str) -> None:
        runtime = runtime_of(context.resources, names)
        # Asked for before the build: what is committed meanwhile is for the next.
        version = runtime.commits.version()
        with private_files():
            result = runtime.build_catalog()
            if result.written:
                log_content_checks(context.instance, runtime, names)
        tags = {DATA_VERSION_TAG: version}
        log_asset(context, names.export("catalog"), catalog_metadata(result), tags)
        if shortfall:
            raise dg.Failure(shortfall, allow_retries=False)

    return build_catalog


def log_asset(
    context: dg.OpExecutionContext,
    key: dg.AssetKey,
    metadata: dict[str, dg.MetadataValue],
    tags: dict[str, str] | None = None,
) -> None:
    """Log that this run brought an asset up to date."""
    context.log_event(dg.AssetMaterialization(key, metadata=metadata, tags=tags))

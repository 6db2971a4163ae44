"""Assets made without Notion: page versions, the link table, the export formats, the site, the catalog.

Here: the definitions, one factory for all formats. Not here: rendering and building (``core``).
"""

from typing import Any

import dagster as dg

from notion_sync_assets.assets.tables import ROW_COUNT, catalog_tables
from notion_sync_assets.content_checks import log_content_checks
from notion_sync_assets.core.catalog.builder import CatalogResult
from notion_sync_assets.core.render.links import LinkTable
from notion_sync_assets.core.render.site.build import SiteResult
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.names import OWNER, Names
from notion_sync_assets.partitions import page_partitions, scope_partitions
from notion_sync_assets.resources.export_runtime import runtime_of

_FORMATS = {
    "json": "One canonical JSON file per page, with all the API gave.",
    "markdown": "One Markdown file per page with front matter and relative links.",
    "html": "A static site that needs no server.",
    "csv": "One CSV per data source, for spreadsheets.",
    "parquet": "Typed Parquet tables per data source, relations as edges.",
}


def page_versions(names: Names) -> dg.AssetSpec:
    """Return the external asset whose partitions are pages and whose materializations are their history."""
    return dg.AssetSpec(
        key=names.notion("page_versions"),
        group_name=names.group,
        description="The history of each page: one materialization per committed change, none otherwise.",
        partitions_def=page_partitions(names),
        kinds={"notion"},
        owners=[OWNER],
        tags=names.tags,
    )


def link_table(names: Names) -> dg.AssetsDefinition:
    """Return the link table asset."""

    @dg.asset(
        key=names.notion("link_table"),
        group_name=names.group,
        description="Titles, paths and back-links of everything, from all manifests; a slice for each scope.",
        deps=[names.notion("pages")],
        kinds={"parquet"},
        owners=[OWNER],
        tags=names.tags,
        required_resource_keys={names.resource("export")},
    )
    def link_table_asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        table = runtime_of(context.resources, names).build_links()
        return dg.MaterializeResult(metadata=link_metadata(table))

    return link_table_asset


def link_metadata(table: LinkTable) -> dict[str, dg.MetadataValue]:
    """Return the metadata of a link table brought up to date."""
    return {
        "scopes": dg.MetadataValue.int(len(table.slices)),
        "slices_changed": dg.MetadataValue.int(len(table.written)),
        "entries": dg.MetadataValue.int(table.entries),
    }


def export_asset(names: Names, form: str) -> dg.AssetsDefinition:
    """Return the asset of one export format, partitioned by scope."""

    @dg.asset(
        key=names.export(form),
        group_name=names.export_group,
        description=_FORMATS[form],
        partitions_def=scope_partitions(names),
        ins={"pages": dg.AssetIn(key=names.notion("pages"), dagster_type=dg.Any)},
        deps=[names.notion("link_table")],
        io_manager_key=names.resource(f"{form}_files"),
        kinds={form},
        owners=[OWNER],
        tags=names.tags,
        dagster_type=dg.Any,
    )
    def export(pages: Snapshot | None) -> Any:
        return pages

    return export


def site_asset(names: Names, freshness: dg.FreshnessPolicy | None = None) -> dg.AssetsDefinition:
    """Return the asset that joins the HTML of all scopes to one site; ``freshness``: how old it may become."""

    @dg.asset(
        key=names.export("site"),
        group_name=names.export_group,
        description="Start page, tree and search of the HTML site; opens from a disk.",
        deps=[names.export("html")],
        kinds={"html"},
        freshness_policy=freshness,
        owners=[OWNER],
        tags=names.tags,
        required_resource_keys={names.resource("export")},
    )
    def site(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        result = runtime_of(context.resources, names).build_site()
        return dg.MaterializeResult(metadata=site_metadata(result))

    return site


def site_metadata(result: SiteResult) -> dict[str, dg.MetadataValue]:
    """Return the metadata of a build of the site."""
    return {
        "built": dg.MetadataValue.bool(result.built),
        "pages": dg.MetadataValue.int(result.pages),
        "files": dg.MetadataValue.int(result.files),
        "files_written": dg.MetadataValue.int(result.written),
        "files_deleted": dg.MetadataValue.int(result.deleted),
    }


def catalog_asset(names: Names, freshness: dg.FreshnessPolicy | None = None) -> dg.AssetsDefinition:
    """Return the catalog asset, the only writer of the DuckDB file; ``freshness``: how old it may become."""

    @dg.asset(
        key=names.export("catalog"),
        group_name=names.export_group,
        description="notion.duckdb: every object, block, property, link, file, event and run as tables.",
        deps=[names.notion("pages"), names.notion("page_versions")],
        kinds={"duckdb"},
        freshness_policy=freshness,
        metadata={"tables": catalog_tables()},
        owners=[OWNER],
        tags=names.tags,
        pool=names.catalog_pool,
        required_resource_keys={names.resource("export")},
    )
    def catalog(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        runtime = runtime_of(context.resources, names)
        # Asked for before the build: what is committed meanwhile is for the next.
        version = dg.DataVersion(runtime.commits.version())
        result = runtime.build_catalog()
        if result.written:
            log_content_checks(context.instance, runtime, names)
        return dg.MaterializeResult(metadata=catalog_metadata(result), data_version=version)

    return catalog


def catalog_metadata(result: CatalogResult) -> dict[str, dg.MetadataValue]:
    """Return the metadata of a catalog build: what moved, and the rows of each table when a file was written."""
    return {
        "published": dg.MetadataValue.bool(result.written),
        "scopes_replaced": dg.MetadataValue.int(len(result.replaced)),
        "scopes_removed": dg.MetadataValue.int(len(result.removed)),
        **({ROW_COUNT: dg.MetadataValue.int(result.rows["objects"])} if result.rows else {}),
        **{name: dg.MetadataValue.int(count) for name, count in result.rows.items()},
    }

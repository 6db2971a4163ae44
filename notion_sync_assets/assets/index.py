"""``workspace_index``: what the connection can see, and the scopes to sync.

Here: the asset and its partitions' bookkeeping. Not here: the search (``core.sync.indexing``).
"""

import dagster as dg
from pydantic import Field

from notion_sync_assets.assets.previews import scopes_preview
from notion_sync_assets.assets.requests import request_metadata
from notion_sync_assets.assets.tables import ROW_COUNT
from notion_sync_assets.core.sync.indexing import IndexResult
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.names import OWNER, Names
from notion_sync_assets.partitions import add_keys
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of


class IndexConfig(dg.Config):
    """How the index is made."""

    search: bool = Field(
        default=True, description="Search the workspace; otherwise only look at what syncs discovered since."
    )
    both_ways: bool = Field(
        default=False,
        description="Search oldest first as well, so that nothing edited meanwhile slips through.",
    )
    delta: bool = Field(
        default=False, description="Search only down to what the last search had seen, and keep the rest."
    )


def index_asset(names: Names, freshness: dg.FreshnessPolicy | None = None) -> dg.AssetsDefinition:
    """Return the index asset of one workspace; ``freshness``: how old it may become."""

    @dg.asset(
        key=names.notion("workspace_index"),
        group_name=names.group,
        description="Everything the connection can see: pages, data sources, users, and the scopes to sync.",
        kinds={"notion", "parquet"},
        owners=[OWNER],
        tags=names.tags,
        freshness_policy=freshness,
        pool=names.notion_pool,
        required_resource_keys={names.resource("export")},
    )
    def workspace_index(context: dg.AssetExecutionContext, config: IndexConfig) -> dg.MaterializeResult[None]:
        runtime = runtime_of(context.resources, names)
        with told_to_dagster():
            result = (
                runtime.search(both_ways=config.both_ways, delta=config.delta)
                if config.search
                else runtime.extend()
            )
        runtime.index_result = result
        add_keys(context.instance, names.scopes, [scope.key for scope in result.scopes])
        return dg.MaterializeResult(metadata=index_metadata(runtime, result))

    return workspace_index


def index_metadata(runtime: ExportRuntime, result: IndexResult) -> dict[str, dg.MetadataValue]:
    """Return the metadata of a new or extended index."""
    state = runtime.index_state()
    counts = {name: dg.MetadataValue.int(count) for name, count in state.counts.items()}
    return {
        **counts,
        **request_metadata(runtime),
        ROW_COUNT: dg.MetadataValue.int(state.counts.get("pages", 0)),
        "scopes": dg.MetadataValue.int(len(result.scopes)),
        "first_scopes": scopes_preview(result.scopes),
        "scopes_due": dg.MetadataValue.int(len(result.due)),
        "direct_reads": dg.MetadataValue.int(result.probes),
        "not_shared": dg.MetadataValue.int(
            sum(each["state"] == "not_shared" for each in state.verdicts.values())
        ),
    }

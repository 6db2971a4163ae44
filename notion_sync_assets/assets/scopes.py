"""The scope assets: one step per scope crawls, plans and commits it; every output is always emitted (design §4).

Here: the multi-asset behind ``databases``, ``pages``, ``blocks`` and ``files``. Not here: many scopes in one run
(``jobs``), the crawl (``core.sync``).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from pydantic import Field

from notion_sync_assets.assets.publishing import publish_scopes
from notion_sync_assets.assets.requests import scope_metadata
from notion_sync_assets.assets.scope_events import (
    COMPLETENESS,
    OUTPUTS,
    completeness,
    data_version,
)
from notion_sync_assets.assets.tables import definition_metadata
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.core.sync.thoroughness import Thoroughness
from notion_sync_assets.failures import told_to_dagster
from notion_sync_assets.io_managers.documents import ScopeHandle
from notion_sync_assets.names import OWNER, Names
from notion_sync_assets.partitions import scope_partitions
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

_ATTEMPTS = 3
_DESCRIPTIONS = {
    "databases": "Data sources: schema, views, templates and the container they live in (0 rows for a page tree).",
    "pages": "Pages and rows with complete property values, and tombstones of those gone from Notion.",
    "blocks": "Block trees of the pages, whole, in document order.",
    "files": "Hosted files of the pages, stored once per content.",
}


class ScopeSyncConfig(dg.Config):
    """How a scope is synced."""

    full: bool = Field(default=False, description="Read every page again instead of only those that changed.")


def scope_assets(names: Names) -> dg.AssetsDefinition:
    """Return the multi-asset of one workspace."""
    outs = {
        name: dg.AssetOut(
            key=names.notion(name),
            description=_DESCRIPTIONS[name],
            group_name=names.group,
            io_manager_key=names.resource("documents"),
            kinds={"notion"},
            owners=[OWNER],
            tags=names.tags,
            metadata=definition_metadata(name),
            is_required=True,
            dagster_type=dg.Any,
        )
        for name in OUTPUTS
    }
    pages = names.notion("pages")

    @dg.multi_asset(
        name=f"{names.workspace}_scope",
        outs=outs,
        partitions_def=scope_partitions(names),
        deps=[names.notion("workspace_index")],
        check_specs=[
            dg.AssetCheckSpec(COMPLETENESS, asset=pages, description="Every page of the scope was read.")
        ],
        pool=names.notion_pool,
        required_resource_keys={names.resource("export")},
    )
    def scope(context: dg.AssetExecutionContext, config: ScopeSyncConfig) -> Iterator[Any]:
        runtime = runtime_of(context.resources, names)
        with told_to_dagster(attempt=context.retry_number, attempts=_ATTEMPTS):
            result = sync_one(runtime, context.partition_key, context.run.run_id, full=config.full)
            publish_scopes(runtime, context.instance, names, [result.scope.key])
        yield from _outputs(runtime, result, pages)

    return scope


def sync_one(runtime: ExportRuntime, key: str, run_id: str, *, full: bool) -> ScopeResult:
    """Sync the scope of a partition key; errors of the scope are raised, unknown keys are a ``ConfigurationError``."""
    groups = list(runtime.sync(runtime.known_scopes([key]), run_id, Thoroughness(full=full)))
    if key in runtime.batch.errors:
        raise runtime.batch.errors[key]
    return groups[-1][-1]


def _outputs(runtime: ExportRuntime, result: ScopeResult, pages: dg.AssetKey) -> Iterator[Any]:
    view = runtime.snapshot(result.scope.key)
    metadata = scope_metadata(runtime, result, view)
    seq = result.commit.seq if result.commit else 0
    for name in OUTPUTS:
        yield dg.Output(
            ScopeHandle(result.scope.key, seq),
            output_name=name,
            metadata=metadata[name],
            data_version=dg.DataVersion(data_version(result.commit)),
        )
    passed, facts = completeness(view)
    yield dg.AssetCheckResult(
        passed=passed,
        asset_key=pages,
        check_name=COMPLETENESS,
        metadata=facts,
        severity=dg.AssetCheckSeverity.ERROR,
    )

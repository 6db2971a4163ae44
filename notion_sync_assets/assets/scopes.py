"""The scope assets: one step per scope crawls, plans and commits it; every output is always emitted (design §4).

Here: the multi-asset behind ``databases``, ``pages``, ``blocks`` and ``files``. Not here: many scopes in one run
(``jobs``), the crawl (``core.sync``).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from notion_sync_assets.assets.publishing import publish_scope
from notion_sync_assets.assets.scope_events import (
    COMPLETENESS,
    OUTPUTS,
    completeness,
    data_version,
    output_metadata,
)
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.io_managers.documents import ScopeHandle
from notion_sync_assets.names import NOTION_POOL, OWNER, Names
from notion_sync_assets.partitions import scope_partitions
from notion_sync_assets.resources.export_runtime import ExportRuntime

_DESCRIPTIONS = {
    "databases": "Data sources: schema, views, templates and the container they live in (0 rows for a page tree).",
    "pages": "Pages and rows with complete property values, and tombstones of those gone from Notion.",
    "blocks": "Block trees of the pages, whole, in document order.",
    "files": "Hosted files of the pages, stored once per content.",
}


class ScopeSyncConfig(dg.Config):
    """How a scope is synced."""

    full: bool = False
    """Read every page again instead of only those that changed."""


def scope_assets(names: Names) -> dg.AssetsDefinition:
    """Return the multi-asset of one workspace."""
    outs = {
        name: dg.AssetOut(
            key=names.notion(name),
            description=_DESCRIPTIONS[name],
            group_name=names.group,
            io_manager_key="documents",
            kinds={"notion"},
            owners=[OWNER],
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
        pool=NOTION_POOL,
        required_resource_keys={"export"},
        retry_policy=dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL),
    )
    def scope(context: dg.AssetExecutionContext, config: ScopeSyncConfig) -> Iterator[Any]:
        runtime: ExportRuntime = context.resources.export
        result = sync_one(runtime, context.partition_key, context.run_id, full=config.full)
        publish_scope(runtime, context.instance, names, result.scope.key, context.log_event, context.run_id)
        yield from _outputs(runtime, result, pages)

    return scope


def sync_one(runtime: ExportRuntime, key: str, run_id: str, *, full: bool) -> ScopeResult:
    """Sync the scope of a partition key; errors of the scope are raised, unknown keys are a ``ValueError``."""
    scope = next((each for each in runtime.index_state().scopes if each.key == key), None)
    if scope is None:
        raise ValueError(f"no scope {key!r} is known; materialize workspace_index first")
    results = list(runtime.sync([scope], run_id, full=full))
    if key in runtime.batch.errors:
        raise runtime.batch.errors[key]
    return results[-1]


def _outputs(runtime: ExportRuntime, result: ScopeResult, pages: dg.AssetKey) -> Iterator[Any]:
    view = runtime.snapshot(result.scope.key)
    metadata = output_metadata(result, view)
    seq = result.commit.seq if result.commit else 0
    for name in OUTPUTS:
        yield dg.Output(
            ScopeHandle(result.scope.key, seq),
            output_name=name,
            metadata=metadata[name],
            data_version=dg.DataVersion(data_version(result)),
        )
    passed, facts = completeness(result, view)
    yield dg.AssetCheckResult(
        passed=passed,
        asset_key=pages,
        check_name=COMPLETENESS,
        metadata=facts,
        severity=dg.AssetCheckSeverity.ERROR,
    )

"""What the sync of a scope tells Dagster: the metadata of its four assets and the outcome of its check.

Here: pure translation from a result to metadata. Not here: when it is logged (``scopes``, ``jobs``).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import dagster as dg

from notion_sync_assets.assets.previews import pages_preview
from notion_sync_assets.assets.samples import failed_rows, page_samples, samples_markdown
from notion_sync_assets.assets.tables import PARTITION_ROW_COUNT, source_schema
from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.sync.commits import Commit, Snapshot
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.names import DATA_VERSION_TAG, Names

OUTPUTS = ("databases", "pages", "blocks", "files")
COMPLETENESS = "complete"


def output_metadata(result: ScopeResult, view: Snapshot | None) -> Mapping[str, dict[str, dg.MetadataValue]]:
    """Return the metadata of each output of a scope's sync."""
    commit = result.commit
    counts = commit.counts if commit else {}
    common = _common(result, commit)
    head = view.head() if view else None
    return {
        "databases": {**common, **_table(head, counts)},
        "pages": {**common, **_rows(counts.get("pages", 0)), **_outcomes(result), **_preview(view)},
        "blocks": {**common, **_rows(counts.get("blocks", 0))},
        "files": {**common, **_rows(counts.get("files", 0)), **_bytes(counts)},
    }


def completeness(view: Snapshot | None) -> tuple[bool, dict[str, dg.MetadataValue]]:
    """Return whether every page of the scope's committed state was read, with samples of those that were not."""
    failed = view.commit.counts.get("failed", 0) if view is not None else 0
    metadata: dict[str, dg.MetadataValue] = {"failed_pages": dg.MetadataValue.int(failed)}
    if view is not None and failed:
        metadata["samples"] = samples_markdown(page_samples(failed_rows(view)))
        metadata["repair"] = dg.MetadataValue.text(
            "materialize this partition again: failed pages are read anew"
        )
    return not failed, metadata


def completeness_evaluation(names: Names, view: Snapshot | None) -> dg.AssetCheckEvaluation:
    """Return the check's outcome as an event, for runs whose assets do not log it."""
    passed, facts = completeness(view)
    return dg.AssetCheckEvaluation(
        asset_key=names.notion("pages"),
        check_name=COMPLETENESS,
        passed=passed,
        metadata=facts,
        severity=dg.AssetCheckSeverity.ERROR,
    )


def data_version(commit: Commit | None) -> str:
    """Return the version of a scope's assets: its commit."""
    return f"{commit.seq}-{commit.sync_id}" if commit else "0"


def committed_result(commit: Commit) -> ScopeResult:
    """Return what a commit tells of the sync that made it, for events that are logged later."""
    scope = Scope(commit.scope, commit.kind, commit.root_id, commit.title)
    return ScopeResult(scope, commit, changed=True, counts=commit.counts)


def logged(fetch: Callable[..., dg.EventRecordsResult]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield partition and tags of all events that a question to the event log finds; ``fetch`` takes limit and cursor."""
    cursor: str | None = None
    while True:
        result = fetch(limit=1000, cursor=cursor)
        for record in result.records:
            event = record.asset_event
            if isinstance(event, dg.AssetMaterialization | dg.AssetObservation):
                yield str(event.partition), event.tags or {}
        if not result.has_more:
            return
        cursor = result.cursor


def logged_versions(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str) -> set[str]:
    """Return the data versions that the event log holds of a partition."""
    wanted = dg.AssetRecordsFilter(key, asset_partitions=[partition])
    found = logged(partial(instance.fetch_materializations, wanted))
    return {tags.get(DATA_VERSION_TAG, "") for _, tags in found}


def _common(result: ScopeResult, commit: Commit | None) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "title": dg.MetadataValue.text(result.scope.title),
        "notion": dg.MetadataValue.url(f"https://www.notion.so/{result.scope.root_id.replace('-', '')}"),
        "sequence": dg.MetadataValue.int(commit.seq if commit else 0),
    }
    if commit is not None:
        metadata["manifest"] = dg.MetadataValue.path(commit.manifest)
    return metadata


def _rows(count: int) -> dict[str, dg.MetadataValue]:
    return {PARTITION_ROW_COUNT: dg.MetadataValue.int(count)}


def _preview(view: Snapshot | None) -> dict[str, dg.MetadataValue]:
    return {} if view is None else {"edited_last": pages_preview(view)}


def _bytes(counts: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    return {"bytes": dg.MetadataValue.int(counts["bytes"])} if "bytes" in counts else {}


def _outcomes(result: ScopeResult) -> dict[str, dg.MetadataValue]:
    return {f"pages_{name}": dg.MetadataValue.int(count) for name, count in result.counts.items()}


def _table(head: Json | None, counts: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    if head is None:
        return _rows(0)
    return {
        **_rows(counts.get("pages", 0)),
        **source_schema(head),
        "views": dg.MetadataValue.int(len(head.get("views") or [])),
    }

"""Standing checks: what is broken right now over all scopes, exact count, samples, how to repair (design §4).

Here: the unpartitioned check ``failed_scopes``; a check on a partitioned asset shows only its last partition. Not
here: the completeness of one scope (``assets.scope_events``).
"""

from dataclasses import dataclass

import dagster as dg

from notion_sync_assets.assets.samples import SAMPLES, failed_rows, page_samples, samples_markdown
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

FAILED_SCOPES = "failed_scopes"


@dataclass(frozen=True, slots=True)
class FailedScopes:
    """Scopes with failed pages, or found but never committed: exact counts and the first samples."""

    scopes: dict[str, int]
    never_committed: list[str]
    samples: list[ManifestRow]


def failed_scopes(runtime: ExportRuntime) -> FailedScopes:
    """Return what is broken now, read from the committed manifests."""
    broken: dict[str, int] = {}
    samples: list[ManifestRow] = []
    missing = []
    for scope in runtime.index_state().scopes:
        commit = runtime.commits.head(scope.key)
        if commit is None:
            missing.append(scope.key)
        elif commit.counts.get("failed", 0):
            view = runtime.snapshot(scope.key)
            assert view is not None
            broken[scope.key] = view.commit.counts["failed"]
            samples.extend(failed_rows(view, SAMPLES - len(samples)))
    return FailedScopes(broken, missing, samples)


def failed_scopes_check(names: Names) -> dg.AssetChecksDefinition:
    """Return the check as people run it from the UI."""

    @dg.asset_check(
        asset=names.notion("workspace_index"),
        name=FAILED_SCOPES,
        description="No scope has failed pages, and every scope found was committed.",
        required_resource_keys={names.resource("export")},
    )
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        found = failed_scopes(runtime_of(context.resources, names))
        return dg.AssetCheckResult(
            passed=_passed(found), metadata=_metadata(found), severity=dg.AssetCheckSeverity.ERROR
        )

    return check


def failed_scopes_evaluation(names: Names, runtime: ExportRuntime) -> dg.AssetCheckEvaluation:
    """Return the check's outcome as an event, for runs that check themselves."""
    found = failed_scopes(runtime)
    return dg.AssetCheckEvaluation(
        asset_key=names.notion("workspace_index"),
        check_name=FAILED_SCOPES,
        passed=_passed(found),
        metadata=_metadata(found),
        severity=dg.AssetCheckSeverity.ERROR,
    )


def _passed(found: FailedScopes) -> bool:
    return not found.scopes and not found.never_committed


def _metadata(found: FailedScopes) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "failed_scopes": dg.MetadataValue.int(len(found.scopes)),
        "failed_pages": dg.MetadataValue.int(sum(found.scopes.values())),
        "never_committed": dg.MetadataValue.int(len(found.never_committed)),
    }
    lines = page_samples(found.samples)
    lines += [f"- scope `{key}` was found but never committed" for key in found.never_committed[:SAMPLES]]
    if lines:
        metadata["samples"] = samples_markdown(lines)
        metadata["repair"] = dg.MetadataValue.text(
            "notion-sync export: failed pages and scopes are tried again"
        )
    return metadata

"""Standing checks: what is broken right now over all scopes, exact count, samples, how to repair (design §4).

Here: the unpartitioned check ``failed_scopes``; a check on a partitioned asset shows only its last partition. Not
here: the completeness of one scope (``assets.scope_events``).
"""

from dataclasses import dataclass

import dagster as dg

from notion_sync_assets.assets.samples import (
    SAMPLES,
    code_span,
    failed_rows,
    page_samples,
    samples_markdown,
)
from notion_sync_assets.core.sync.manifest import ManifestRow
from notion_sync_assets.core.sync.stopped import StoppedScope, stopped_scopes
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

FAILED_SCOPES = "failed_scopes"


@dataclass(frozen=True, slots=True)
class FailedScopes:
    """What is broken now, exactly counted, with the first samples.

    ``scopes``: failed pages by scope. ``stopped``: scopes whose last sync ended with an error. ``waiting``: keys of
    scopes that were found and never synced: nothing is wrong with them.
    """

    scopes: dict[str, int]
    stopped: list[StoppedScope]
    waiting: list[str]
    samples: list[ManifestRow]

    @property
    def passed(self) -> bool:
        """Whether nothing is broken."""
        return not self.scopes and not self.stopped

    @property
    def keys(self) -> list[str]:
        """The partition keys to sync again, sorted."""
        return sorted({*self.scopes, *(each.key for each in self.stopped)})


def failed_scopes(runtime: ExportRuntime) -> FailedScopes:
    """Return what is broken now, read from the committed manifests and from what stopped syncs left behind."""
    stopped = {each.key: each for each in stopped_scopes(runtime.storage)}
    broken: dict[str, int] = {}
    samples: list[ManifestRow] = []
    known: set[str] = set()
    waiting: list[str] = []
    for scope in runtime.index_state().scopes:
        known.add(scope.key)
        commit = runtime.commits.head(scope.key)
        if commit is None:
            waiting.extend(() if scope.key in stopped else (scope.key,))
        elif commit.counts.get("failed", 0):
            view = runtime.snapshot(scope.key)
            assert view is not None
            broken[scope.key] = view.commit.counts["failed"]
            samples.extend(failed_rows(view, SAMPLES - len(samples)))
    return FailedScopes(broken, [each for key, each in stopped.items() if key in known], waiting, samples)


def failed_scopes_check(names: Names) -> dg.AssetChecksDefinition:
    """Return the check as people run it from the UI."""

    @dg.asset_check(
        asset=names.notion("workspace_index"),
        name=FAILED_SCOPES,
        description="No scope has failed pages, and no scope's last sync was stopped by an error.",
        required_resource_keys={names.resource("export")},
    )
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        found = failed_scopes(runtime_of(context.resources, names))
        return dg.AssetCheckResult(
            passed=found.passed, metadata=_metadata(found), severity=dg.AssetCheckSeverity.ERROR
        )

    return check


def failed_scopes_evaluation(names: Names, runtime: ExportRuntime) -> dg.AssetCheckEvaluation:
    """Return the check's outcome as an event, for runs that check themselves."""
    found = failed_scopes(runtime)
    return dg.AssetCheckEvaluation(
        asset_key=names.notion("workspace_index"),
        check_name=FAILED_SCOPES,
        passed=found.passed,
        metadata=_metadata(found),
        severity=dg.AssetCheckSeverity.ERROR,
    )


def _metadata(found: FailedScopes) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "failed_scopes": dg.MetadataValue.int(len(found.scopes)),
        "failed_pages": dg.MetadataValue.int(sum(found.scopes.values())),
        "stopped_scopes": dg.MetadataValue.int(len(found.stopped)),
        "never_synced": dg.MetadataValue.int(len(found.waiting)),
    }
    lines = page_samples(found.samples)
    lines += [
        f"- scope `{each.key}`: {code_span(each.message)} {each.hint}" for each in found.stopped[:SAMPLES]
    ]
    lines += [f"- scope `{key}` was found and not synced yet" for key in found.waiting[:SAMPLES]]
    if lines:
        metadata["samples"] = samples_markdown(lines)
    if not found.passed:
        metadata["repair"] = dg.MetadataValue.text(
            "launch the job sync_failed, or run notion-sync export: what failed is read again"
        )
    return metadata

"""Checks of what an export holds, over all scopes at once: links, rows, columns, omissions (design §4).

Here: the four checks of the catalog, as people run them and as a build of the catalog logs them. Not here: what they
count (``core.integrity``, ``core.sync.omitted``), pages and scopes that failed (``checks``). None stops anything: what
stops a scope raises before its commit.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import dagster as dg

from notion_sync_assets.assets.samples import SAMPLES, code_span, samples_markdown
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.integrity.links import link_findings
from notion_sync_assets.core.integrity.schema_drift import schema_drifts
from notion_sync_assets.core.integrity.table_rows import table_counts
from notion_sync_assets.core.sync.omitted import omissions
from notion_sync_assets.names import Names
from notion_sync_assets.resources.export_runtime import ExportRuntime, runtime_of

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
_REPAIR = "run notion-sync verify --repair, or launch the job publish_export"

Outcome = tuple[bool, dict[str, dg.MetadataValue]]


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """A check: what it looks at, and how grave it is when it fails."""

    name: str
    description: str
    severity: dg.AssetCheckSeverity
    look: Callable[[ExportRuntime], Outcome]


def links_resolve(runtime: ExportRuntime) -> Outcome:
    """Tell whether every file that rendered files link to is there."""
    found = link_findings(runtime.storage, runtime.render_options())
    lines = [
        f"- {code_span(each.title or each.path)} in `{each.scope}`, linked from `{each.linked_from}`:"
        f" {code_span(each.path)} is not there"
        for each in found.samples[:SAMPLES]
    ]
    counts = {"targets": found.targets, "missing": found.missing, "to_be_rendered": found.waiting}
    return not found.missing, _facts(counts, lines, _REPAIR)


def table_rows(runtime: ExportRuntime) -> Outcome:
    """Tell whether tables have as many rows as were listed."""
    tables, wrong = 0, []
    for each in table_counts(runtime.storage, runtime.render_options()):
        tables += 1
        wrong += [] if each.right else [each]
    lines = [
        f"- {code_span(each.path)} of `{each.scope}`: {'no file' if each.rows is None else each.rows},"
        f" {each.expected} rows are listed"
        for each in wrong[:SAMPLES]
    ]
    return not wrong, _facts({"tables": tables, "wrong": len(wrong)}, lines, _REPAIR)


def schema_drift(runtime: ExportRuntime) -> Outcome:
    """Tell whether columns are those of a week ago; new ones break nothing."""
    drifts = list(schema_drifts(runtime.storage, dt.datetime.now(dt.UTC)))
    breaking = [each for each in drifts if each.breaking]
    lines = [
        f"- {code_span(each.title)} (`{each.scope}`): {', '.join(map(code_span, each.breaking))}"
        for each in breaking[:SAMPLES]
    ]
    counts = {
        "data_sources": len(breaking),
        "columns": sum(len(each.breaking) for each in breaking),
        "new_columns": sum(len(each.added) for each in drifts),
    }
    return not breaking, _facts(counts, lines)


def omitted_content(runtime: ExportRuntime) -> Outcome:
    """Tell whether documents hold all there is; what the API keeps back is counted by reason."""
    reasons: Counter[str] = Counter()
    lines: list[str] = []
    for each in omissions(runtime.storage):
        reasons[each.reason] += 1
        if len(lines) < SAMPLES:
            page = f"[{code_span(each.title)}](https://www.notion.so/{compact_id(each.page_id)})"
            lines.append(f"- {page}: {each.kind}, {each.reason}")
    return not reasons, _facts({"omitted": reasons.total(), **dict(sorted(reasons.items()))}, lines)


CHECKS = (
    ContentCheck("links_resolve", "Every file that a rendered file links to is there.", ERROR, links_resolve),
    ContentCheck("table_rows", "CSV, Parquet and catalog have every row that was listed.", ERROR, table_rows),
    ContentCheck(
        "schema_drift", "No column went, was renamed or changed its type in a week.", WARN, schema_drift
    ),
    ContentCheck("omitted_content", "Nothing was left out of a document.", WARN, omitted_content),
)


def content_checks(names: Names) -> dg.AssetChecksDefinition:
    """Return the checks as people run them from the UI, all or some of them."""
    by_name = {each.name: each for each in CHECKS}

    @dg.multi_asset_check(
        name=names.job("content_checks"),
        specs=[
            dg.AssetCheckSpec(each.name, asset=names.export("catalog"), description=each.description)
            for each in CHECKS
        ],
        can_subset=True,
        required_resource_keys={names.resource("export")},
    )
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        runtime = runtime_of(context.resources, names)
        for key in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(**_outcome(names, runtime, by_name[key.name]))

    return checks


def log_content_checks(instance: dg.DagsterInstance, runtime: ExportRuntime, names: Names) -> None:
    """Log the outcome of each check, for runs that have built the catalog anew."""
    for check in CHECKS:
        instance.report_runless_asset_event(dg.AssetCheckEvaluation(**_outcome(names, runtime, check)))


def _outcome(names: Names, runtime: ExportRuntime, check: ContentCheck) -> dict[str, Any]:
    passed, metadata = check.look(runtime)
    return {
        "asset_key": names.export("catalog"),
        "check_name": check.name,
        "passed": passed,
        "metadata": metadata,
        "severity": check.severity,
    }


def _facts(counts: dict[str, int], lines: Iterable[str], repair: str = "") -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.int(count) for name, count in counts.items()
    }
    samples = list(lines)
    if samples:
        metadata["samples"] = samples_markdown(samples)
        metadata |= {"repair": dg.MetadataValue.text(repair)} if repair else {}
    return metadata

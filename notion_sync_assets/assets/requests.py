"""What a run cost at Notion, as metadata of the assets that call it.

Here: the few numbers worth a chart over runs. Not here: the whole account (``resources.request_report``), which is in
the receipt.
"""

from collections.abc import Mapping

import dagster as dg

from notion_sync_assets.assets.scope_events import output_metadata
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.core.sync.context import ScopeResult
from notion_sync_assets.resources.export_runtime import ExportRuntime


def request_metadata(runtime: ExportRuntime) -> dict[str, dg.MetadataValue]:
    """Return what this process has asked of Notion so far, and how much of the limit that was."""
    report = runtime.requests()
    metadata: dict[str, dg.MetadataValue] = {
        "requests_made": dg.MetadataValue.int(report["made"]),
        "requests_rejected": dg.MetadataValue.int(report["rejected"]),
        "requests_retried": dg.MetadataValue.int(sum(report["retries"].values())),
        "outages": dg.MetadataValue.int(report["outages"]),
    }
    if report.get("limit_per_window"):
        metadata["limit_utilisation"] = dg.MetadataValue.float(report["utilisation"])
    return metadata


def scope_metadata(
    runtime: ExportRuntime, result: ScopeResult, view: Snapshot | None
) -> Mapping[str, dict[str, dg.MetadataValue]]:
    """Return the metadata of each output of a scope's sync, with the requests beside the pages."""
    metadata = output_metadata(result, view)
    return {**metadata, "pages": {**metadata["pages"], **request_metadata(runtime)}}

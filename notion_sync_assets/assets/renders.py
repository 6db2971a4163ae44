"""What a rendered scope tells Dagster: counts, where its files lie, columns and rows of tables, a preview if wanted.

Here: translation from a render to metadata. Not here: rendering (``core.render``), when it is logged.
"""

from itertools import islice

import dagster as dg

from notion_sync_assets.assets.previews import content_preview, place
from notion_sync_assets.assets.tables import PARTITION_ROW_COUNT, source_schema
from notion_sync_assets.core.render.publish import RenderResult
from notion_sync_assets.core.render.render_state import RenderState
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.resources.export_runtime import ExportRuntime

_TABLES = ("csv", "parquet")
_TEXTS = ("markdown", "csv", "json")


def render_metadata(
    runtime: ExportRuntime, view: Snapshot, result: RenderResult
) -> dict[str, dg.MetadataValue]:
    """Return the metadata of a rendered scope; ``view`` is what it was rendered from."""
    return {
        "files": dg.MetadataValue.int(result.files),
        "written": dg.MetadataValue.int(result.written),
        "unchanged": dg.MetadataValue.int(result.unchanged),
        "deleted": dg.MetadataValue.int(result.deleted),
        "sequence": dg.MetadataValue.int(result.seq),
        **(_rows(view) if result.files and result.form in _TABLES else {}),
        **_first_file(runtime, result),
    }


def _rows(view: Snapshot) -> dict[str, dg.MetadataValue]:
    rows = view.commit.counts.get("pages", 0)
    return {PARTITION_ROW_COUNT: dg.MetadataValue.int(rows), **source_schema(view.head())}


def _first_file(runtime: ExportRuntime, result: RenderResult) -> dict[str, dg.MetadataValue]:
    storage = runtime.storage
    found = list(islice(RenderState(storage, result.form, result.scope).known(), 1)) if result.files else []
    if not found:
        return {}
    metadata = {"first_file": place(storage, found[0])}
    wanted = runtime.settings.dagster.previews and result.form in _TEXTS
    preview = content_preview(storage, found[0]) if wanted else None
    return metadata if preview is None else {**metadata, "preview": preview}

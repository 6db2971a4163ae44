"""The IO managers of the export formats: they write what a format's exporter yields, atomically, and nothing stale.

Here: one IO manager class, one instance per format. Not here: how a file is written (``core.render.publish``), what
is in it (the exporters).
"""

from typing import NoReturn

import dagster as dg

from notion_sync_assets.assets.renders import render_metadata
from notion_sync_assets.core.render.publish import mark_told
from notion_sync_assets.core.sync.commits import Snapshot
from notion_sync_assets.resources.export_runtime import ExportRuntime


class FormatIOManager(dg.IOManager):
    """Publishes one format of one scope. The value is the snapshot to render; nothing is held in memory."""

    def __init__(self, runtime: ExportRuntime, form: str) -> None:
        self._runtime = runtime
        self._form = form

    def handle_output(self, context: dg.OutputContext, obj: Snapshot | None) -> None:
        """Render into place; equal bytes are not touched, stale files are deleted."""
        if obj is None:
            context.add_output_metadata({"files": 0})
            return
        result = self._runtime.render(obj, self._form)
        context.add_output_metadata(render_metadata(self._runtime, obj, result))
        mark_told(self._runtime.storage, result)

    def load_input(self, context: dg.InputContext) -> NoReturn:
        """Nothing loads a rendered format: it is for people."""
        key = context.asset_key.to_user_string()
        raise dg.DagsterInvariantViolationError(
            f"{key} is files for people and has no value to load; name it in deps=[...] instead of as an input"
        )

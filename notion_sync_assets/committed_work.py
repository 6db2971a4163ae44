"""Work on what is committed, without a request to Notion: bringing formats, site, catalog and event log up to it.

Here: the steps that ``rollback``, ``purge``, ``restore`` and ``verify --repair`` end with, and how such a command opens an
export. Not here: that work itself (``core.history``, ``core.integrity``), an export (``export_run``).
"""

import contextlib
import uuid
from collections.abc import Iterator

from notion_sync_assets.assets.publishing import publish_scopes
from notion_sync_assets.core.history.exclusive import alone
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.render.places import HTML
from notion_sync_assets.core.render.publish import mark_told, result_of
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage
from notion_sync_assets.core.sync.outbox import scopes_behind
from notion_sync_assets.export_steps import chosen_scopes, private_files
from notion_sync_assets.instance import open_instance
from notion_sync_assets.resources.export_runtime import ExportRuntime
from notion_sync_assets.settings_model import Settings


def require_export(storage: Storage) -> None:
    """Refuse a place that holds no export, before anything is made there."""
    if not storage.exists(layout.IDENTITY):
        raise OutputFolderError(
            f"{storage.location} holds no export", hint="run 'notion-sync export' first, or give --output"
        )


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[ExportRuntime]:
    """Hand out the runtime of an export that is there, closed at the end."""
    runtime = ExportRuntime(settings)
    try:
        require_export(runtime.storage)
        with private_files():
            yield runtime
    finally:
        runtime.close()


@contextlib.contextmanager
def opened_alone(settings: Settings, command: str) -> Iterator[tuple[ExportRuntime, str]]:
    """Hand out runtime and run id for work that nobody else may disturb; ``LeaseHeldError`` while others work."""
    run_id = f"{command} {uuid.uuid4().hex[:8]}"
    with opened(settings) as runtime, alone(runtime.storage, runtime.leases, run_id):
        runtime.storage.clear_scratch()
        try:
            yield runtime, run_id
        finally:
            runtime.storage.clear_scratch()


def derive_all(runtime: ExportRuntime) -> None:
    """Bring links, the chosen formats, the site and the catalog up to what is committed."""
    runtime.build_links()
    kept, _ = chosen_scopes(runtime)
    formats = [form.value for form in runtime.settings.output.formats]
    for scope in kept:
        view = runtime.snapshot(scope.key)
        if view is not None:
            with contextlib.closing(runtime.render_all(view, formats)) as outcomes:
                for outcome in outcomes:
                    # These commands tell of commits; what was derived of them is no materialization of a run.
                    mark_told(runtime.storage, result_of(outcome))
    if HTML in formats:
        runtime.build_site()
    runtime.build_catalog()


def publish_all(runtime: ExportRuntime) -> int:
    """Log the events that the event log lacks; return how many pages' events that were."""
    with open_instance(runtime.settings) as instance:
        return publish_scopes(runtime, instance, runtime.names, scopes_behind(runtime.storage))

"""All changes to a workspace by the names the control API knows them by.

Content is in `content_changes.py`, places in `place_changes.py`, schemas and options in `schema_changes.py`.
"""

from collections.abc import Callable

from notion_sync_assets.emulator.content_changes import ContentChanges
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.place_changes import PlaceChanges
from notion_sync_assets.emulator.schema_changes import SchemaChanges
from notion_sync_assets.emulator.workspace import Workspace

Operation = Callable[..., Json]


class Changes(ContentChanges, PlaceChanges, SchemaChanges):
    """Every operation; public methods are operations, and nothing else is public."""


def operation(workspace: Workspace, search_lag: float, name: str) -> Operation | None:
    """The operation of that name on a workspace, None when there is none."""
    if name.startswith("_") or not callable(getattr(Changes, name, None)):
        return None
    found: Operation = getattr(Changes(workspace, search_lag), name)
    return found

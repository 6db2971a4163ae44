"""The format of an export's state as a whole, and the way up from an older one.

Here: the number, its steps, the refusal of a newer one. Not here: formats of single files (commits, documents, index,
tables, receipts), which say their own number.

``state/format.json`` holds ``{"format": n}``; a folder without it is of format 1, the first. A change that an older
program would misread, or that needs existing files rewritten, raises ``STATE_FORMAT`` and adds a step to ``STEPS``. A
step must be safe to repeat: the number is written after it, and a process may end in between.
"""

from collections.abc import Callable, Mapping

import orjson

from notion_sync_assets.core.canonical import canonical_bytes
from notion_sync_assets.core.notion.errors import OutputFolderError
from notion_sync_assets.core.storage import layout
from notion_sync_assets.core.storage.base import Storage

STATE_FORMAT = 1
STEPS: Mapping[int, Callable[[Storage], None]] = {}
"""Format → the step that brings a folder from it to the next."""


def state_format(storage: Storage) -> int:
    """Return the format of a folder; ``OutputFolderError`` when a newer program wrote it. Writes nothing."""
    try:
        found = int(orjson.loads(storage.read(layout.FORMAT))["format"])
    except FileNotFoundError:
        return 1
    if found > STATE_FORMAT:
        raise OutputFolderError(
            f"{storage.location} has state of format {found}; this version knows up to {STATE_FORMAT}",
            hint="install the version that wrote it, or a later one: pip install --upgrade notion-sync-assets",
        )
    return found


def upgrade_state(storage: Storage) -> None:
    """Bring a folder to the current format, step by step; the caller holds the lease of the export."""
    current = state_format(storage)
    for number in range(current, STATE_FORMAT):
        STEPS[number](storage)
        _record(storage, number + 1)
    if not storage.exists(layout.FORMAT):
        _record(storage, STATE_FORMAT)


def _record(storage: Storage, number: int) -> None:
    storage.write(layout.FORMAT, canonical_bytes({"format": number}))

"""Which storage the settings mean: a folder, or an object store with a local folder for unfinished files.

Here: that choice. Not here: the storages (``core.storage``), making a root ready (``export_steps``).
"""

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from notion_sync_assets.core.storage.local import LocalStorage

if TYPE_CHECKING:
    from notion_sync_assets.core.storage.base import Storage
    from notion_sync_assets.settings_model import Settings

_SCRATCH = "scratch"


def export_root(settings: "Settings") -> "Storage":
    """Return the storage of the export; nothing is made or asked yet.

    Raises ``ConfigurationError`` for an object store that nothing installed can open.
    """
    output = settings.output
    if not output.is_remote:
        return LocalStorage(Path(output.path))
    from notion_sync_assets.core.storage.objects import ObjectStorage

    options = output.storage_options.get_secret_value() if output.storage_options else {}
    folder = settings.state_dir or settings.dagster.home
    if folder is not None:
        return ObjectStorage(output.path, options, folder / _SCRATCH)
    # Commands that only look need neither folder.
    passing = Path(tempfile.mkdtemp(prefix="notion-sync-"))
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    return ObjectStorage(output.path, options, passing)

"""Where the queue and the secret of webhooks are: a local folder that server, sensor and command line share.

Here: that choice. Not here: what lies in it (``core.webhooks``). It is local even when the export is in an object
store: an event is answered when it is on the disk, and SQLite's locks need one.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.storage import layout

if TYPE_CHECKING:
    from notion_sync_assets.settings_model import Settings


def webhook_folder(settings: "Settings") -> Path:
    """Return the folder; it is made with the first secret or event.

    Raises ``ConfigurationError`` for an export in an object store when no local folder is set.
    """
    if settings.state_dir is not None:
        return settings.state_dir / "webhooks"
    if not settings.output.is_remote:
        return Path(settings.output.path) / layout.WEBHOOKS
    if settings.dagster.home is not None:
        return settings.dagster.home / "webhooks"
    raise ConfigurationError(
        f"an export to {settings.output.path} needs a local folder for webhooks",
        hint="set DAGSTER_HOME, or state_dir (--state-dir, NOTION_SYNC_STATE_DIR)",
    )

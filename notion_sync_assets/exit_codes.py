"""The exit codes of the command line (design §11), and which error ends with which."""

from notion_sync_assets.core.notion.errors import (
    ConfigurationError,
    NothingSharedError,
    NotionApiError,
    NotionSyncError,
    OutputFolderError,
)

OK = 0
INCOMPLETE = 1
BAD_USAGE = 2
NO_NOTION = 3
INTERRUPTED = 130


def exit_code(error: NotionSyncError) -> int:
    """Return the exit code for an error that ended a command."""
    if isinstance(error, ConfigurationError | OutputFolderError):
        return BAD_USAGE
    if isinstance(error, NotionApiError | NothingSharedError):
        return NO_NOTION
    return INCOMPLETE

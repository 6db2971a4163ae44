"""Why a hosted file could not be brought home, for good: a branch of the one error tree (`errors`).

Belongs here: the classes and their hints. Does not belong here: when they are raised (`file_policy`, `file_wire`,
`file_transfer`); a failure that may pass is a plain `TransientNotionError`, a full disk a `StorageError`.
Messages name the host and nothing else of an address: its query is a signature, its path may be private.
"""

from notion_sync_assets.core.notion.errors import PermanentNotionError


class FileUnavailableError(PermanentNotionError):
    """The host does not have the file, or refuses it even with a fresh signature; `status` is its last answer."""

    hint = "Open the page in Notion: if the file is broken there too, upload it again or remove the block."


class FileTooLargeError(PermanentNotionError):
    """The file is larger than the set limit; nothing of it is kept."""

    hint = "Raise the limit with --max-file-size if the file is wanted."


class FileRefusedError(PermanentNotionError):
    """The address, or one it redirects to, is not a place where Notion keeps files; it was not asked."""

    hint = "If Notion has begun to use this host for its files, report it; nothing was sent to it."

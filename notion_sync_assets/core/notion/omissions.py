"""The closed list of reasons for which a crawl leaves something out of a document, with the evidence for each.

Here: the reasons and the record. Not here: reasons of single formats (``render``). A reason in ``WITHHELD`` is the
API's doing, or what the operator asked for, and does not make a run incomplete; every other one does.
"""

from typing import Final

from notion_sync_assets.core.canonical import Json

UNSUPPORTED_BLOCK: Final = "unsupported_by_api"
"""The block's type is ``unsupported``; its content is not in the API (notion_api.md §4)."""

BLOCK_WITHHELD: Final = "block_withheld_by_api"
"""The block comes as id only: the connection may not read its content (§4, no-capability form)."""

ORIGINAL_NOT_SHARED: Final = "synced_original_not_shared"
"""A synced copy answers 404 for its children because the original is not shared (§17 point 10)."""

DATABASE_NOT_SHARED: Final = "database_not_shared"
"""A child database answers 404 or 400: linked to, or not shared with, the connection (§7)."""

COMMENTS_NOT_PERMITTED: Final = "comments_not_permitted"
"""The connection lacks the read-comments capability: 403 (§9)."""

VALUE_UNSUPPORTED: Final = "value_unsupported_by_api"
"""A formula or rollup too deep for the API comes as ``unsupported`` (§5)."""

FILE_TOO_LARGE: Final = "file_larger_than_limit"
"""The file is larger than the limit the operator has set."""

FILE_NOT_ALLOWED: Final = "file_host_not_allowed"
"""The file is not on a host of Notion's storage."""

CHILDREN_UNREADABLE: Final = "children_unreadable"
"""Notion refused a block's children for a reason the API does not document: the page counts as failed."""

PROPERTY_UNREADABLE: Final = "property_unreadable"
"""Notion refused the rest of a truncated property value: the page counts as failed."""

COMMENTS_UNREADABLE: Final = "comments_unreadable"
"""Notion refused a page's comments for another reason than a missing capability: the page counts as failed."""

BLOCK_COMMENTS_LATER: Final = "block_comments_in_a_later_run"
"""The requests a run may spend on comments on blocks were used up: a later run adds them (§9)."""

FILE_UNAVAILABLE: Final = "file_unavailable"
"""A hosted file could not be fetched: the page counts as failed."""

WITHHELD: Final = frozenset(
    {
        UNSUPPORTED_BLOCK,
        BLOCK_WITHHELD,
        ORIGINAL_NOT_SHARED,
        DATABASE_NOT_SHARED,
        COMMENTS_NOT_PERMITTED,
        VALUE_UNSUPPORTED,
        FILE_TOO_LARGE,
        FILE_NOT_ALLOWED,
        BLOCK_COMMENTS_LATER,
    }
)


def omission(kind: str, identifier: str, reason: str, detail: str = "") -> Json:
    """Return one record of a document's ``omitted`` list. ``kind``: block, property, comments, file, database."""
    return {"kind": kind, "id": identifier, "reason": reason, "detail": detail}

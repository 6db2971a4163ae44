"""What a document does not hold, told where it is missed.

Here: the records of a crawl in words. Not here: the closed list of reasons (``core.notion.omissions``).
"""

from typing import Final

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import page_properties
from notion_sync_assets.core.notion import omissions

_WORDS: Final = {
    omissions.UNSUPPORTED_BLOCK: "Notion's API does not give the content of this block",
    omissions.ORIGINAL_NOT_SHARED: "The original of this synced block is not shared with the connection",
    omissions.DATABASE_NOT_SHARED: "This database is not shared with the connection, or lies elsewhere",
    omissions.COMMENTS_NOT_PERMITTED: "The connection may not read comments",
    omissions.VALUE_UNSUPPORTED: "Notion's API does not give this value",
    omissions.FILE_TOO_LARGE: "The file is larger than the limit that was set",
    omissions.FILE_NOT_ALLOWED: "The file lies on a host that is not Notion's",
    omissions.CHILDREN_UNREADABLE: "Notion refused to give what is inside this block",
    omissions.PROPERTY_UNREADABLE: "Notion refused to give the rest of this value",
    omissions.COMMENTS_UNREADABLE: "Notion refused to give the comments",
    omissions.BLOCK_COMMENTS_LATER: "A later run adds the comments on blocks",
    omissions.BLOCK_WITHHELD: "The connection may not read the content of this block",
    omissions.FILE_UNAVAILABLE: "The file could not be fetched",
}


def reason_text(record: Json) -> str:
    """Return why something was left out."""
    reason = str(record.get("reason"))
    return _WORDS.get(reason, reason.replace("_", " "))


def described(record: Json, page: Json) -> str:
    """Return a record about a page object in one line: what, why, and the detail that was kept."""
    names = {str(value.get("id")): name for name, value in page_properties(page).items()}
    named = names.get(str(record.get("id"))) if record.get("kind") == "property" else None
    what = f"{record.get('kind')} {named}" if named else str(record.get("kind"))
    detail = record.get("detail")
    return f"{what}: {reason_text(record)}" + (f" ({detail})" if detail else "")

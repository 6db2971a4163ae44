"""The walk over a page's blocks: every level to its end, nothing asked for that is not there.

Here: which blocks have children, how a level is read, what is found on the way. Not here: properties, comments
and files of the page (``reader``). Rules: notion_api.md §4.
"""

from dataclasses import dataclass, field

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.notion import omissions
from notion_sync_assets.core.notion.client import PAGE_SIZE, NotionClient
from notion_sync_assets.core.notion.errors import (
    IncompleteListingError,
    NotionApiError,
    NotionUnavailableError,
    ObjectNotFoundError,
    UnauthorizedError,
)
from notion_sync_assets.core.notion.pagination import collect

_MEETING = ("meeting_notes", "transcription")
_SECTIONS = ("summary_block_id", "notes_block_id", "transcript_block_id")
_LEAVES = ("child_page", "child_database", "unsupported")


@dataclass
class Walked:
    """What a walk found: raw blocks with ``children``, the pages and databases below, what was left out."""

    blocks: list[Json] = field(default_factory=list)
    child_pages: list[Json] = field(default_factory=list)
    child_databases: list[Json] = field(default_factory=list)
    omitted: list[Json] = field(default_factory=list)


async def walk_blocks(client: NotionClient, page_id: str) -> Walked:
    """Return all blocks of a page. Errors of the page's own list propagate; those of a block below are recorded."""
    walked = Walked()
    walked.blocks = await _children(client, page_id)
    await _expand(client, walked.blocks, walked, frozenset((page_id,)))
    walked.child_pages = own_child_pages(walked.blocks)
    return walked


def own_child_pages(blocks: list[Json]) -> list[Json]:
    """Return the ``child_page`` blocks below walked blocks, in document order.

    A page inside a synced copy belongs to the page with the original: several pages may show it, one has it.
    """
    found, stack = [], list(reversed(blocks))
    while stack:
        block = stack.pop()
        if block.get("type") == "child_page":
            found.append(block)
        if not _is_copy(block):
            stack.extend(reversed(block.get("children") or []))
    return found


def list_requests(blocks: list[Json]) -> int:
    """Return how many requests the lists below walked blocks take when no page of a list comes short."""
    total, stack = 0, list(blocks)
    while stack:
        block = stack.pop()
        children = block.get("children") or []
        total += max(len(_parents_of_content(block)), -(-len(children) // PAGE_SIZE))
        stack.extend(children)
    return total


async def _children(client: NotionClient, block_id: str) -> list[Json]:
    return await collect(lambda cursor: client.block_children(block_id, cursor))


async def _expand(client: NotionClient, blocks: list[Json], walked: Walked, above: frozenset[str]) -> None:
    deeper = []
    for block in blocks:
        _note(block, walked)
        if _parents_of_content(block):
            deeper.append(block)
    await all_of(_descend(client, block, walked, above) for block in deeper)


async def _descend(client: NotionClient, block: Json, walked: Walked, above: frozenset[str]) -> None:
    children: list[Json] = []
    # A block inside of itself, as a synced copy inside of its original, would have no end: its content is there above.
    parents = [parent for parent in _parents_of_content(block) if parent not in above]
    for parent in parents:
        try:
            children.extend(await _children(client, parent))
        except (UnauthorizedError, NotionUnavailableError):
            raise
        except (NotionApiError, IncompleteListingError) as error:
            walked.omitted.append(_unreadable(block, error))
    if children:
        block["children"] = children
        await _expand(client, children, walked, above.union(parents))


def _note(block: Json, walked: Walked) -> None:
    kind = block.get("type")
    if block.get("has_children") and not isinstance(block.get("id"), str):
        walked.omitted.append(omissions.omission("block", "", omissions.CHILDREN_UNREADABLE, "no id"))
    if kind == "child_database":
        walked.child_databases.append(block)
    elif kind is None:
        walked.omitted.append(omissions.omission("block", str(block.get("id")), omissions.BLOCK_WITHHELD))
    elif kind == "unsupported":
        hint = str(_payload(block).get("block_type") or "")
        walked.omitted.append(
            omissions.omission("block", str(block.get("id")), omissions.UNSUPPORTED_BLOCK, hint)
        )


def _payload(block: Json) -> Json:
    found = block.get(str(block.get("type")))
    return found if isinstance(found, dict) else {}


def _parents_of_content(block: Json) -> list[str]:
    """Return the ids whose children are this block's content: itself, or the sections of meeting notes."""
    kind = block.get("type")
    if kind in _MEETING:
        sections = _payload(block).get("children")
        if isinstance(sections, dict):
            found = [sections[name] for name in _SECTIONS if isinstance(sections.get(name), str)]
            if found:
                return found
    if not block.get("has_children") or kind in _LEAVES or not isinstance(block.get("id"), str):
        return []
    return [str(block["id"])]


def _is_copy(block: Json) -> bool:
    payload = block.get("synced_block")
    return isinstance(payload, dict) and bool(payload.get("synced_from"))


def _unreadable(block: Json, error: Exception) -> Json:
    hidden = _is_copy(block) and isinstance(error, ObjectNotFoundError)
    reason = omissions.ORIGINAL_NOT_SHARED if hidden else omissions.CHILDREN_UNREADABLE
    code = getattr(error, "code", None) or type(error).__name__
    return omissions.omission("block", str(block.get("id")), reason, str(code))

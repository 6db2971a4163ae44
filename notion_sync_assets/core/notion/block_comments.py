"""Comments on single blocks: one request per block, so only where asked for, and within a run's allowance.

Here: which blocks are asked, and the allowance. Not here: comments on pages (``reader``), which pages are still to be
asked (``sync.plan``). The API lists no comments by page (notion_api.md §9).
"""

from collections.abc import Iterable

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.pagination import collect

_OF_THEIR_OWN = ("child_page", "child_database", "unsupported")


class RequestAllowance:
    """How many requests a run may still spend on something."""

    def __init__(self, requests: int) -> None:
        self._whole = requests
        self.left = requests

    def take(self, requests: int) -> bool:
        """Take requests from the allowance, all or none; who comes first gets more than there is, or never would."""
        if requests > self.left and self.left < self._whole:
            return False
        self.left -= requests
        return True


def commentable(blocks: Iterable[Json]) -> list[str]:
    """Return the ids of the blocks that may carry comments of their own, in the given order."""
    return [
        str(block["id"])
        for block in blocks
        if isinstance(block.get("id"), str) and block.get("type") not in (None, *_OF_THEIR_OWN)
    ]


async def read_block_comments(client: NotionClient, blocks: list[str]) -> list[Json]:
    """Return the comments on the blocks, those of a block together, in the order of the blocks."""
    found = await all_of(_comments(client, each) for each in blocks)
    return [comment for of_block in found for comment in of_block]


async def _comments(client: NotionClient, block_id: str) -> list[Json]:
    return await collect(lambda cursor: client.comments(block_id, cursor))

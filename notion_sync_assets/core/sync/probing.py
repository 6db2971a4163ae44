"""Probing: one direct read of an id that content mentions but no listing gave.

Here: which endpoint answers for which kind, and what an answer adds to the index. Not here: which ids to ask for
(``references``, ``indexing``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import (
    InvalidRequestError,
    ObjectNotFoundError,
    RestrictedError,
    UnauthorizedError,
)
from notion_sync_assets.core.sync.clock import Clock
from notion_sync_assets.core.sync.index import Index, Verdict

_REFUSED = (ObjectNotFoundError, InvalidRequestError, RestrictedError)


@dataclass(frozen=True, slots=True)
class Probe:
    """The answer for one id: ``object`` is what was read, None when the API refused it."""

    kind: str
    identifier: str
    verdict: Verdict
    object: Json | None = None


class Prober:
    """Reads ids directly and records the answers in one index."""

    def __init__(self, client: NotionClient, index: Index, clock: Clock) -> None:
        self._client = client
        self._index = index
        self._clock = clock
        self.asked = 0

    async def ask(self, kind: str, identifier: str) -> Probe:
        """Read an id and record what it is: a page, a data source, a user, or a verdict."""
        answer = await self._read(kind, identifier)
        found = answer.object or {}
        state = self._index.state
        if answer.verdict != "found":
            self.judge(answer.kind, identifier, answer.verdict)
        elif answer.kind == "page":
            self._index.pages.add(found, "probe")
        elif answer.kind == "data_source":
            self._index.add_source(found)
        elif answer.kind == "user":
            state.users = sorted([*state.users, normalise(found)], key=lambda user: str(user.get("id")))
            self.judge("user", identifier, "found")
        else:
            if answer.kind == "database":
                state.sources.update(
                    {str(each["id"]): identifier for each in found.get("data_sources") or []}
                )
            self.judge(answer.kind, identifier, "found")
        return answer

    async def page_above(self, block_id: str) -> str | None:
        """Return the page a block is on, asking upward; None when something above cannot be seen."""
        while True:
            found = (await self._read("block", block_id)).object or {}
            parent = found.get("parent") or {}
            if isinstance(parent.get("page_id"), str):
                return str(parent["page_id"])
            above = parent.get("block_id")
            if not isinstance(above, str) or above == block_id:
                return None
            block_id = above

    def judge(self, kind: str, identifier: str, verdict: str) -> None:
        """Record a verdict; the first one stays until a new search."""
        checked = {"kind": kind, "state": verdict, "checked_at": self._clock().isoformat()}
        self._index.state.verdicts.setdefault(identifier, checked)

    async def _read(self, kind: str, identifier: str) -> Probe:
        """Read once. A kind that a link does not tell is tried as page, then as database, then as block."""
        for each in ("page", "database", "block") if kind == "unknown" else (kind,):
            self.asked += 1
            try:
                found = await self._calls()[each](identifier)
            except UnauthorizedError:
                raise
            except _REFUSED:
                continue
            trashed = bool(found.get("in_trash") or found.get("archived"))
            return Probe(each, identifier, "trashed" if trashed else "found", found)
        return Probe(kind, identifier, "not_shared")

    def _calls(self) -> dict[str, Callable[[str], Awaitable[Json]]]:
        client = self._client
        return {
            "page": client.page,
            "database": client.database,
            "data_source": client.data_source,
            "block": client.block,
            "user": client.user,
            "comment": client.comment,
        }

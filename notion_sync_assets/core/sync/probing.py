"""Probing: one direct read of an id that content mentions but no listing gave.

Here: which endpoint answers for which kind, and what an answer adds to the index. Not here: which ids to ask for
(``references``, ``indexing``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.documents import objects_in
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
    verdict: Verdict
    object: Json | None = None


class Prober:
    """Reads ids directly and records the answers in one index."""

    def __init__(self, client: NotionClient, index: Index, clock: Clock) -> None:
        self._client = client
        self._index = index
        self._clock = clock
        self.asked = 0

    async def ask(self, kind: str, identifier: str) -> None:
        """Read an id and record what it is: a page, a data source, a user, or a verdict."""
        self._record(identifier, await self._read(kind, identifier))

    async def ask_again(self, kind: str, identifier: str) -> None:
        """Reconsider an earlier verdict. A guest who is refused now has left; what was known stays (§10)."""
        earlier = self._index.state.verdicts[identifier]["state"]
        answer = await self._read(kind, identifier)
        if earlier == "found" and answer.verdict != "found":
            return
        if answer.verdict != earlier:
            del self._index.state.verdicts[identifier]
        self._record(identifier, answer)

    def doubtful(self) -> list[tuple[str, str]]:
        """Return ``(kind, id)`` of what may have changed unseen: the refused, the trashed, users that no list shows."""
        return [
            (verdict["kind"], identifier)
            for identifier, verdict in sorted(self._index.state.verdicts.items())
            if verdict["state"] in ("not_shared", "trashed") or verdict["kind"] == "user"
        ]

    def forget_listed(self, listed_users: set[str]) -> None:
        """Drop verdicts on what the search lists now: they were of a time when it could not be seen."""
        state = self._index.state
        listed = {*listed_users, *state.sources, *state.sources.values()}
        for identifier in list(state.verdicts):
            if identifier in listed or self._index.pages.get(identifier) is not None:
                del state.verdicts[identifier]

    async def page_above(self, block_id: str) -> str | None:
        """Return the page a block is on, asking upward; None when something above cannot be seen."""
        while True:
            found = (await self._read("block", block_id)).object or {}
            parent = found.get("parent")
            if not isinstance(parent, dict):
                return None
            if isinstance(parent.get("page_id"), str):
                return str(parent["page_id"])
            above = parent.get("block_id")
            if not isinstance(above, str) or above == block_id:
                return None
            block_id = above

    def judge(self, kind: str, identifier: str, verdict: str) -> None:
        """Record a verdict; the first one stays until it is reconsidered or the object is listed."""
        checked = {"kind": kind, "state": verdict, "checked_at": self._clock().isoformat()}
        self._index.state.verdicts.setdefault(identifier, checked)

    def _record(self, identifier: str, answer: Probe) -> None:
        found, state = answer.object or {}, self._index.state
        if answer.verdict == "found" and answer.kind in ("page", "data_source"):
            state.verdicts.pop(identifier, None)
            if answer.kind == "page":
                self._index.pages.add(found, "probe")
            else:
                self._index.add_source(found)
            return
        if answer.verdict == "found" and answer.kind == "user":
            others = [user for user in state.users if user.get("id") != identifier]
            state.users = sorted([*others, normalise(found)], key=lambda user: str(user.get("id")))
        if answer.verdict == "found" and answer.kind == "database":
            held = objects_in(found.get("data_sources"))
            state.sources.update({str(each["id"]): identifier for each in held if each.get("id")})
        self.judge(answer.kind, identifier, answer.verdict)

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
            return Probe(each, "trashed" if trashed else "found", found)
        return Probe(kind, "not_shared")

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

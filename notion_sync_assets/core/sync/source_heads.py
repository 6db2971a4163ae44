"""How much the heads of data sources take: their views and templates, known from commits or from a few of them.

Here: counting. Not here: reading heads for an export (``listing``).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.concurrency import all_of
from notion_sync_assets.core.notion.client import NotionClient
from notion_sync_assets.core.notion.errors import NotionApiError, NotionUnavailableError, UnauthorizedError
from notion_sync_assets.core.notion.pagination import PageCall, collect
from notion_sync_assets.core.sync.estimate import Estimate, extrapolate

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Heads:
    """Views and templates of data sources. ``new_templates``: templates of data sources never exported."""

    views: Estimate
    templates: Estimate
    new_templates: Estimate


async def estimate_heads(
    client: NotionClient, sources: Sequence[str], committed: Mapping[str, Json], size: int
) -> Heads:
    """Return what the heads of ``sources`` hold; of those without a committed head at most ``size`` are asked."""
    fresh = [source for source in sources if source not in committed]
    chosen = sorted(fresh, key=lambda each: hashlib.sha256(each.encode()).digest())[:size]
    counts: list[tuple[int, int]] = []
    for start in range(0, len(chosen), _AT_ONCE):
        counts += await all_of(_count(client, source) for source in chosen[start : start + _AT_ONCE])
    views = extrapolate([each for each, _ in counts], len(fresh), least=0)
    templates = extrapolate([each for _, each in counts], len(fresh), least=0)
    known = [committed[source] for source in sources if source in committed]
    return Heads(
        views + Estimate.exactly(sum(len(head.get("views") or []) for head in known)),
        templates + Estimate.exactly(sum(len(head.get("templates") or []) for head in known)),
        templates,
    )


async def _count(client: NotionClient, source: str) -> tuple[int, int]:
    views = await _length(lambda cursor: client.views(data_source_id=source, cursor=cursor), "results")
    templates = await _length(lambda cursor: client.templates(source, cursor), "templates")
    return views, templates


async def _length(call: PageCall, results: str) -> int:
    try:
        return len(await collect(call, results))
    except (UnauthorizedError, NotionUnavailableError):
        raise
    except NotionApiError:
        return 0

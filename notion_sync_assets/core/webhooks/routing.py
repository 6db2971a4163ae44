"""Routing: which scope an event belongs to, and what has to be read again there. From the stored index alone.

Here: the rules. Not here: reading (``sync``), joining events (``batches``).

| event | leads to |
|---|---|
| of a known page, or of a comment on it | its scope, the page |
| of a page nobody knows, under a known page or in a known data source | that scope, the page and the one above |
| of a data source, its database or a view of it | its scope, the data source |
| of an upload | nothing: it shows when it is placed |
| a move, and everything else | the workspace, the page if there is one |
"""

from collections.abc import Collection

from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.scopes import Scope
from notion_sync_assets.core.webhooks.batches import WORKSPACE, Route
from notion_sync_assets.core.webhooks.event import WebhookEvent

_CONTAINERS = ("database", "data_source", "view")


class Router:
    """Routes events by an index. ``scopes``: those the settings ask for; what belongs to another leads nowhere."""

    def __init__(self, index: Index, scopes: Collection[Scope]) -> None:
        self._index = index
        self._keys = {scope.root_id: scope.key for scope in scopes}
        self._known = {scope.root_id for scope in index.state.scopes}

    def routes(self, event: WebhookEvent) -> list[Route]:
        """Return where an event leads, usually one scope; two for a database with two data sources."""
        if event.type.startswith("file_upload."):
            return []
        page = _page_of(event)
        if event.type == "page.moved":
            return [_workspace(page)]
        roots = self._roots_of_page(event, page) if page else self._roots_of_container(event)
        if not roots:
            return [_workspace(page)]
        return [
            Route(self._keys[root], frozenset(objects))
            for root, objects in roots.items()
            if root in self._keys
        ]

    def _roots_of_page(self, event: WebhookEvent, page: str) -> dict[str, set[str]]:
        above = event.parent_id if event.parent_type == "page" and event.parent_id != page else None
        root = self._root(page)
        if root is not None:
            # What came or went shows on the page above, too, which Notion may not stamp (docs/adr/0007).
            around = {above} if above and self._root(above) == root and not _is_edit(event) else set()
            return {root: {page, *around}}
        root = self._root(above) if above else None
        if root is not None and above is not None:
            return {root: {page, above}}
        source = event.data_source_id or (event.parent_id if event.parent_type == "data_source" else None)
        if source in self._known:
            return {source: {page}}
        return {}

    def _roots_of_container(self, event: WebhookEvent) -> dict[str, set[str]]:
        if event.entity_type not in _CONTAINERS:
            return {}
        named = {each for each in (event.entity_id, event.data_source_id) if each}
        if event.entity_type == "view" and event.parent_id:
            named.add(event.parent_id)
        sources = self._index.state.sources
        return {source: {source} for source in sorted(self._known) if {source, sources.get(source)} & named}

    def _root(self, page: str) -> str | None:
        root = self._index.pages.root_of(page)
        return root if root in self._known else None


def _page_of(event: WebhookEvent) -> str | None:
    if event.page_id is not None:
        return event.page_id
    if event.entity_type == "page":
        return event.entity_id
    return (
        event.parent_id if event.entity_type in ("block", "comment") and event.parent_type == "page" else None
    )


def _is_edit(event: WebhookEvent) -> bool:
    return event.type not in ("page.created", "page.deleted", "page.undeleted")


def _workspace(page: str | None) -> Route:
    return Route(WORKSPACE, frozenset({page} if page else ()))

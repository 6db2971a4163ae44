"""Selection: which scopes a run works on, given what a person named.

Here: the rule for whole scopes, on an index in memory. Not here: single pages left out inside a scope (``engine``),
where the names come from (settings).
"""

from collections.abc import Collection, Iterable

from notion_sync_assets.core.notion.errors import ConfigurationError
from notion_sync_assets.core.sync.index import Index
from notion_sync_assets.core.sync.scopes import Scope


def selected(
    index: Index, scopes: Iterable[Scope], *, wanted: Collection[str], exclude: Collection[str]
) -> list[Scope]:
    """Return the scopes to work on. ``wanted``: ids of pages, databases or data sources, empty for everything.

    ``exclude``: ids whose scopes are left out. Raises ``ConfigurationError`` for a wanted id nobody can see.
    """
    sources = index.state.sources
    kept = [scope for scope in scopes if not {scope.root_id, sources.get(scope.root_id)} & {*exclude}]
    if not wanted:
        return kept
    roots = {root for identifier in sorted(wanted) for root in _roots(index, identifier)}
    return [scope for scope in kept if scope.root_id in roots]


def _roots(index: Index, identifier: str) -> set[str]:
    page = index.pages.get(identifier)
    found = {page.root} if page is not None and page.root else set()
    found |= {source for source, database in index.state.sources.items() if identifier in (source, database)}
    if not found:
        raise ConfigurationError(
            f"{identifier} is nothing this connection can see",
            hint="check the id, and that the page or database is shared with the connection",
        )
    return found

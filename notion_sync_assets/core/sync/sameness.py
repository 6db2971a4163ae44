"""Whether two documents of a page differ in anything that is the page's own.

A document repeats titles and names of others: in blocks of child pages, in mentions, in user objects. When something else
is renamed, a page that happens to be read again gets another document though nobody changed it; that is no version of it,
and no event. Rendering takes these names from the link table (docs/adr/0003), so the earlier document does as well.

Here: the comparison. Not here: when pages are read. Names of what the export does not hold are the page's own: the link
table does not have them.
"""

from collections.abc import Callable
from typing import Any

from notion_sync_assets.core.canonical import Json, canonical_bytes
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.sync.index import Index

_STUBS = ("child_page", "child_database")
_NAMED = ("page", "database", "data_source", "user")

Known = Callable[[str], bool]


def known_to(index: Index) -> Known:
    """Return what tells whether an id is one of the pages, data sources, databases and users of an index."""
    sources = index.state.sources
    users = (str(user["id"]) for user in index.state.users)
    others = {*sources, *(each for each in sources.values() if each), *users}
    return lambda identifier: identifier in others or index.pages.root_of(identifier) is not None


def same_of_its_own(before: Document, after: Document, known: Known) -> bool:
    """Tell whether two documents differ at most in names of others. ``known``: whether the export holds an id."""
    return canonical_bytes(_own(before.to_json(), known)) == canonical_bytes(_own(after.to_json(), known))


def _own(value: Any, known: Known) -> Any:
    if isinstance(value, list):
        return [_own(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("object") == "user" and known(str(value.get("id"))):
        return {"id": value.get("id")}
    left_out = _names_of_others(value, known)
    return {name: _own(item, known) for name, item in value.items() if name not in left_out}


def _names_of_others(value: Json, known: Known) -> tuple[str, ...]:
    kind = str(value.get("type"))
    if value.get("object") == "block" and kind in _STUBS and known(str(value.get("id"))):
        return (kind,)
    if value.get("object") == "comment" and _known_in(value, "created_by", known):
        return ("display_name",)
    mention = value.get("mention")
    if kind == "mention" and isinstance(mention, dict) and mention.get("type") in _NAMED:
        return ("plain_text", "href") if _known_in(mention, str(mention["type"]), known) else ()
    return ()


def _known_in(value: Json, name: str, known: Known) -> bool:
    target = value.get(name)
    return isinstance(target, dict) and known(str(target.get("id")))

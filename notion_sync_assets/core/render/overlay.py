"""The overlay: what a document repeats about other objects, replaced by what the link table says now.

Here: one function over an API object. Not here: the link table, any output. A document is as old as its last
read; a rename elsewhere does not change the page that mentions it. Rendering only what this returns makes output
depend on the state of the workspace alone, so that an increment equals a fresh export (design §2, promise 5).

Replaced, where the link table knows the target:

- mentions of pages, databases and data sources: ``plain_text``, and ``href`` where the URL spells the title;
- mentions of users: the user object and ``plain_text`` (``@Name``);
- ``child_page`` and ``child_database`` blocks: ``title``;
- user objects in property values (people, created by, verified by) and in comments, and a comment's resolved
  display name;
- names in a database's list of data sources.

Kept: everything whose target the export does not hold, since the document's own text is then all there is; the
``created_by`` and ``last_edited_by`` of an object that are told by id only, as Notion does, since every block has
them. Relations hold ids only: their titles are looked up where they are shown (``values``).
"""

from typing import Any, Final

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document
from notion_sync_assets.core.identifiers import compact_id, id_in_url
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice, Lookup
from notion_sync_assets.core.render.names import UNTITLED

_OBJECT_MENTIONS = ("page", "database", "data_source")
_STUBS = ("child_page", "child_database")
_PARTIAL_KEYS: Final = 2
_AUTHORS = ("created_by", "last_edited_by")
# Objects without references: skipping them halves the time of a walk.
_PLAIN = frozenset(("annotations", "parent", "text", "external", "file"))


def overlay(value: Any, links: Lookup) -> Any:
    """Return an API value with its references to other objects brought up to date.

    The result shares what did not change with ``value``, which itself is never changed.
    """
    if type(value) is dict:
        return _overlay_item(value, links)
    return _overlay_list(value, links) if type(value) is list else value


def overlay_document(document: Document, links: Lookup) -> Document:
    """Return a document whose page, blocks, comments and linked databases are brought up to date."""
    return _with(document, overlay(document.page, links), links)


def current_document(document: Document, links: LinkSlice) -> Document:
    """Return what :func:`overlay_document` does, made once for all formats of a scope that are rendered together."""
    return links.once("document", document, lambda stored: _with(stored, current_page(stored, links), links))


def current_page(document: Document, links: LinkSlice) -> Json:
    """Return a document's page object brought up to date, made once like :func:`current_document`."""
    return links.once("page", document, lambda stored: overlay(stored.page, links))


def _with(document: Document, page: Json, links: Lookup) -> Document:
    return Document(
        page=page,
        blocks=overlay(document.blocks, links),
        comments=overlay(document.comments, links),
        files=document.files,
        databases=overlay(document.databases, links),
        omitted=document.omitted,
    )


def _overlay_item(value: Json, links: Lookup) -> Json:
    if "plain_text" in value:
        mention = value.get("mention")
        return _mention(value, mention, links) if isinstance(mention, dict) else value
    return _overlay_object(value, links)


def _overlay_list(values: list[Any], links: Lookup) -> list[Any]:
    changed: list[Any] | None = None
    for index, item in enumerate(values):
        shape = type(item)
        if shape is dict:
            # Most of what a document holds is text that people typed, whose links do not follow renames.
            if "plain_text" in item and "mention" not in item:
                continue
            new: Any = _overlay_item(item, links)
        elif shape is list:
            new = _overlay_list(item, links)
        else:
            continue
        if new is not item:
            changed = list(values) if changed is None else changed
            changed[index] = new
    return values if changed is None else changed


def _overlay_object(value: Json, links: Lookup) -> Json:
    kind = value.get("object")
    if kind == "user":
        return links.user(str(value.get("id"))) or value
    changes = {}
    for key, item in value.items():
        shape = type(item)
        if shape is dict:
            if key in _PLAIN or (kind is not None and key in _AUTHORS and len(item) <= _PARTIAL_KEYS):
                continue
            new: Any = _overlay_named(item, links) if key == "properties" else _overlay_item(item, links)
        elif shape is list and item:
            new = _overlay_list(item, links)
        else:
            continue
        if new is not item:
            changes[key] = new
    current = {**value, **changes} if changes else value
    return _renamed(current, links) if kind is not None else current


def _overlay_named(values: Json, links: Lookup) -> Json:
    """Return a mapping whose keys are names that people chose, so that none of them has a meaning here."""
    changed = {name: overlay(item, links) for name, item in values.items()}
    return changed if any(changed[name] is not values[name] for name in values) else values


def _renamed(value: Json, links: Lookup) -> Json:
    """Return an object with the titles of others in its own fields brought up to date."""
    kind = value["object"]
    if kind == "block" and value.get("type") in _STUBS:
        return _stub(value, str(value["type"]), links)
    if kind == "comment":
        return _comment(value, links)
    if kind == "database":
        return _container(value, links)
    return value


def _mention(item: Json, mention: Json, links: Lookup) -> Json:
    kind = str(mention.get("type"))
    target = mention.get(kind)
    identifier = str(target.get("id")) if isinstance(target, dict) else ""
    if kind == "user":
        user = links.user(identifier)
        return _user_mention(item, mention, user) if user else item
    entry = links.entry(identifier) if kind in _OBJECT_MENTIONS else None
    if entry is None:
        return item
    return {**item, "plain_text": entry.title or UNTITLED, "href": _href(item.get("href"), entry)}


def _user_mention(item: Json, mention: Json, user: Json) -> Json:
    name = user.get("name")
    return {
        **item,
        "mention": {**mention, "user": user},
        "plain_text": f"@{name}" if name else item.get("plain_text"),
    }


def _href(href: Any, entry: LinkEntry) -> Any:
    """Return the link of a mention: a URL that spells the title is only as new as the document."""
    if not isinstance(href, str) or entry.url is None or id_in_url(href) is None:
        return href
    last = href.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    return href if compact_id(last) == compact_id(entry.id) else entry.url


def _stub(block: Json, kind: str, links: Lookup) -> Json:
    entry = links.entry(str(block.get("id")))
    payload = block.get(kind)
    if entry is None or not isinstance(payload, dict):
        return block
    return {**block, kind: {**payload, "title": entry.title}}


def _comment(comment: Json, links: Lookup) -> Json:
    shown, author = comment.get("display_name"), comment.get("created_by")
    if not isinstance(shown, dict) or shown.get("type") != "user" or not isinstance(author, dict):
        return comment
    user = links.user(str(author.get("id")))
    if user is None:
        return comment
    return {**comment, "display_name": {**shown, "resolved_name": user.get("name")}}


def _container(database: Json, links: Lookup) -> Json:
    sources = database.get("data_sources")
    if not isinstance(sources, list):
        return database
    return {**database, "data_sources": [_named(source, links) for source in sources]}


def _named(source: Any, links: Lookup) -> Any:
    entry = links.entry(str(source.get("id"))) if isinstance(source, dict) else None
    return {**source, "name": entry.title} if entry else source

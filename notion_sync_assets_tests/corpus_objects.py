"""API objects by hand: the shortest way to say a block, a page, a comment, a database in a test.

Here: builders that fill in what the API always gives. Not here: whole documents and scopes (``corpus``).
Ids are derived from names, so ``identifier("heading_1")`` is the id of the block a test wants to find.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from notion_sync_assets.core.canonical import Json, normalise
from notion_sync_assets.core.documents import Document

CREATED = "2026-05-01T08:00:00.000Z"
EDITED = "2026-05-02T09:30:00.000Z"
HOSTED = "https://prod-files-secure.s3.us-west-2.amazonaws.com/space/file"


def identifier(name: str) -> str:
    """Return the id every test knows by ``name``."""
    value = hashlib.sha256(name.encode()).hexdigest()
    return f"{value[:8]}-{value[8:12]}-4{value[13:16]}-8{value[17:20]}-{value[20:32]}"


def person(name: str) -> Json:
    """Return a person in full."""
    return {
        "object": "user",
        "id": identifier(name),
        "name": name,
        "avatar_url": f"https://example.com/{name}.png",
        "type": "person",
        "person": {"email": f"{name.lower()}@example.com"},
    }


def partial_user(name: str) -> Json:
    """Return a user of whom only the id is told."""
    return {"object": "user", "id": identifier(name)}


ANNOTATIONS: Json = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}


def text(content: str, *, link: str | None = None, **annotations: Any) -> Json:
    """Return a rich-text item of type text."""
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": link} if link else None},
        "annotations": {**ANNOTATIONS, **annotations},
        "plain_text": content,
        "href": link,
    }


def equation(expression: str) -> Json:
    """Return an inline equation."""
    return {
        "type": "equation",
        "equation": {"expression": expression},
        "annotations": ANNOTATIONS,
        "plain_text": expression,
        "href": None,
    }


def mention(kind: str, value: Any, plain: str, href: str | None = None) -> Json:
    """Return a rich-text item that mentions something."""
    return {
        "type": "mention",
        "mention": {"type": kind, kind: value},
        "annotations": ANNOTATIONS,
        "plain_text": plain,
        "href": href,
    }


def hosted(name: str) -> Json:
    """Return a hosted file as a document holds it: no query string, no expiry."""
    return {"type": "file", "file": {"url": f"{HOSTED}/{name}"}}


def external(url: str) -> Json:
    """Return a file that lives elsewhere."""
    return {"type": "external", "external": {"url": url}}


def stored_file(name: str, media_type: str = "image/png") -> Json:
    """Return what a document knows about the bytes of a hosted file."""
    return {
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "size": len(name),
        "media_type": media_type,
        "extension": name.rsplit(".", 1)[-1],
        "name": name,
    }


def block(
    kind: str, payload: Json | None = None, children: list[Json] | None = None, *, name: str = ""
) -> Json:
    """Return a block; its id is ``identifier(name or kind)``. Parents are set by :func:`document`."""
    value: Json = {
        "object": "block",
        "id": identifier(name or kind),
        "parent": {},
        "type": kind,
        "created_time": CREATED,
        "last_edited_time": EDITED,
        "created_by": partial_user("Ada"),
        "last_edited_by": partial_user("Bob"),
        "has_children": bool(children),
        "in_trash": False,
        kind: payload or {},
    }
    if children:
        value["children"] = children
    return value


def paragraph(*items: Json | str, name: str = "", children: list[Json] | None = None) -> Json:
    """Return a paragraph of rich-text items; strings become plain text."""
    rich = [text(item) if isinstance(item, str) else item for item in items]
    payload = {"rich_text": rich, "color": "default", "icon": None}
    return block(
        "paragraph", payload, children, name=name or "paragraph " + "".join(i["plain_text"] for i in rich)
    )


def page(title: str, *, parent: Json | None = None, properties: Json | None = None, **values: Any) -> Json:
    """Return a page object; its id is ``identifier(title)`` unless ``id`` is given."""
    page_id = values.pop("id", identifier(title))
    titled = {"Name" if properties else "title": {"id": "title", "type": "title", "title": [text(title)]}}
    return {
        "object": "page",
        "id": page_id,
        "created_time": CREATED,
        "last_edited_time": EDITED,
        "created_by": partial_user("Ada"),
        "last_edited_by": partial_user("Bob"),
        "cover": None,
        "icon": None,
        "parent": parent or {"type": "workspace", "workspace": True},
        "in_trash": False,
        "is_archived": False,
        "is_locked": False,
        "properties": {**titled, **(properties or {})},
        "url": f"https://app.notion.com/p/{page_id.replace('-', '')}",
        "public_url": None,
        **values,
    }


def document(page_object: Json, blocks: list[Json] | None = None, **values: Any) -> Document:
    """Return a document with block parents set, normalised as the reader does it."""
    _set_parents(blocks or [], {"type": "page_id", "page_id": page_object["id"]})
    value = {
        "format": 1,
        "page": page_object,
        "blocks": blocks,
        "comments": [],
        "files": {},
        "databases": {},
        "omitted": [],
    }
    return Document.from_json(normalise({**value, **values}))


def _set_parents(blocks: list[Json], parent: Json) -> None:
    for item in blocks:
        item["parent"] = parent
        _set_parents(item.get("children", []), {"type": "block_id", "block_id": item["id"]})


def comment(name: str, parent: Json, rich_text: list[Json]) -> Json:
    """Return a comment by Ada."""
    return {
        "object": "comment",
        "id": identifier(name),
        "parent": parent,
        "discussion_id": identifier(name + " discussion"),
        "created_time": CREATED,
        "last_edited_time": CREATED,
        "created_by": person("Ada"),
        "rich_text": rich_text,
        "display_name": {"type": "user", "resolved_name": "Ada"},
    }


def database(title: str, *, parent: Json | None = None, sources: Iterable[str] = ()) -> Json:
    """Return a database container; its id is ``identifier(title)``."""
    database_id = identifier(title)
    return {
        "object": "database",
        "id": database_id,
        "title": [text(title)],
        "description": [text("About " + title)],
        "parent": parent or {"type": "workspace", "workspace": True},
        "is_inline": False,
        "in_trash": False,
        "is_locked": False,
        "created_time": "2026-04-01T10:31:12.643+00:00",
        "last_edited_time": "2026-04-02T10:31:12.643+00:00",
        "data_sources": [{"id": identifier(name), "name": name} for name in sources],
        "icon": None,
        "cover": None,
        "url": f"https://app.notion.com/p/{database_id.replace('-', '')}",
        "public_url": None,
    }


def option(name: str, color: str = "blue") -> Json:
    """Return an option of a select, multi-select or status."""
    return {"id": identifier("option " + name), "name": name, "color": color}

"""The objects of the API (reference §7) in the 2026-03-11 shape, from the few facts that differ between them.

Kinds of objects have one word each everywhere in the emulator: page, block, database, data_source, view,
comment, user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notion_sync_assets.emulator.hosted import SPACE_ID
from notion_sync_assets.emulator.json_types import Json
from notion_sync_assets.emulator.richtext import page_url, plain, rich
from notion_sync_assets.emulator.stamps import milli_stamp, minute_stamp

WORKSPACE = {"type": "workspace", "workspace": True}
PARENT_KINDS = {
    "page_id": "page",
    "block_id": "block",
    "data_source_id": "data_source",
    "database_id": "database",
}


@dataclass(frozen=True)
class Stamp:
    """When and by whom: seconds since 1970 and user ids."""

    created: float
    edited: float
    author: str
    editor: str


def parent(kind: str, object_id: str, database_id: str | None = None) -> Json:
    """A parent object; rows name their database too."""
    made: Json = {"type": f"{kind}_id", f"{kind}_id": object_id}
    return {**made, "database_id": database_id} if database_id else made


def parent_of(obj: Json) -> tuple[str, str] | None:
    """(kind, id) of an object's parent, None at the top of the workspace."""
    held = obj.get("parent") or {}
    kind = PARENT_KINDS.get(str(held.get("type")))
    return (kind, held[held["type"]]) if kind else None


def page(
    page_id: str,
    stamp: Stamp,
    properties: Json,
    parent: Json = WORKSPACE,
    *,
    icon: Json | None = None,
    cover: Json | None = None,
    public: bool = False,
) -> Json:
    """A page object; rows differ from other pages in parent and properties only."""
    title = plain(title_items(properties))
    return {
        "object": "page",
        "id": page_id,
        **_marks(stamp),
        "cover": cover,
        "icon": icon,
        "parent": parent,
        "in_trash": False,
        "is_archived": False,
        "is_locked": False,
        "properties": properties,
        "url": page_url(page_id, title),
        "public_url": f"https://emulator.notion.site/{page_id.replace('-', '')}" if public else None,
    }


def title_property(value: Any) -> Json:
    """`properties` of a page that is no row."""
    return {"title": {"id": "title", "type": "title", "title": rich(value)}}


def title_items(properties: Json) -> list[Json]:
    """The rich text of the title column, whatever it is called."""
    for held in properties.values():
        if isinstance(held, dict) and held.get("type") == "title":
            return held.get("title") or []
    return []


def title_of(obj: Json) -> str:
    """The plain title of a page, database or data source."""
    if obj.get("object") == "page":
        return plain(title_items(obj.get("properties", {})))
    return plain(obj.get("title") or [])


def block(block_id: str, stamp: Stamp, kind: str, payload: Json, parent: Json, *, has_children: bool) -> Json:
    """A block object."""
    return {
        "object": "block",
        "id": block_id,
        "parent": parent,
        **_marks(stamp),
        "has_children": has_children,
        "in_trash": False,
        "type": kind,
        kind: payload,
    }


def database(  # noqa: PLR0913 - the facts of a container, each with its own name
    database_id: str,
    stamp: Stamp,
    title: str,
    sources: Sequence[tuple[str, str]],
    parent: Json = WORKSPACE,
    *,
    inline: bool = False,
    icon: Json | None = None,
    cover: Json | None = None,
    description: str = "",
) -> Json:
    """A container around (id, name) of its data sources; its times have milliseconds, and no authors."""
    return {
        "object": "database",
        "id": database_id,
        "title": rich(title),
        "description": rich(description),
        "parent": parent,
        "is_inline": inline,
        "in_trash": False,
        "is_locked": False,
        "created_time": milli_stamp(stamp.created + 0.643),
        "last_edited_time": milli_stamp(stamp.edited + 1.204),
        "data_sources": [{"id": source_id, "name": name} for source_id, name in sources],
        "icon": icon,
        "cover": cover,
        "url": page_url(database_id),
        "public_url": None,
    }


def data_source(
    source_id: str, stamp: Stamp, title: str, schema: Json, container: Json, description: str = ""
) -> Json:
    """A table with its schema inside the database object `container`."""
    return {
        "object": "data_source",
        "id": source_id,
        "title": rich(title),
        "description": rich(description),
        "parent": parent("database", container["id"]),
        "database_parent": container["parent"],
        "is_inline": container["is_inline"],
        "in_trash": False,
        **_marks(stamp),
        "properties": schema,
        "icon": container["icon"],
        "cover": container["cover"],
        "url": page_url(container["id"]),
        "public_url": None,
    }


def view(
    view_id: str, stamp: Stamp, name: str, kind: str, database_id: str, source_id: str | None, **shown: Any
) -> Json:
    """A view of a data source inside a database (which need not be the source's own); dashboards have no source.

    ``shown``: its filter, sorts and configuration.
    """
    return {
        "object": "view",
        "id": view_id,
        "parent": parent("database", database_id),
        "data_source_id": source_id,
        "name": name,
        "type": kind,
        "filter": None,
        "sorts": [],
        "quick_filters": None,
        "configuration": None,
        "url": f"{page_url(database_id)}?v={view_id.replace('-', '')}",
        "created_time": milli_stamp(stamp.created + 0.25),
        "created_by": user_ref(stamp.author),
        "last_edited_time": milli_stamp(stamp.edited + 0.5),
        "last_edited_by": user_ref(stamp.editor),
        **shown,
    }


def comment(comment_id: str, stamp: Stamp, on: Json, discussion_id: str, value: Any, name: str) -> Json:
    """An unresolved comment on a page or block."""
    return {
        "object": "comment",
        "id": comment_id,
        "parent": on,
        "discussion_id": discussion_id,
        "created_time": minute_stamp(stamp.created),
        "last_edited_time": minute_stamp(stamp.edited),
        "created_by": user_ref(stamp.author),
        "rich_text": rich(value),
        "display_name": {"type": "user", "resolved_name": name},
    }


def person(user_id: str, name: str, email: str, avatar: str | None = None) -> Json:
    """A member or guest."""
    return {
        "object": "user",
        "id": user_id,
        "name": name,
        "avatar_url": avatar,
        "type": "person",
        "person": {"email": email},
    }


def own_bot(user_id: str, name: str, workspace: str) -> Json:
    """The connection itself, as `users/me` answers."""
    return {
        "object": "user",
        "id": user_id,
        "name": name,
        "avatar_url": None,
        "type": "bot",
        "bot": {
            "owner": {"type": "workspace", "workspace": True},
            "workspace_name": workspace,
            "workspace_id": SPACE_ID,
            "workspace_limits": {"max_file_upload_size_in_bytes": 5_242_880},
        },
    }


def user_ref(user_id: str) -> Json:
    """A partial user."""
    return {"object": "user", "id": user_id}


def _marks(stamp: Stamp) -> Json:
    return {
        "created_time": minute_stamp(stamp.created),
        "last_edited_time": minute_stamp(stamp.edited),
        "created_by": user_ref(stamp.author),
        "last_edited_by": user_ref(stamp.editor),
    }

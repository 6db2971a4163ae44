"""A page as a file: its document and the link table in, bytes of HTML out.

Here: which parts a page has. Not here: how they are laid out (``templates/page.html.j2``), blocks (``blocks``).
"""

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import Document, page_properties, page_title
from notion_sync_assets.core.identifiers import compact_id
from notion_sync_assets.core.render import omitted
from notion_sync_assets.core.render.html import navigation
from notion_sync_assets.core.render.html.addresses import safe_url
from notion_sync_assets.core.render.html.blocks import render_blocks
from notion_sync_assets.core.render.html.comments import discussions
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.icons import described, icon, picture
from notion_sync_assets.core.render.html.markup import element
from notion_sync_assets.core.render.html.properties import value_markup
from notion_sync_assets.core.render.html.rich_text import link
from notion_sync_assets.core.render.html.templates import render
from notion_sync_assets.core.render.html.times import moment
from notion_sync_assets.core.render.names import UNTITLED

_USERS = (("created_by", "Created by"), ("last_edited_by", "Last edited by"))
_TIMES = (("created_time", "Created"), ("last_edited_time", "Last edited"))


def page_bytes(document: Document, page: PageContext) -> bytes:
    """Return the file of a page; ``document`` is brought up to date (``render.overlay``)."""
    value = document.page
    return render(
        "page.html.j2",
        title=page_title(value) or UNTITLED,
        **frame(value, page),
        properties=_properties(value, page),
        body=render_blocks(document.blocks, page),
        blocks_left_out=document.blocks is None,
        comments=discussions(document.comments, page),
        omitted=[omitted.described(record, value) for record in document.omitted],
        backlinks=navigation.backlinks(page.links.backlinks(document.page_id), page),
    )


def frame(value: Json, page: PageContext) -> dict[str, object]:
    """Return what the head and foot of a file show of a page or data source object."""
    way = [*(step.id for step in page.crumbs), value["id"]]
    return {
        "crumbs": page.crumbs,
        "way_ids": " ".join(map(compact_id, way)),
        "icon": icon(value.get("icon"), page),
        "cover": picture(value["cover"], page, "cover") if isinstance(value.get("cover"), dict) else None,
        "facts": _facts(value, page),
    }


def _facts(value: Json, page: PageContext) -> list[tuple[str, Markup]]:
    facts = [(label, moment(value[key])) for key, label in _TIMES if value.get(key)]
    facts += [
        (label, element("span", name)) for key, label in _USERS if (name := _name(value.get(key), page))
    ]
    looks = [("Icon", described(value.get("icon"), page)), ("Cover", described(value.get("cover"), page))]
    url = str(value.get("url") or "")
    address = link("Open in Notion", safe_url(url)) if safe_url(url) else None
    return [
        *facts,
        *((label, shown) for label, shown in looks if shown),
        *([("Source", address)] if address else []),
    ]


def _name(user: object, page: PageContext) -> str | None:
    if not isinstance(user, dict):
        return None
    known = page.links.user(str(user.get("id"))) or user
    return str(known["name"]) if known.get("name") else None


def _properties(value: Json, page: PageContext) -> list[tuple[str, Markup]]:
    found = page_properties(value)
    return [
        (name, value_markup(found[name], page))
        for name in sorted(found)
        if found[name].get("type") != "title"
    ]

"""Icons and covers of pages, databases, callouts and tabs.

Here: what a browser can show of them without the network. Not here: where they stand. Shapes: notion_api.md §6.
"""

from typing import Any

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.files import file_link, file_url
from notion_sync_assets.core.render.html.markup import EMPTY, element
from notion_sync_assets.core.render.html.rich_text import link


def icon(value: Any, page: PageContext) -> Markup:
    """Return an icon as decoration; one that lives elsewhere gives nothing."""
    if not isinstance(value, dict):
        return EMPTY
    if value.get("type") == "emoji":
        return element("span", str(value.get("emoji") or ""), class_="icon", aria_hidden="true")
    image = picture(value, page, "icon")
    return image or EMPTY


def picture(carrier: Json, page: PageContext, class_: str) -> Markup | None:
    """Return a stored picture as decoration, None when there is none to show."""
    found = page.stored(carrier)
    if found is None or not is_picture(found[1]):
        return None
    return element("img", src=found[0], alt="", class_=class_, loading="lazy")


def is_picture(known: Json) -> bool:
    """Tell whether a stored file can be shown as an image."""
    return str(known.get("media_type") or "").startswith("image/")


def described(value: Any, page: PageContext) -> Markup:
    """Return in words an icon or cover that cannot be shown, nothing for one that is shown or not there."""
    if not isinstance(value, dict) or value.get("type") == "emoji" or picture(value, page, ""):
        return EMPTY
    kind = str(value.get("type"))
    payload = value.get(kind)
    if kind == "external":
        return link(file_url(value), page.target(file_url(value)), class_="address")
    if kind == "file":
        return file_link(value, page)
    name = payload.get("name") if isinstance(payload, dict) else None
    return element("span", str(name or kind))

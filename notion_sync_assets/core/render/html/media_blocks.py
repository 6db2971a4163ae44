"""Blocks of media and addresses: pictures, films, sound, documents, bookmarks, embeds.

Here: one function per block type (notion_api.md §4). Not here: files themselves (``files``). What lives elsewhere is
a link with its caption: opening a page asks nobody for anything.
"""

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.html.context import PageContext, anchor
from notion_sync_assets.core.render.html.files import file_link, file_name, is_active
from notion_sync_assets.core.render.html.icons import is_picture
from notion_sync_assets.core.render.html.markup import EMPTY, element
from notion_sync_assets.core.render.html.rich_text import link, rich_text
from notion_sync_assets.core.render.html.text_blocks import Inner, Render

_PLAYERS = {"video": "video", "audio": "audio"}


def media(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return a picture, film, sound or document, with its caption."""
    shown = _shown(str(block["type"]), payload, page)
    kind = EMPTY if shown else element("span", str(block["type"]), class_="kind")
    content = shown or element("p", kind, " ", file_link(payload, page), class_="card")
    return _figure(block, content, payload, page) + inner(block)


def _shown(kind: str, payload: Json, page: PageContext) -> Markup | None:
    found = page.stored(payload)
    if found is None:
        return None
    href, known = found
    if kind == "image" and is_picture(known):
        words = plain_text(payload.get("caption")) or file_name(payload, known)
        image = element("img", src=href, alt=words, title=file_name(payload, known), loading="lazy")
        return image if is_active(known) else element("a", image, href=href)
    player = _PLAYERS.get(kind)
    if player is None or not str(known.get("media_type") or "").startswith(f"{player}/"):
        return None
    name = file_name(payload, known)
    return element(player, file_link(payload, page), controls=True, preload="none", src=href, aria_label=name)


def address(block: Json, payload: Json, page: PageContext, inner: Inner) -> Markup:
    """Return an address that Notion shows as a card or frame: a link."""
    url = str(payload.get("url") or "")
    kind = element("span", str(block["type"]).replace("_", " "), class_="kind")
    card = element("p", kind, " ", link(url, page.target(url), class_="address"), class_="card")
    return _figure(block, card, payload, page) + inner(block)


def _figure(block: Json, content: Markup, payload: Json, page: PageContext) -> Markup:
    words = rich_text(payload.get("caption"), page)
    caption = element("figcaption", words) if words else EMPTY
    return element("figure", content, caption, id=anchor(block["id"]), class_=str(block["type"]))


RENDER: dict[str, Render] = {
    "image": media,
    "video": media,
    "audio": media,
    "pdf": media,
    "file": media,
    "bookmark": address,
    "embed": address,
    "link_preview": address,
}

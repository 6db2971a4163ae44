"""Blocks that show something from elsewhere: pictures, videos, sound, documents, bookmarks, embeds.

Here: pictures as pictures, all else as links, with captions below. Not here: where a file lies (``targets``).
A picture on another host is shown from there, as the page does.
"""

from urllib.parse import unquote

from notion_sync_assets.core.canonical import Json
from notion_sync_assets.core.documents import plain_text
from notion_sync_assets.core.render.markdown.escaping import clean, quoted
from notion_sync_assets.core.render.markdown.page_view import Lines, PageView, joined
from notion_sync_assets.core.render.markdown.targets import file_url
from notion_sync_assets.core.render.markdown.text_blocks import caption


def media(block: Json, page: PageView) -> Lines:
    """Return an image, video, audio, pdf or file block."""
    kind = str(block["type"])
    payload = block.get(kind) or {}
    name = file_name(payload)
    target = page.targets.file(payload)
    if target is None:
        hosted = payload.get("type", "file") == "file"
        shown = page.missing_file(payload, name) if hosted else page.line(_untargeted(payload, name))
    elif kind == "image":
        label = page.escape(" ".join(plain_text(payload.get("caption")).split()) or name, ends=True)
        shown = f"![{label}]({target} {quoted(name, page.dialect.special)})"
    else:
        shown = page.link(name, target)
    return joined([shown] if shown else [], caption(payload, page))


def _untargeted(payload: Json, name: str) -> str:
    """Return what is told of a file on another host that cannot be linked: its own name and its address."""
    url = file_url(payload)
    return f"{payload['name']} ({url})" if url and payload.get("name") else url or name


def address(block: Json, page: PageView) -> Lines:
    """Return a bookmark, embed or link preview as a link that shows its address."""
    payload = block.get(str(block["type"])) or {}
    url = clean(str(payload.get("url") or ""))
    target = page.targets.url(url)
    shown = page.link(url, target) if target else page.line(url)
    return joined([shown] if url else [], caption(payload, page))


def file_name(payload: Json) -> str:
    """Return the name of a file: its own, else the last part of its URL, else its kind."""
    url = file_url(payload).split("?", 1)[0].split("#", 1)[0]
    name = str(payload.get("name") or unquote(url.rstrip("/").rsplit("/", 1)[-1]) or "file")
    return " ".join(clean(name).split())

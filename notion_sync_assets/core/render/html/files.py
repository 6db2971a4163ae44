"""Files: pictures, sound and films from the export's own folder, links for everything else.

Here: one carrier of a file (notion_api.md §8) as markup. Not here: the blocks around it (``media_blocks``).
What could run when a browser opens it (HTML, SVG, XML) is never linked from a disk: a page on a disk can save
nothing, so a click would run it. Its path is told instead; over http the site's script makes it a download.
"""

from urllib.parse import unquote

from markupsafe import Markup

from notion_sync_assets.core.canonical import Json, file_key
from notion_sync_assets.core.render.html.context import PageContext
from notion_sync_assets.core.render.html.markup import element, joined
from notion_sync_assets.core.render.html.rich_text import link

_ACTIVE = ("html", "xml", "svg", "javascript", "ecmascript", "multipart", "message/rfc822")
_ACTIVE_EXTENSIONS = frozenset(
    [
        "htm",
        "html",
        "xhtml",
        "xht",
        "shtml",
        "svg",
        "svgz",
        "xml",
        "xsl",
        "xslt",
        "js",
        "mjs",
        "mht",
        "mhtml",
        "hta",
        "swf",
    ]
)
_UNITS = ("bytes", "kB", "MB", "GB")
_STEP = 1000


def file_url(carrier: Json) -> str:
    """Return the address a carrier names, without signature when it is Notion's own storage."""
    kind = "file" if isinstance(carrier.get("file"), dict) else str(carrier.get("type"))
    payload = carrier.get(kind)
    url = payload.get("url") if isinstance(payload, dict) else None
    if not isinstance(url, str):
        return ""
    return file_key(url) if kind == "file" else url


def file_name(carrier: Json, known: Json | None = None) -> str:
    """Return what a file is called: by its carrier, its storage, or its address."""
    name = carrier.get("name") or (known or {}).get("name")
    return str(name) if name else unquote(file_key(file_url(carrier)).rsplit("/", 1)[-1])


def file_link(carrier: Json, page: PageContext) -> Markup:
    """Return a file as a link; as plain text with the reason when the export does not hold it."""
    found = page.stored(carrier)
    if found is None:
        return _elsewhere(carrier, page)
    href, known = found
    name = file_name(carrier, known)
    size = element("span", size_text(known.get("size")), class_="size")
    if is_active(known):
        return _inert(href, name, size)
    download = None if str(known.get("media_type")) == "application/pdf" else name
    return joined([link(name, href, download=download, class_="file"), " ", size])


def is_active(known: Json) -> bool:
    """Tell whether a browser that opens a stored file might run something in it."""
    media_type = str(known.get("media_type") or "").lower()
    extension = str(known.get("extension") or "").lower()
    return extension in _ACTIVE_EXTENSIONS or any(part in media_type for part in _ACTIVE)


def size_text(size: object) -> str:
    """Return a number of bytes for people."""
    if not isinstance(size, int):
        return ""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{size} {_UNITS[0]}"


def _inert(href: str, name: str, size: Markup) -> Markup:
    path = element("code", href.removeprefix("../../"), class_="path")
    return element("span", name, " ", path, " ", size, class_="file", data_file=href, data_name=name)


def _elsewhere(carrier: Json, page: PageContext) -> Markup:
    url, name = file_url(carrier), file_name(carrier)
    if isinstance(carrier.get("file"), dict):
        note = element("span", "not in this export", class_="note")
        return element("span", name or url, " ", note, class_="file missing")
    shown = url if name in ("", url) or url.endswith(name) else f"{name} ({url})"
    return link(shown or "a file without an address", page.target(url), class_="address")

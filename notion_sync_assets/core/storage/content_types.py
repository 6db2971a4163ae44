"""The content type of an object, by its name: what a browser needs to open a site that lies on an object store.

Here: one table, the same on every machine (the system's own differ). Not here: types of files by their content
(``core.notion.media_type``).
"""

from mimetypes import MimeTypes
from pathlib import PurePosixPath

from notion_sync_assets.core.storage import layout

UNKNOWN = "application/octet-stream"

_OURS = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
}
_ACTIVE = (".html", ".htm", ".xhtml", ".xht", ".xml", ".js", ".mjs")


def content_type(path: str) -> str:
    """Return the content type of an object of an export, ``application/octet-stream`` when its name tells none.

    Hosted files that a browser would run are not told as what they are: somebody in the workspace uploaded them, and
    they would run with the rights of the site. Images (SVG too) keep their type, since pages show them.
    """
    suffix = PurePosixPath(path).suffix.lower()
    if path.startswith(f"{layout.FILES}/") and suffix in _ACTIVE:
        return UNKNOWN
    return _OURS.get(suffix) or MimeTypes().guess_type(f"name{suffix}")[0] or UNKNOWN

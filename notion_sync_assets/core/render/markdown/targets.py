"""Where links lead: from one Markdown file to pages, blocks and files of the export, or out of it.

Here: ids, URLs and hosted files in, destinations of links out. Not here: what a link's text is (``pieces``).
A destination is ready to stand between the parentheses of a link; None says that nothing can be linked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notion_sync_assets.core.canonical import Json, file_key
from notion_sync_assets.core.identifiers import compact_id, id_in_url
from notion_sync_assets.core.render.link_slice import LinkSlice
from notion_sync_assets.core.render.markdown.escaping import destination, is_safe_url, path_destination
from notion_sync_assets.core.render.places import relative_path
from notion_sync_assets.core.storage import layout

NOTION = "https://www.notion.so"


class Destination(str):
    """A destination inside the export; ``name`` is what a wikilink calls it."""

    __slots__ = ("name",)
    name: str

    @classmethod
    def named(cls, destination: str, name: str) -> "Destination":
        """Return a destination with its name."""
        made = cls(destination)
        made.name = name
        return made


@dataclass(frozen=True)
class Targets:
    """The destinations seen from the file at ``path``; ``files`` is the file map of its document."""

    path: str
    links: LinkSlice
    files: Mapping[str, Json]

    def relative(self, path: str) -> str:
        """Return the path of another file of the export as seen from this one, not yet escaped."""
        return relative_path(path, self.path)

    def exported(self, identifier: str, block: str | None = None) -> Destination | None:
        """Return the destination of a page or database of the export."""
        entry = self.links.entry(identifier)
        if entry is None or entry.markdown_path is None:
            return None
        if block and entry.markdown_path == self.path:
            return self.here(block)
        found = self.file_of(entry.markdown_path)
        return (
            Destination.named(f"{found}#{compact_id(block)}", f"{found.name}#^{compact_id(block)}")
            if block
            else found
        )

    def file_of(self, path: str) -> Destination:
        """Return the destination of another Markdown file; its name is unique in the export."""
        name = path.rsplit("/", 1)[-1].removesuffix(".md")
        return Destination.named(path_destination(self.relative(path)), name)

    @staticmethod
    def here(block: str) -> Destination:
        """Return the destination of a block of this page."""
        return Destination.named(f"#{compact_id(block)}", f"#^{compact_id(block)}")

    def page(self, identifier: str) -> str:
        """Return the destination of any of Notion's objects: its file, else its address."""
        return self.exported(identifier) or f"{NOTION}/{compact_id(identifier)}"

    def url(self, url: str) -> str | None:
        """Return the destination of a URL in content; links into Notion lead to files where there are any."""
        inside = _inside(url)
        if inside is None:
            return destination(url) if is_safe_url(url) else None
        found = self.exported(*inside)
        if found:
            return found
        return destination(f"{NOTION}{url}" if url.startswith("/") else url)

    def file_path(self, carrier: Json) -> str | None:
        """Return the path of a hosted file's bytes as seen from here, None when the export does not hold them."""
        stored = self.files.get(file_key(_url(carrier, "file")))
        if not stored:
            return None
        path = layout.hosted_file(str(stored["sha256"]), str(stored.get("extension") or ""))
        return self.relative(path)

    def file(self, carrier: Json) -> str | None:
        """Return the destination of a file object, hosted or external (notion_api.md §8)."""
        if carrier.get("type", "file") == "file":
            path = self.file_path(carrier)
            return path_destination(path) if path else None
        url = _url(carrier, str(carrier.get("type")))
        return destination(url) if is_safe_url(url) else None


def file_url(carrier: Json) -> str:
    """Return the URL of a file object, without the signature of a hosted one; empty when it has none."""
    kind = str(carrier.get("type", "file"))
    url = _url(carrier, kind)
    return file_key(url) if kind == "file" else url


def _url(carrier: Json, kind: str) -> str:
    payload: Any = carrier.get(kind)
    return str(payload.get("url") or "") if isinstance(payload, dict) else ""


def _inside(url: str) -> tuple[str, str | None] | None:
    try:
        return id_in_url(url)
    except ValueError:
        return None

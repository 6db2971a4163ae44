"""What rendering a page asks about everything around it.

Here: the page being rendered, links to other objects, hosted files, records of what was left out. Not here: markup.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from notion_sync_assets.core.canonical import Json, file_key
from notion_sync_assets.core.documents import Document, plain_text
from notion_sync_assets.core.identifiers import compact_id, id_in_url
from notion_sync_assets.core.render.html.addresses import relative, safe_url
from notion_sync_assets.core.render.link_slice import LinkEntry, LinkSlice
from notion_sync_assets.core.render.names import UNTITLED
from notion_sync_assets.core.storage import layout

_HEADINGS = {f"heading_{level}": level for level in (1, 2, 3, 4)}


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page: its id, its title and the link to it, None for an object without a file."""

    id: str
    title: str
    href: str | None


@dataclass(frozen=True, slots=True)
class PageContext:
    """The file that is being rendered and what it may refer to.

    ``path`` is the file below the export root. ``files`` is the document's file map, ``databases`` its containers
    that own no data source, ``reasons`` the records of what was left out by the id they are about. ``headings`` yields
    level, anchor and text of each heading, in document order; few pages ask. ``crumbs``: from the topmost page down,
    this page not among them.
    """

    path: str
    links: LinkSlice
    files: Mapping[str, Json] = field(default_factory=dict)
    databases: Mapping[str, Json] = field(default_factory=dict)
    reasons: Mapping[str, Json] = field(default_factory=dict)
    headings: Callable[[], Iterable[tuple[int, str, str]]] = tuple
    crumbs: Sequence[Crumb] = ()

    def link(self, entry: LinkEntry | None) -> str | None:
        """Return the link to an object's file, None when it has none."""
        path = entry.html_path if entry else None
        return relative(path, self.path) if path else None

    def href(self, identifier: str) -> str | None:
        """Return the link to the object with an id, None when the export has no file of it."""
        return self.link(self.links.entry(identifier))

    def title(self, identifier: str) -> str | None:
        """Return the title of an object, None when the export does not hold it."""
        entry = self.links.entry(identifier)
        return (entry.title or UNTITLED) if entry else None

    def target(self, url: Any) -> str | None:
        """Return where a link that somebody typed leads: into the export, to an allowed address, or nowhere."""
        inside = _object_in(url)
        if inside is not None:
            local = self.href(inside[0])
            if local:
                return f"{local}#{anchor(inside[1])}" if inside[1] else local
            if isinstance(url, str) and url.startswith("/"):
                return f"https://www.notion.so{url}"
        return safe_url(url)

    def stored(self, carrier: Any) -> tuple[str, Json] | None:
        """Return the link to the bytes of a hosted file and what is known of them, None when there are none."""
        hosted = carrier.get("file") if isinstance(carrier, dict) else None
        url = hosted.get("url") if isinstance(hosted, dict) else None
        known = self.files.get(file_key(url)) if isinstance(url, str) else None
        if known is None:
            return None
        path = layout.hosted_file(known["sha256"], known.get("extension") or "")
        return relative(path, self.path), known


def page_context(
    document: Document, path: str, links: LinkSlice, crumbs: Sequence[Crumb] = ()
) -> PageContext:
    """Return the context of a page's document."""
    return PageContext(
        path=path,
        links=links,
        files=document.files,
        databases=document.databases,
        reasons={str(record.get("id")): record for record in document.omitted},
        headings=partial(_headings, document),
        crumbs=crumbs,
    )


def anchor(identifier: Any) -> str:
    """Return the id of a block's element."""
    return f"b-{compact_id(str(identifier))}"


def _headings(document: Document) -> Iterator[tuple[int, str, str]]:
    for block, _ in document.walk():
        level = _HEADINGS.get(str(block.get("type")))
        payload = block.get(str(block.get("type")))
        if level and isinstance(payload, dict):
            text = plain_text(payload.get("rich_text"))
            if text.strip():
                yield level, anchor(block.get("id")), text


def _object_in(url: Any) -> tuple[str, str | None] | None:
    try:
        return id_in_url(url) if isinstance(url, str) else None
    except ValueError:
        return None

"""The document: one page with everything, the truth from which every format is rendered.

Here: its shape, its canonical bytes and the walks over it. Not here: how it is read from Notion
(``notion.reader``) or stored (``storage.documents``).

A document's JSON form (``format`` 1)::

    {"format": 1,
     "page":      page object, normalised, property values complete (the title alone when not asked for),
     "blocks":    [block object, normalised, "children": [...] when it has any] or null when not asked for,
     "comments":  [comment object] or null when not asked for,
     "files":     {file key: {"sha256", "size", "media_type", "extension", "name"}}, hosted files only,
     "databases": {id: {"database": database object, "views": [view object]} of a linked child database, which owns
                   no data source; {"error": code} of one that is not shared},
     "omitted":   [{"kind", "id", "reason", "detail"}]}
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from notion_sync_assets.core.canonical import Json, canonical_bytes, clean_text, file_key
from notion_sync_assets.core.spoken import text_items

DOCUMENT_FORMAT = 1


@dataclass(frozen=True)
class Document:
    """One page with its blocks, comments and files; values are normalised JSON."""

    page: Json
    blocks: list[Json] | None = None
    comments: list[Json] | None = None
    files: dict[str, Json] = field(default_factory=dict)
    databases: dict[str, Json] = field(default_factory=dict)
    omitted: list[Json] = field(default_factory=list)

    @property
    def page_id(self) -> str:
        """The page's canonical id."""
        return str(self.page["id"])

    def to_json(self) -> Json:
        """Return the JSON form described in the module docstring."""
        return {
            "format": DOCUMENT_FORMAT,
            "page": self.page,
            "blocks": self.blocks,
            "comments": self.comments,
            "files": self.files,
            "databases": self.databases,
            "omitted": self.omitted,
        }

    @classmethod
    def from_json(cls, value: Json) -> "Document":
        """Return the document of a JSON form; unknown formats raise ``ValueError``."""
        if value.get("format") != DOCUMENT_FORMAT:
            raise ValueError(f"document format {value.get('format')!r} is not {DOCUMENT_FORMAT}")
        names = ("page", "blocks", "comments", "files", "databases", "omitted")
        return cls(**{name: value[name] for name in names})

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; their SHA-256 names the document."""
        return canonical_bytes(self.to_json())

    def walk(self) -> Iterator[tuple[Json, tuple[str, ...]]]:
        """Yield every block with the ids of the blocks above it, in document order."""
        stack: list[tuple[Json, tuple[str, ...]]] = [(block, ()) for block in reversed(self.blocks or [])]
        while stack:
            block, above = stack.pop()
            yield block, above
            if children := block.get("children"):
                path = (*above, str(block.get("id")))
                stack.extend((child, path) for child in reversed(children))


def only_title(properties: Json) -> Json:
    """Return the title alone, of a page's property values or of a data source's schema."""
    return {
        name: value
        for name, value in properties.items()
        if isinstance(value, dict) and value.get("type") == "title"
    }


def plain_text(rich_text: Any) -> str:
    """Return the text of rich text, in whatever shape it came."""
    return clean_text("".join([item["plain_text"] for item in text_items(rich_text)]))


def page_properties(page: Json) -> dict[str, Json]:
    """Return a page's property values, or a data source's schema, by name; whatever has another shape is left out."""
    properties = page.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {name: value for name, value in properties.items() if isinstance(value, dict)}


def objects_in(value: Any) -> list[Json]:
    """Return the objects of a list; whatever else there is instead, or among them, is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def page_title(page: Json) -> str:
    """Return a page's title as plain text, empty when it has none."""
    for value in page_properties(page).values():
        if value.get("type") == "title":
            return plain_text(value.get("title"))
    return ""


def hosted_files(value: Any) -> Iterator[tuple[str, Json]]:
    """Yield ``(file key, carrier)`` of every hosted file inside an API object, in a stable order.

    A carrier is the object that has ``type: "file"`` and ``file: {"url"}``: a media block's payload, an icon,
    a cover, an entry of a files property, a comment's attachment (notion_api.md §8).
    """
    if isinstance(value, dict):
        hosted = value.get("file")
        if (
            isinstance(hosted, dict)
            and isinstance(hosted.get("url"), str)
            and value.get("type", "file") == "file"
        ):
            yield file_key(hosted["url"]), value
        for key in sorted(value):
            item = value[key]
            if key == "properties" and isinstance(item, dict):
                # Its keys are names that people chose: none of them makes it a carrier.
                yield from hosted_files([item[name] for name in sorted(item)])
            else:
                yield from hosted_files(item)
    elif isinstance(value, list):
        for item in value:
            yield from hosted_files(item)

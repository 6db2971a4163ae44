"""What differs between two documents of one page: properties, blocks, comments, files.

Here: pure comparison, by ids. Not here: which two documents (``versions``, ``report``), showing it (``texts``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from notion_sync_assets.core.canonical import Json, digest
from notion_sync_assets.core.catalog.text import block_text, property_text
from notion_sync_assets.core.documents import Document, plain_text

_ABOUT_THE_BLOCK = ("children", "created_time", "created_by", "last_edited_time", "last_edited_by", "parent")
_STUBS = ("child_page", "child_database")
_PAGE_FIELDS = ("icon", "cover", "is_locked", "parent", "public_url")


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A property (or a field of the page object) before and after, as text; None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block that came, went, changed or moved. ``kind``: Notion's block type; texts as a reader sees them."""

    change: Literal["added", "removed", "edited", "moved"]
    block_id: str
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PageChanges:
    """Everything that differs. ``comments`` and ``files``: texts and names with what happened to them."""

    properties: list[ValueChange] = field(default_factory=list)
    blocks: list[BlockChange] = field(default_factory=list)
    comments: list[ValueChange] = field(default_factory=list)
    files: list[ValueChange] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether no difference is one of those told here."""
        return not (self.properties or self.blocks or self.comments or self.files)


def page_changes(before: Document | None, after: Document | None) -> PageChanges:
    """Return what differs between two documents of a page; None: the page was not there."""
    return PageChanges(
        properties=list(_properties(_page(before), _page(after))),
        blocks=list(_blocks(before, after)),
        comments=list(_values(_comments(before), _comments(after))),
        files=list(_values(_files(before), _files(after))),
    )


def _page(document: Document | None) -> Json:
    return document.page if document else {}


def _properties(before: Json, after: Json) -> Iterator[ValueChange]:
    """Compare by the property's id, so that a renamed column is no change of its values."""
    old, new = _by_id(before.get("properties")), _by_id(after.get("properties"))
    texts = [
        {key: (name, property_text(value)) for key, (name, value) in each.items()} for each in (old, new)
    ]
    yield from _values(*texts)
    for name in _PAGE_FIELDS:
        first, second = before.get(name), after.get(name)
        if before and after and digest(first) != digest(second):
            yield ValueChange(name, _field_text(first), _field_text(second))


def _by_id(properties: Any) -> dict[str, tuple[str, Json]]:
    values = properties if isinstance(properties, dict) else {}
    return {
        str(value.get("id") or name): (name, value)
        for name, value in sorted(values.items())
        if isinstance(value, dict)
    }


def _field_text(value: Any) -> str | None:
    if isinstance(value, dict):
        inner = value.get(str(value.get("type")))
        if isinstance(inner, dict):
            inner = inner.get("url") or inner.get("name")
        return str(inner if inner is not None else value.get("type"))
    return None if value is None else str(value)


def _blocks(before: Document | None, after: Document | None) -> Iterator[BlockChange]:
    old, new = _placed(before), _placed(after)
    for block_id, (block, above) in new.items():
        known = old.get(block_id)
        if known is None:
            yield BlockChange("added", block_id, str(block.get("type")), None, block_text(block))
        elif _content(known[0]) != _content(block):
            yield BlockChange(
                "edited", block_id, str(block.get("type")), block_text(known[0]), block_text(block)
            )
        elif known[1] != above:
            text = block_text(block)
            yield BlockChange("moved", block_id, str(block.get("type")), text, text)
    for block_id, (block, _) in old.items():
        if block_id not in new:
            yield BlockChange("removed", block_id, str(block.get("type")), block_text(block), None)


def _placed(document: Document | None) -> dict[str, tuple[Json, tuple[str, ...]]]:
    walked = document.walk() if document else iter(())
    return {str(block.get("id")): (block, above) for block, above in walked}


def _content(block: Json) -> str:
    """Return a hash of what the block itself says; the title of a page in it belongs to that page."""
    kind = block.get("type")
    left_out = {*_ABOUT_THE_BLOCK, "has_children", *([kind] if kind in _STUBS else [])}
    return digest({name: value for name, value in block.items() if name not in left_out})


def _comments(document: Document | None) -> dict[str, tuple[str, str]]:
    found = (document.comments if document else None) or []
    return {str(each.get("id")): ("comment", plain_text(each.get("rich_text"))) for each in found}


def _files(document: Document | None) -> dict[str, tuple[str, str]]:
    files = document.files if document else {}
    return {key: (str(each.get("name") or key), str(each.get("sha256"))) for key, each in files.items()}


def _values(
    before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]
) -> Iterator[ValueChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if (old[1] if old else None) != (new[1] if new else None):
            name = (new or old or ("", ""))[0]
            yield ValueChange(name, old[1] if old else None, new[1] if new else None)
